/** BRG-91: VLANs of a container, on kernels that have them. */
import { links } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import {
  addAndFindHostEnd,
  bridgeName,
  claimReaches,
  four,
  layer2,
  network,
  shell,
} from "./bridge-network.ts";
import { access, vlansOf, idsOf, nativeOf, claimFiltering } from "./bridge-vlan-port.ts";

const section = "bridge: vlan";
const needs = ["vlan filtering"] as const;

export const bridgeVlanClauses: readonly Clause[] = [
  {
    id: "BRG-91a",
    strength: "MUST",
    profile: "compat",
    section,
    needs,
    since: "0.3.0",
    statement: "With a vlan the bridge filters, and the port has that one VLAN, untagged.",
    observed:
      "ADD of layer 2 with VLAN 100; then vlan_filtering and the port's VLANs: 100 and not the default 1.",
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: layer2(trial, { vlan: 100 }) });
      await claimFiltering(trial);
      claimSame("VLANs of the port", await vlansOf(trial.node, host), [access(100)]);
    },
  },
  {
    id: "BRG-91b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: preserveDefaultVlan",
    needs,
    since: "0.3.0",
    statement: "preserveDefaultVlan decides whether the port keeps the default VLAN.",
    observed: "ADD of layer 2 with VLAN 100 and false: 100 alone; with true: 1 as well.",
    run: async (trial) => {
      const without = layer2(trial, { vlan: 100, preserveDefaultVlan: false });
      const first = await addAndFindHostEnd(trial, { config: without });
      claimSame("VLANs without it", await idsOf(trial.node, first), [100]);
      const of = await trial.addBox("two");
      const kept = await addAndFindHostEnd(trial, { config: { ...without, preserveDefaultVlan: true }, of });
      claimSame("VLANs with it", await idsOf(trial.node, kept), [1, 100]);
      claimSame("the VLAN of untagged frames", await nativeOf(trial.node, kept), [100]);
    },
  },
  {
    id: "BRG-91c",
    strength: "MUST",
    profile: "compat",
    section,
    needs: [...needs, "ping"],
    statement: "Containers reach those of their own VLAN, and no others of the bridge.",
    observed:
      "Two containers of VLAN 100 and one of 200 in one subnet: the first reaches the second, not the third.",
    run: async (trial) => {
      const config = network(trial, { isGateway: false, vlan: 100 });
      await trial.add({ config });
      await trial.add({ config, of: await trial.addBox("two") });
      await trial.add({ config: { ...config, vlan: 200 }, of: await trial.addBox("three") });
      await claimReaches(trial, "one", four.second);
      const { received } = await trial.node.ping("one", "10.88.0.4", { attempts: 1 });
      claim(received === 0, "a container of another VLAN must not be reached");
      await trial.add({ config: { ...config, vlan: 200 }, of: await trial.addBox("four") });
      await claimReaches(trial, "four", "10.88.0.4");
    },
  },
  {
    id: "BRG-94",
    strength: "SHOULD",
    profile: "quality",
    section,
    needs,
    since: "0.3.0",
    statement: "On a bridge that does not filter a vlan is never passed over in silence.",
    observed:
      "ADD with VLAN 100 on a bridge made by hand: it fails, or the bridge filters and the port has the VLAN. Without the key it succeeds.",
    run: async (trial) => {
      await shell(trial, `ip link add ${bridgeName} type bridge`);
      await trial.add({ config: layer2(trial), of: await trial.addBox("plain") });
      const ended = await trial.call("ADD", { config: layer2(trial, { vlan: 100 }) });
      if (ended.exitCode !== 0) return;
      await claimFiltering(trial);
      const ports = (await links(trial.node, null)).filter(({ master }) => master === bridgeName);
      const found = await Promise.all(ports.map(async ({ ifname }) => idsOf(trial.node, ifname)));
      claim(
        found.some((ids) => ids.includes(100)),
        "a port of the bridge must have VLAN 100",
      );
    },
  },
];
