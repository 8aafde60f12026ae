/** VLANs of ports as bridge(8) tells them, and networks for the tests beside. */
import type { FakeNode } from "../../node/index.ts";
import { bridgeNetwork, type Config, plainBridge } from "../../kernel/network.ts";
import { links } from "../../node/state.ts";

/** "10 PVID Egress Untagged", "20-29": one text for each VLAN or range. */
export async function vlanTexts(node: FakeNode, member: string): Promise<string[]> {
  const { stdout } = await node.run("bridge", ["-j", "-compressvlans", "vlan", "show", "dev", member]);
  const members: readonly { readonly vlans?: readonly ListedVlan[] }[] = JSON.parse(stdout || "[]");
  return (members[0]?.vlans ?? []).map(({ vlan, vlanEnd, flags = [] }) =>
    [vlanEnd === undefined ? vlan : `${vlan}-${vlanEnd}`, ...flags].join(" "),
  );
}

interface ListedVlan {
  readonly vlan: number;
  readonly vlanEnd?: number;
  readonly flags?: readonly string[];
}

/** How bridge(8) shows the VLAN of untagged frames. */
export function access(id: number): string {
  return `${id} PVID Egress Untagged`;
}

/** A network of layer 2 in a VLAN. */
export function segment(vlan: number, more: Config = {}): Config {
  return plainBridge({ name: `net${vlan}`, vlan, ...more });
}

/** A network with a gateway in a VLAN: 10.1.VLAN.0/24, gateway .1. */
export function routedSegment(vlan: number, more: Config = {}): Config {
  const ipam = { type: "host-local", ranges: [[{ subnet: `10.1.${vlan}.0/24` }]] };
  return bridgeNetwork({ name: `net${vlan}`, vlan, ipam, ...more });
}

export function whose(name: string): { netns: string; containerId: string } {
  return { netns: name, containerId: name };
}

/** Shell commands in the node. */
export async function shell(node: FakeNode, script: string): Promise<string> {
  return (await node.run("sh", ["-ec", script])).stdout.trim();
}

export async function isFiltering(node: FakeNode, bridge = "br0"): Promise<boolean> {
  return (await shell(node, `ip -d link show dev ${bridge}`)).includes("vlan_filtering 1");
}

/** Links with flags, masters and aliases, VLANs, addresses, rules and leases: much less than a snapshot, and much sooner read. */
export async function picture(node: FakeNode): Promise<string[]> {
  const script = `ip -o link | sed 's/^[0-9]*: //; s/,LOWER_UP//; s/NO-CARRIER,//; s/ qdisc.*master/ master/; s/ state [A-Z]*//'
    ip -d link | grep -o 'vlan_filtering [01]' || true; bridge vlan; ip -o address | sed 's/ *scope.*//; s/^[0-9]*: //'
    nft list ruleset | grep comment || true; find /var/lib/cni -type f`;
  const lines = (await shell(node, script)).split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => !/fe80|^port +vlan-id$|\/lock$|last_reserved_ip/.test(line));
}

/** Takes away all links of the node, so that another case can follow. */
export async function clearLinks(node: FakeNode): Promise<void> {
  await shell(
    node,
    "for link in $(ip -o link | sed 's/^[0-9]*: //; s/[@:].*//' | grep -v '^lo$'); do ip link del $link 2>/dev/null || true; done",
  );
}

/** Network namespaces of these names, all with one program. */
export async function addNamespaces(node: FakeNode, names: readonly string[]): Promise<void> {
  await shell(node, `mkdir -p /run/netns; for name in ${names.join(" ")}; do ip netns add $name; done`);
}

/** Names of the interfaces of the host in VLANs of br0. */
export async function gateways(node: FakeNode): Promise<string[]> {
  const names = (await links(node, null)).map(({ ifname }) => ifname);
  return names.filter((name) => name.startsWith("br0.")).toSorted();
}
