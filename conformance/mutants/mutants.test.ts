/** The suite against faults that it must find: every mutant is caught by its owner, and without a fault nobody complains. */
import { availableParallelism } from "node:os";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { catalogue } from "../catalogue/index.ts";
import { describeWith } from "../node/index.ts";
import { groupOf } from "../suite/clause.ts";
import type { ClauseReport, Verdict } from "../suite/report.ts";
import { mutants } from "./index.ts";
import { inParallel } from "./judge.ts";
import { knownDifferences } from "./known.ts";
import {
  judgedVersions,
  mutatedTypes,
  newestJudged,
  unbroken,
  type Mutant,
  type MutatedType,
} from "./mutant.ts";
import { judgeWrapper, ownerOf, verdictOf } from "./wrapped.ts";

// Cases wait for the kernel and for programs about as long as they compute.
const jobs = availableParallelism() + 1;
const limitMs = 1_800_000;

describe("the list of mutants", () => {
  test("has a name for each", () => {
    const ids = mutants.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test("has no owner that is not in the catalogue", () => {
    const known = new Set(catalogue.map(({ id }) => id));
    const lost = mutants.filter(({ owner }) => !known.has(owner));
    expect(lost.map(({ id, owner }) => `${id}: ${owner}`)).toEqual([]);
  });

  test("touches every group of the catalogue", () => {
    const touched = new Set(mutants.map(({ owner }) => groupOf({ id: owner })));
    expect([...new Set(catalogue.map(groupOf))].filter((group) => !touched.has(group))).toEqual([]);
  });
});

describeWith(
  { plugins: mutatedTypes, commands: ["jq", "nft", "iptables", "nsenter"] },
  "the suite against wrappers",
  () => {
    const whole = new Map<MutatedType, readonly ClauseReport[]>();
    const healthy = new Map<Mutant, Verdict | undefined>();
    const broken = new Map<Mutant, Verdict | undefined>();

    beforeAll(async () => {
      for (const type of mutatedTypes)
        whole.set(type, await judgeWrapper({ type, body: unbroken }, { jobs }));
      await inParallel(mutants, jobs, async (mutant) => {
        const { type, version = newestJudged } = mutant;
        const isJudged = judgedVersions.some((judged) => judged === version);
        const reports = isJudged
          ? (whole.get(type) ?? [])
          : await judgeWrapper({ type, body: unbroken }, ownerOf(mutant));
        healthy.set(mutant, verdictOf(reports, mutant));
        broken.set(mutant, verdictOf(await judgeWrapper(mutant, ownerOf(mutant)), mutant));
      });
    }, limitMs);

    test.each(mutatedTypes)("no clause catches the unbroken wrapper of %s", (type) => {
      const known = knownDifferences(type);
      const unknown = (whole.get(type) ?? []).filter(({ clause }) => known[clause.id] === undefined);
      const failures = unknown.flatMap(({ clause, verdicts }) =>
        verdicts
          .filter(({ outcome }) => outcome === "fail" || outcome === "error")
          .map(({ version, reason }) => `${clause.id} in ${version}: ${reason}`),
      );
      expect(failures).toEqual([]);
    });

    test.each(mutants.map((mutant) => ({ mutant, ...mutant })))("$owner catches $type: $id", ({ mutant }) => {
      // What this machine cannot show of a plugin it cannot show of a mutant either; the suite's own report says why.
      const isShown = healthy.get(mutant)?.outcome !== "skipped";
      const caught = { outcome: "fail", reason: expect.stringMatching(mutant.caught) };
      expect(healthy.get(mutant)).toMatchObject({ outcome: isShown ? "pass" : "skipped" });
      expect(broken.get(mutant)).toMatchObject(isShown ? caught : { outcome: "skipped" });
    });
  },
);
