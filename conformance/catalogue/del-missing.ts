/** DEL-02: attachments of which something went away by itself. */
import type { Box } from "../suite/box.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { FakeIpam } from "./fake-ipam.ts";
import { claimAttached, destroy } from "./footprint.ts";
import { hasIpam, otherNames, ownLeases } from "./own-leases.ts";

const section = "2 DEL";
const givenBack = "success, no lease is left, and an IPAM plugin of ours in another network sees its DEL";

export const delMissingClauses: readonly Clause[] = [
  {
    id: "DEL-02",
    strength: "SHOULD",
    profile: "spec",
    section,
    statement: "DEL succeeds when the namespace is gone, and gives back what is kept outside of it.",
    observed: `ADD, the namespace is removed, DEL with its path: ${givenBack}.`,
    run: async (trial) => claimGivenBack(trial, async (box) => destroy(trial, box)),
  },
  {
    id: "DEL-02b",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface", "chained"],
    statement: "DEL succeeds when the interface is gone, and gives back what is kept outside of it.",
    observed: `ADD, the interface is removed by hand, DEL: ${givenBack}.`,
    run: async (trial) =>
      claimGivenBack(trial, async ({ name, ifname }) => {
        await trial.node.run("ip", ["-n", name, "link", "del", ifname]);
      }),
  },
  {
    id: "DEL-02d",
    strength: "SHOULD",
    profile: "quality",
    section,
    kinds: ["interface"],
    statement: "After a reboot the namespace's path is a plain file: DEL succeeds, and gives back the lease.",
    observed: `ADD, the namespace is removed and an empty file put into its place, DEL: ${givenBack}.`,
    run: async (trial) =>
      claimGivenBack(trial, async (box) => {
        await destroy(trial, box);
        trial.node.write(box.netns, "");
      }),
  },
];

/**
 * DEL of an attachment of which something went away by itself. Where an IPAM plugin keeps its leases is its own affair, so the plugin
 * that runs it is asked a second time, with one that tells how it was called.
 */
async function claimGivenBack(trial: Trial, takeAway: (box: Box) => Promise<void>): Promise<void> {
  const added = await trial.add();
  await claimAttached(trial, added);
  await takeAway(trial.box);
  await trial.succeed("DEL", trial.final(added));
  claimSame("leases", await ownLeases(trial), []);
  if (trial.subject.kind !== "interface" || !hasIpam(trial)) return;
  const of = await trial.addBox("two");
  const ipam = await FakeIpam.install(trial, {}, otherNames(trial));
  const result = await trial.add({ ...ipam.options, of });
  await takeAway(of);
  await trial.succeed("DEL", { ...ipam.options, of, ...trial.final(result) });
  claimSame("the commands to the IPAM plugin", ipam.commands, ["ADD", "DEL"]);
}
