/** Our plugins before the suite that we hand to others, on this kernel. */
import { join } from "node:path";
import { execa } from "execa";
import type { Version } from "../../../cni/version.ts";
import { pluginFolder, repository } from "../../node/index.ts";

interface Verdict {
  readonly version: string;
  readonly outcome: string;
  readonly reason: string;
}

interface Document {
  readonly clauses: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly verdicts: readonly Verdict[];
  }[];
}

export interface Asked {
  readonly type: string;
  readonly version: Version;
  readonly profiles?: string;
  /** Ids of clauses and groups. */
  readonly only: readonly string[];
}

export interface Judged {
  /** Clauses that hold, or differ from the reference as it is listed. */
  readonly kept: readonly string[];
  /** What is neither kept nor for other plugins, with its reason; nothing may be skipped here. */
  readonly others: readonly string[];
}

export async function judged({
  type,
  version,
  profiles = "spec,compat,quality",
  only,
}: Asked): Promise<Judged> {
  const known = join(repository, `conformance/known/${type}.json`);
  const subject = ["--plugin-dir", pluginFolder, "--type", type, "--known", known];
  const choice = ["--only", only.join(","), "--profile", profiles, "--version", version];
  const args = ["conformance", ...subject, ...choice, "--json", "--jobs", "2"];
  const ended = await execa(join(pluginFolder, "trestle"), args, { reject: false });
  const { clauses }: Document = JSON.parse(ended.stdout);
  const isKept = ({ outcome }: { readonly outcome: string }) => outcome === "pass" || outcome === "known";
  const others = clauses.filter((clause) => !isKept(clause) && clause.outcome !== "not applicable");
  return {
    kept: clauses.filter(isKept).map(({ id }) => id),
    others: others.map(({ id, verdicts }) => `${id}: ${verdicts.map(({ reason }) => reason).join("; ")}`),
  };
}
