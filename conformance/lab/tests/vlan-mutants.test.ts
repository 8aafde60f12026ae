/** The suite against faults with VLANs that it must find: these mutants are caught here alone (conformance/mutants/). */
import { availableParallelism } from "node:os";
import { beforeAll, expect, test } from "@jest/globals";
import { catalogue } from "../../catalogue/index.ts";
import { bridgeVlanMutants } from "../../mutants/bridge-vlan.ts";
import { inParallel } from "../../mutants/judge.ts";
import { unbroken, type Mutant } from "../../mutants/mutant.ts";
import { judgeWrapper, ownerOf, verdictOf } from "../../mutants/wrapped.ts";
import { describeWith } from "../../node/index.ts";
import { patience } from "../../node/patience.ts";
import type { Verdict } from "../../suite/report.ts";

const needsVlans = new Set(
  catalogue.filter(({ needs = [] }) => needs.includes("vlan filtering")).map(({ id }) => id),
);
const mutants = bridgeVlanMutants.filter(({ owner }) => needsVlans.has(owner));

const needs = {
  plugins: ["bridge", "host-local"],
  commands: ["jq", "nft", "nsenter", "bridge", "ping"],
};

describeWith(needs, "the suite against faults with VLANs", () => {
  const healthy = new Map<Mutant, Verdict | undefined>();
  const broken = new Map<Mutant, Verdict | undefined>();

  beforeAll(async () => {
    await inParallel(mutants, availableParallelism(), async (mutant) => {
      const whole = { type: mutant.type, body: unbroken };
      healthy.set(mutant, verdictOf(await judgeWrapper(whole, ownerOf(mutant)), mutant));
      broken.set(mutant, verdictOf(await judgeWrapper(mutant, ownerOf(mutant)), mutant));
    });
  }, 300_000 * patience);

  test.each(mutants.map((mutant) => ({ mutant, ...mutant })))("$owner catches $id", ({ mutant }) => {
    expect(healthy.get(mutant)).toMatchObject({ outcome: "pass" });
    const caught = { outcome: "fail", reason: expect.stringMatching(mutant.caught) };
    expect(broken.get(mutant)).toMatchObject(caught);
  });

  // Our gateway of a VLAN differs from what BRG-93a asks for, so nothing would show that a fault made it fail.
  test("each clause that needs VLANs has one, but for one that ours does not keep", () => {
    const owned = new Set(mutants.map(({ owner }) => owner));
    expect([...needsVlans].filter((id) => !owned.has(id))).toEqual(["BRG-93a"]);
  });
});
