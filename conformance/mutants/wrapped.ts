/** Judges what stands behind a wrapper: a mutant by its owner, or the plugin unbroken by anything. */
import type { ClauseReport, Verdict } from "../suite/report.ts";
import { installWrapper } from "./install.ts";
import { judge, type Candidate } from "./judge.ts";
import { newestJudged, type Mutant } from "./mutant.ts";

type Scope = Omit<Candidate, "folder" | "type">;

export async function judgeWrapper(
  wrapper: Pick<Mutant, "type" | "body">,
  scope: Scope,
): Promise<readonly ClauseReport[]> {
  using installed = installWrapper(wrapper);
  const reports = await judge({ folder: installed.folder, type: wrapper.type, ...scope });
  return reports;
}

/** The owner alone, in the mutant's version. */
export function ownerOf({ owner, version = newestJudged }: Mutant): Scope {
  return { versions: [version], only: [owner], jobs: 1 };
}

export function verdictOf(
  reports: readonly ClauseReport[],
  { owner, version = newestJudged }: Mutant,
): Verdict | undefined {
  const verdicts = reports.filter(({ clause }) => clause.id === owner).flatMap((report) => report.verdicts);
  return verdicts.find((verdict) => verdict.version === version);
}
