/** What the machine has, found out once for a whole run, in a node of its own, and what plugins need of it. */
import type { FakeNode } from "../node/fake-node.ts";
import type { Need } from "./clause.ts";
import type { Subject } from "./subject.ts";

/** For each need a command that only works where it is met, and what to call it otherwise. */
const probes: Readonly<Record<Need, { readonly command: string; readonly otherwise: string }>> = {
  "vlan filtering": {
    command:
      "ip link add probe type bridge vlan_filtering 1 && grep -q 1 /sys/class/net/probe/bridge/vlan_filtering",
    otherwise: "the kernel has no VLAN filtering of bridges (CONFIG_BRIDGE_VLAN_FILTERING)",
  },
  "802.1Q": {
    command: onLower("vlan id 2"),
    otherwise: "the kernel has no 802.1Q (CONFIG_VLAN_8021Q, module 8021q)",
  },
  macvlan: { command: onLower("macvlan"), otherwise: "the kernel has no macvlan (CONFIG_MACVLAN)" },
  ipvlan: { command: onLower("ipvlan"), otherwise: "the kernel has no ipvlan (CONFIG_IPVLAN)" },
  dummy: {
    command: "ip link add probe-dummy type dummy",
    otherwise: "the kernel has no dummy interfaces (CONFIG_DUMMY)",
  },
  vrf: {
    command: "ip link add probe-vrf type vrf table 10",
    otherwise: "the kernel has no VRF (CONFIG_NET_VRF)",
  },
  tap: {
    command: "ip tuntap add dev probe-tap mode tap",
    otherwise: "the kernel has no TUN/TAP driver (CONFIG_TUN, module tun)",
  },
  nf_tables: {
    command: "nft add table inet probe && nft list table inet probe",
    otherwise: "the kernel or the machine has no nf_tables (nft)",
  },
  iptables: { command: "iptables -t nat -N probe", otherwise: "there is no iptables with a nat table" },
  ipv6: { command: "test -d /proc/sys/net/ipv6", otherwise: "the kernel has no IPv6" },
  ping: { command: "command -v ping", otherwise: "there is no ping (Debian's package iputils-ping)" },
  tcpdump: { command: "command -v tcpdump", otherwise: "there is no tcpdump (Debian's package tcpdump)" },
};

/** A link of the kind on one that is made for it. */
function onLower(kind: string): string {
  const [name = ""] = kind.split(" ");
  const lower = `lower-${name}`;
  return `ip link add ${lower} type veth && ip link add link ${lower} name probe-${name} type ${kind}`;
}

/** The link that plugins make whatever their configuration says, by their type. */
const needsOfTypes: Readonly<Record<string, Need>> = {
  dummy: "dummy",
  ipvlan: "ipvlan",
  macvlan: "macvlan",
  tap: "tap",
  vlan: "802.1Q",
  vrf: "vrf",
};

/** Those that have the bridge's keys. */
const typesWithBridge = ["bridge", "tap", "trestle"];

/** What no ADD of the configuration can do without; the types of others are not known. */
export function needsOf({ configuration }: Pick<Subject, "configuration">): readonly Need[] {
  const { type, vlan, vlanTrunk, uplinkMode } = configuration;
  if (typeof type !== "string") return [];
  const own = Object.hasOwn(needsOfTypes, type) ? needsOfTypes[type] : undefined;
  const needs: Need[] = own === undefined ? [] : [own];
  const hasVlans = Boolean(vlan) || Array.isArray(vlanTrunk);
  if (hasVlans && typesWithBridge.includes(type))
    needs.push(uplinkMode === "subinterface" ? "802.1Q" : "vlan filtering");
  return needs;
}

/** Why a need is not met, by its name. */
export type Lacks = ReadonlyMap<Need, string>;

/** The first of the needs that is not met, in words. */
export function lackOf(needs: readonly Need[], lacks: Lacks): string | undefined {
  return needs.map((need) => lacks.get(need)).find((reason) => reason !== undefined);
}

export async function findLacks(node: FakeNode): Promise<Lacks> {
  const lacks = new Map<Need, string>();
  for (const need of Object.keys(probes) as Need[]) {
    const { command, otherwise } = probes[need];
    const { exitCode } = await node.run("sh", ["-c", command], { allowFailure: true });
    if (exitCode !== 0) lacks.set(need, otherwise);
  }
  return lacks;
}
