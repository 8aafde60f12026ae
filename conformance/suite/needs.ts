/** What the machine has, found out once for a whole run, in a node of its own. */
import type { FakeNode } from "../node/fake-node.ts";
import type { Need } from "./clause.ts";

/** For each need a command that only works where it is met, and what to call it otherwise. */
const probes: Readonly<Record<Need, { readonly command: string; readonly otherwise: string }>> = {
  "vlan filtering": {
    command:
      "ip link add probe type bridge vlan_filtering 1 && grep -q 1 /sys/class/net/probe/bridge/vlan_filtering",
    otherwise: "the kernel has no VLAN filtering of bridges (CONFIG_BRIDGE_VLAN_FILTERING)",
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

/** Why a need is not met, by its name. */
export type Lacks = ReadonlyMap<Need, string>;

export async function findLacks(node: FakeNode): Promise<Lacks> {
  const lacks = new Map<Need, string>();
  for (const need of Object.keys(probes) as Need[]) {
    const { command, otherwise } = probes[need];
    const { exitCode } = await node.run("sh", ["-c", command], { allowFailure: true });
    if (exitCode !== 0) lacks.set(need, otherwise);
  }
  return lacks;
}
