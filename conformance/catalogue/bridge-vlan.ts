/** BRG-91 to BRG-94: VLANs, on kernels that have them. */
import type { FakeNode } from "../node/fake-node.ts";
import { addressTexts, link, links } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  addAndFindHostEnd,
  bridgeName,
  claimReaches,
  four,
  gatewayText,
  layer2,
  listed,
  network,
  shell,
  type Subnet,
} from "./bridge-network.ts";

const section = "bridge: vlan";
const trunk = "bridge: vlanTrunk";
const needs = ["vlan filtering"] as const;

/** Ids 101 and 200 to 210, as the reference plugin's own tests have them. */
const vlanTrunk = [{ id: 101 }, { minID: 200, maxID: 210 }];
const trunkIds = [101, ...range(200, 210)];

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
    needs,
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
    needs,
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
  {
    id: "BRG-93a",
    strength: "MUST",
    profile: "compat",
    section,
    needs,
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
    needs,
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
    needs,
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

/** A VLAN of a port. */
interface PortVlan {
  readonly id: number;
  /** Untagged frames that come in are of it. */
  readonly isNative: boolean;
  /** Its frames go out without a tag. */
  readonly isUntagged: boolean;
}

function access(id: number): PortVlan {
  return { id, isNative: true, isUntagged: true };
}

function tagged(id: number): PortVlan {
  return { id, isNative: false, isUntagged: false };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** From `bridge -j vlan`, which may tell a range as one. */
interface ListedVlan {
  readonly vlan: number;
  readonly vlanEnd?: number;
  readonly flags?: readonly string[];
}

async function vlansOf(node: FakeNode, port: string): Promise<readonly PortVlan[]> {
  const { stdout } = await node.run("bridge", ["-j", "vlan", "show", "dev", port]);
  const ports: readonly { readonly vlans?: readonly ListedVlan[] }[] = JSON.parse(stdout || "[]");
  const found = (ports[0]?.vlans ?? []).flatMap(({ vlan, vlanEnd = vlan, flags = [] }) => {
    const isNative = flags.includes("PVID");
    const isUntagged = flags.includes("Egress Untagged");
    return range(vlan, vlanEnd).map((id) => ({ id, isNative, isUntagged }));
  });
  return found.toSorted((a, b) => a.id - b.id);
}

async function idsOf(node: FakeNode, port: string): Promise<readonly number[]> {
  return (await vlansOf(node, port)).map(({ id }) => id);
}

async function nativeOf(node: FakeNode, port: string): Promise<readonly number[]> {
  return (await vlansOf(node, port)).filter(({ isNative }) => isNative).map(({ id }) => id);
}

async function claimFiltering(trial: Trial): Promise<void> {
  const value = await shell(trial, `cat /sys/class/net/${bridgeName}/bridge/vlan_filtering`);
  claimSame("vlan_filtering of the bridge", value, "1");
}

async function claimVlanGateway(trial: Trial, subnet: Subnet, vlan: number): Promise<void> {
  const name = `${bridgeName}.${vlan}`;
  claimSame(`addresses of "${name}"`, await addressTexts(trial.node, null, name), [gatewayText(subnet)]);
  claimSame("addresses of the bridge", await addressTexts(trial.node, null, bridgeName), []);
  const { link_index: otherEnd } = await link(trial.node, null, name);
  const port = (await links(trial.node, null)).find(({ ifindex }) => ifindex === otherEnd);
  claim(port !== undefined, `"${name}" must have another end on the host`);
  claimSame("the bridge of that end", port.master, bridgeName);
  claimSame("its VLAN of untagged frames", await nativeOf(trial.node, port.ifname), [vlan]);
  await claimReaches(trial, "one", subnet.gateway);
}
