/** Our plugins before the suite that we hand to others: a test for each clause, over all versions that it is run in. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { allVersions } from "./network.ts";
import { describeWith, missing, pluginFolder, repository } from "../node/index.ts";

/** What is read of `--format json`. */
interface Document {
  readonly plugin: { readonly versions: readonly string[] };
  readonly clauses: readonly {
    readonly id: string;
    readonly profile: string;
    readonly statement: string;
    readonly outcome: string;
    readonly verdicts: readonly {
      readonly version: string;
      readonly outcome: string;
      readonly reason: string;
    }[];
  }[];
}

/** What a run gave: its document, or why there is none. */
interface Judged {
  readonly document: Document;
  readonly failure?: string;
}

const nothing: Document = { plugin: { versions: [] }, clauses: [] };

/** For one that hangs: a run takes a minute or two where the machine has nothing else to do. */
const limitMs = 1_800_000;

/** Options of one run after the other, the first of which is in every version. */
type Runs = readonly (readonly string[])[];

const whole: Runs = [[]];

/** For those that share most of what they do with the bridge: what may differ from the reference is the same in all versions. */
const promises: Runs = [
  ["--profile", "spec,quality"],
  ["--profile", "compat", "--version", "1.1.0"],
];

/** vlan is skipped where there is no 802.1Q, and judged in the lab. */
const types: readonly { readonly type: string; readonly runs: Runs }[] = [
  { type: "bridge", runs: whole },
  { type: "host-local", runs: whole },
  { type: "loopback", runs: whole },
  { type: "macvlan", runs: promises },
  { type: "ptp", runs: promises },
  { type: "tap", runs: promises },
];
const needs = {
  commands: ["nft", "iptables", "tc", "bridge", "tcpdump"],
  plugins: ["trestle", ...types.map(({ type }) => type)],
};

/** Never throws: this runs before there are tests that could fail. */
async function judge(type: string, choice: readonly string[]): Promise<Judged> {
  const folder = mkdtempSync(join(tmpdir(), "trestle-conformance-"));
  try {
    const out = join(folder, `${type}.json`);
    const known = join(repository, `conformance/known/${type}.json`);
    const subject = ["--plugin-dir", pluginFolder, "--type", type, "--known", known];
    const args = ["conformance", ...subject, ...choice, "--jobs", "2", "--format", "json", "--out", out];
    const ended = await execa(join(pluginFolder, "trestle"), args, {
      reject: false,
      timeout: limitMs,
      killSignal: "SIGKILL",
    });
    // A clause that fails makes it exit with 1, and is a failing test below.
    if (ended.exitCode === 0 || ended.exitCode === 1)
      return { document: JSON.parse(readFileSync(out, "utf8")) };
    return { document: nothing, failure: `${ended.shortMessage}\n${ended.stderr}` };
  } catch (error) {
    return { document: nothing, failure: String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Tests are named before they run, so the verdicts have to be there by then; one type after the other, because two cases at a time
// are what a small machine can bear.
const judged = new Map<string, readonly Judged[]>();
if (missing(needs).length === 0)
  for (const { type, runs } of types) {
    const ended: Judged[] = [];
    for (const choice of runs) ended.push(await judge(type, choice));
    judged.set(type, ended);
  }

for (const { type, runs } of types) {
  describeWith(needs, `clauses for ${type}`, () => {
    const ended = judged.get(type) ?? [];
    const clauses = ended.flatMap(({ document }) => document.clauses);

    test("are run in every version", () => {
      expect(ended.map(({ failure }) => failure)).toEqual(runs.map(() => undefined));
      expect(ended[0]?.document.plugin.versions).toEqual(allVersions);
      expect(clauses.length).toBeGreaterThan(60);
    });

    for (const { id, statement, outcome, verdicts } of clauses.filter(
      (clause) => clause.outcome !== "not applicable" && clause.outcome !== "skipped",
    )) {
      test(`${id} ${statement}`, () => {
        // "known" is a difference from the reference that is listed with its reason; everything else has to pass.
        const failed =
          outcome === "known"
            ? []
            : verdicts.filter((verdict) => ["fail", "error"].includes(verdict.outcome));
        expect(failed.map(({ version, reason }) => `${version}: ${reason}`)).toEqual([]);
        expect(["pass", "known"]).toContain(outcome);
      });
    }

    for (const { id, statement, outcome, verdicts } of clauses.filter(
      (clause) => clause.outcome === "skipped",
    )) {
      const reasons = new Set(verdicts.map(({ reason }) => reason));
      describeWith({ lacking: [...reasons] }, `${id} ${statement}`, () => {
        test("holds", () => {
          expect(outcome).toBe("pass");
        });
      });
    }
  });
}
