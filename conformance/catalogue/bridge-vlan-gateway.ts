/** BRG-93: the gateway of a VLAN. */
import { addressTexts, link, links } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  claimReaches,
  four,
  gatewayText,
  network,
  shell,
  type Subnet,
} from "./bridge-network.ts";
import { listed } from "./result-parts.ts";
import { nativeOf } from "./bridge-vlan-port.ts";

const section = "bridge: vlan";
const needs = ["vlan filtering"] as const;

export const bridgeVlanGatewayClauses: readonly Clause[] = [
  {
    id: "BRG-93a",
    strength: "MUST",
    profile: "compat",
    section,
    needs: [...needs, "ping"],
    statement:
      "The gateway of a VLAN is an interface of the host named by bridge and VLAN, and a port of it.",
    observed:
      "ADD with isGateway and VLAN 100: cnibr0.100 has the gateway's address and the bridge none, its other end is a port of VLAN 100, and the container reaches it.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { vlan: 100 }) });
      await claimVlanGateway(trial, four, 100);
    },
  },
  {
    id: "BRG-93b",
    strength: "MUST",
    profile: "compat",
    section,
    needs,
    since: "0.3.0",
    statement: "The gateway's interface is the fourth of the result.",
    observed: "ADD with isGateway and VLAN 100; then names and MAC addresses of the result.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial, { vlan: 100 }) });
      const interfaces = listed(result, "interfaces");
      claimSame("the number of interfaces", interfaces.length, 4);
      const { name, mac } = interfaces[3] ?? {};
      const found = await link(trial.node, null, `${bridgeName}.100`);
      claimSame("the fourth interface", { name, mac }, { name: found.ifname, mac: found.address });
    },
  },
  {
    id: "BRG-93c",
    strength: "MUST",
    profile: "compat",
    section,
    needs: [...needs, "ping"],
    statement: "A second container of the VLAN shares the gateway, and DEL of one leaves it to the other.",
    observed: "Two ADDs with isGateway and VLAN 100, DEL of the first: the second reaches the gateway.",
    run: async (trial) => {
      const config = network(trial, { vlan: 100 });
      const result = await trial.add({ config });
      const { ifindex } = await link(trial.node, null, `${bridgeName}.100`);
      await trial.add({ config, of: await trial.addBox("two") });
      claimSame("the gateway's index", (await link(trial.node, null, `${bridgeName}.100`)).ifindex, ifindex);
      await trial.succeed("DEL", { config, ...trial.final(result) });
      await claimReaches(trial, "two", four.gateway);
    },
  },
  {
    id: "BRG-93d",
    strength: "MUST",
    profile: "compat",
    section,
    needs: [...needs, "ipv6", "ping"],
    statement: "The default route of a container of a VLAN leads to the VLAN's gateway.",
    observed: "ADD with isDefaultGateway, VLAN 100 and ipMasq; a host outside answers the container.",
    run: async (trial) => {
      const outside = await trial.node.addOutsideHost();
      await trial.add({ config: network(trial, { isDefaultGateway: true, ipMasq: true, vlan: 100 }) });
      await claimReaches(trial, "one", outside.address);
    },
  },
  {
    id: "BRG-93e",
    strength: "MUST",
    profile: "spec",
    section: "4 CHECK",
    needs,
    since: "0.4.0",
    statement: "CHECK right after the ADD of a VLAN succeeds, and finds the container's interface missing.",
    observed: "ADD and CHECK with isGateway and VLAN 100; without the container's link CHECK fails.",
    run: async (trial) => {
      const config = network(trial, { vlan: 100 });
      const previous = await trial.add({ config });
      await trial.succeed("CHECK", { config, previous });
      await shell(trial, "ip -n one link del eth0");
      await trial.fail("CHECK", { config, previous });
    },
  },
];

async function claimVlanGateway(trial: Trial, subnet: Subnet, vlan: number): Promise<void> {
  const name = `${bridgeName}.${vlan}`;
  claimSame(`addresses of "${name}"`, await addressTexts(trial.node, null, name), [gatewayText(subnet)]);
  claimSame("addresses of the bridge", await addressTexts(trial.node, null, bridgeName), []);
  const { link: otherEnd } = await link(trial.node, null, name);
  const port = (await links(trial.node, null)).find(({ ifname }) => ifname === otherEnd);
  claim(port !== undefined, `"${name}" must have another end on the host`);
  claimSame("the bridge of that end", port.master, bridgeName);
  claimSame("its VLAN of untagged frames", await nativeOf(trial.node, port.ifname), [vlan]);
  await claimReaches(trial, "one", subnet.gateway);
}
