/** BRG-92: containers that have several VLANs. */
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { addAndFindHostEnd, claimReaches, layer2, shell } from "./bridge-network.ts";
import { access, range, vlansOf, idsOf, claimFiltering, tagged } from "./bridge-vlan-port.ts";

const trunk = "bridge: vlanTrunk";
const needs = ["vlan filtering"] as const;

/** Ids 101 and 200 to 210, as the reference plugin's own tests have them. */
const vlanTrunk = [{ id: 101 }, { minID: 200, maxID: 210 }];

const trunkIds = [101, ...range(200, 210)];

const trunkAddresses = `
  ip -n one link add link eth0 name v101 type vlan id 101
  ip -n one link add link eth0 name v102 type vlan id 102
  ip -n one addr add 192.0.2.1/24 dev v101
  ip -n one addr add 198.51.100.1/24 dev v102
  ip -n one link set v101 up
  ip -n one link set v102 up
  ip -n inside addr add 192.0.2.2/24 dev eth0
  ip -n strange addr add 198.51.100.2/24 dev eth0
  ip -n control addr add 198.51.100.3/24 dev eth0`;

export const bridgeVlanTrunkClauses: readonly Clause[] = [
  {
    id: "BRG-92a",
    strength: "MUST",
    profile: "compat",
    section: trunk,
    needs,
    since: "0.3.0",
    statement: "The VLANs of a trunk are tagged on the port; untagged frames are of VLAN 1.",
    observed: "ADD of layer 2 with 101 and 200 to 210; then vlan_filtering and the port's VLANs.",
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: layer2(trial, { vlanTrunk }) });
      await claimFiltering(trial);
      claimSame("VLANs of the port", await vlansOf(trial.node, host), [access(1), ...trunkIds.map(tagged)]);
    },
  },
  {
    id: "BRG-92b",
    strength: "MUST",
    profile: "compat",
    section: trunk,
    needs,
    since: "0.3.0",
    statement: "A vlan beside a trunk is that of untagged frames.",
    observed: "ADD of layer 2 with VLAN 100 and a trunk of 101 and 200 to 210; then the port's VLANs.",
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: layer2(trial, { vlan: 100, vlanTrunk }) });
      await claimFiltering(trial);
      claimSame("VLANs of the port", await vlansOf(trial.node, host), [access(100), ...trunkIds.map(tagged)]);
    },
  },
  {
    id: "BRG-92c",
    strength: "SHOULD",
    profile: "compat",
    section: trunk,
    needs,
    since: "0.3.0",
    statement: "Items of a trunk that overlap are merged.",
    observed: "ADD of layer 2 with 205, 200 to 210, 203 to 207 and 101; then the port's VLANs.",
    run: async (trial) => {
      const items = [{ id: 205 }, { minID: 200, maxID: 210 }, { id: 101, minID: 203, maxID: 207 }];
      const host = await addAndFindHostEnd(trial, { config: layer2(trial, { vlan: 100, vlanTrunk: items }) });
      claimSame("VLANs of the port", await idsOf(trial.node, host), [100, ...trunkIds]);
    },
  },
  {
    id: "BRG-92d",
    strength: "quirk",
    profile: "compat",
    section: trunk,
    needs,
    since: "0.3.0",
    statement: "An empty trunk still makes a bridge that filters.",
    observed: "ADD of layer 2 with an empty list; then vlan_filtering.",
    run: async (trial) => {
      await trial.add({ config: layer2(trial, { vlanTrunk: [] }) });
      await claimFiltering(trial);
    },
  },
  {
    id: "BRG-92e",
    strength: "MUST",
    profile: "compat",
    section: trunk,
    needs: [...needs, "ping"],
    since: "0.3.0",
    statement: "A container on a trunk reaches those of each of its VLANs by tagged frames, and no others.",
    observed:
      "A container with a VLAN device of 101 and one of 102 reaches a container of VLAN 101, and not one of 102, which another of 102 reaches.",
    run: async (trial) => {
      await trial.add({ config: layer2(trial, { vlanTrunk }) });
      for (const [name, vlan] of [
        ["inside", 101],
        ["strange", 102],
        ["control", 102],
      ] as const) {
        await trial.add({ config: layer2(trial, { vlan }), of: await trial.addBox(name) });
      }
      await shell(trial, trunkAddresses);
      await claimReaches(trial, "one", "192.0.2.2");
      await claimReaches(trial, "control", "198.51.100.2");
      const { received } = await trial.node.ping("one", "198.51.100.2", { attempts: 1 });
      claim(received === 0, "a VLAN that the trunk does not have must not be reached");
    },
  },
];
