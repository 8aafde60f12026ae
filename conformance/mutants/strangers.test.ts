/** The suite against programs that are no plugins: what passes for one that does nothing, or always refuses, proves nothing. */
import { availableParallelism } from "node:os";
import { beforeAll, expect, test } from "@jest/globals";
import { describeWith } from "../node/index.ts";
import { groupOf } from "../suite/clause.ts";
import type { ClauseReport } from "../suite/report.ts";
import { installProgram, installScript, type InstalledFolder } from "./install.ts";
import { judge, type Candidate } from "./judge.ts";
import { mutatedTypes, type MutatedType } from "./mutant.ts";

const limitMs = 1_800_000;

/** A plugin that refuses everything in the proper form. */
const refusal = `echo '{"cniVersion": "1.1.0", "code": 999, "msg": "no way"}'
exit 1`;

/** Groups in which a clause observes work: who always refuses cannot pass any of it. */
const groupsOfWork = ["ADD", "RES", "BRG", "HLO", "LOO"];

/** What may pass for a plugin that always refuses, and why. */
const askForRefusalsAlone = {
  "CFG-09d": "values of a wrong type are to be refused, whatever the code",
  "OUT-04": "failures are to be error objects, and these are",
  "OUT-05": "errors are to have a cniVersion, and these have one",
  "OUT-06": "errors are to have a message of words, and these have",
  "ERR-02": "codes are to be those of the specification or 100 and more, and this one is",
};

async function judgeFolder(
  folder: InstalledFolder,
  scope: Pick<Candidate, "type" | "isOnceEach">,
): Promise<readonly ClauseReport[]> {
  using installed = folder;
  const reports = await judge({ folder: installed.folder, jobs: availableParallelism() + 1, ...scope });
  return reports;
}

function passedIn({ verdicts }: ClauseReport): readonly string[] {
  return verdicts.filter(({ outcome }) => outcome === "pass").map(({ version }) => version);
}

describeWith({ plugins: mutatedTypes }, "the suite against strangers", () => {
  const idle = new Map<MutatedType, readonly ClauseReport[]>();
  const refusing = new Map<MutatedType, readonly ClauseReport[]>();

  beforeAll(async () => {
    for (const type of mutatedTypes) {
      idle.set(type, await judgeFolder(installProgram(type, "/bin/true"), { type }));
      refusing.set(type, await judgeFolder(installScript(type, refusal), { type, isOnceEach: true }));
    }
  }, limitMs);

  test.each(mutatedTypes)("/bin/true as %s passes no clause, in no version", (type) => {
    const passed = (idle.get(type) ?? []).filter((report) => passedIn(report).length > 0);
    expect(passed.map((report) => `${report.clause.id} in ${passedIn(report).join(", ")}`)).toEqual([]);
  });

  test.each(mutatedTypes)("who always refuses, as %s, passes only what asks for refusals alone", (type) => {
    const reports = refusing.get(type) ?? [];
    const passed = reports.filter((report) => passedIn(report).length > 0).map(({ clause }) => clause);
    expect(passed.map(({ id }) => id)).toEqual(Object.keys(askForRefusalsAlone));
    expect(passed.filter((clause) => groupsOfWork.includes(groupOf(clause)))).toEqual([]);
  });
});
