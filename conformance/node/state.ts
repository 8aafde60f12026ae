/** What the kernel has, as ip(8), bridge(8) and nft(8) tell it. */
import { setTimeout } from "node:timers/promises";
import { Absent } from "./absent.ts";
import { CommandError } from "./command.ts";
import type { FakeNode } from "./fake-node.ts";

/** A link, from `ip -j -d link`. */
export interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  readonly address: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly operstate: string;
  readonly promiscuity: number;
  readonly num_tx_queues: number;
  readonly num_rx_queues: number;
  /** Index of the other end of a veth pair, where that is in another namespace. */
  readonly link_index?: number;
  /** Name of the link below, or of the other end of a veth pair, where that is in the same namespace. */
  readonly link?: string;
  readonly master?: string;
  readonly ifalias?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_slave_data?: Readonly<Record<string, unknown>>;
  };
}

/** An address, from `ip -j addr`. */
export interface Address {
  readonly family: "inet" | "inet6";
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly broadcast?: string;
  readonly tentative?: boolean;
}

/** A route, from `ip -j -d route show table all`. */
export interface Route {
  readonly type: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev: string;
  readonly table?: string;
  readonly scope?: string;
  readonly metric?: number;
  readonly protocol: string;
  readonly metrics?: readonly Readonly<Record<string, number>>[];
}

async function list<T>(
  node: FakeNode,
  namespace: string | null,
  args: readonly string[],
): Promise<readonly T[]> {
  const all = ["-j", "-d", ...args];
  const options = { allowFailure: true };
  const ended = await (namespace === null
    ? node.run("ip", all, options)
    : node.inNamespace(namespace, "ip", all, options));
  if (ended.stderr.includes("does not exist")) throw new Absent(`ip ${args.join(" ")}: ${ended.stderr}`);
  if (ended.exitCode !== 0) throw new CommandError(["ip", ...all], ended);
  const items: readonly T[] = ended.stdout.trim() === "" ? [] : JSON.parse(ended.stdout);
  return items;
}

/** All links of a namespace, or of the node itself for `null`. */
export async function links(node: FakeNode, namespace: string | null): Promise<readonly Link[]> {
  return list<Link>(node, namespace, ["link"]);
}

/** One link. @throws Absent where there is none of that name */
export async function link(node: FakeNode, namespace: string | null, name: string): Promise<Link> {
  const found = (await links(node, namespace)).find(({ ifname }) => ifname === name);
  if (found === undefined) {
    throw new Absent(`There is no link "${name}" in ${namespace ?? "the node"}`);
  }
  return found;
}

/**
 * Waits until the node has no link of this name: `ip netns del` returns before the kernel takes a namespace apart, so the
 * ends outside of it stay for a while (seen on Linux 6.18 under load).
 */
export async function linkToGo(node: FakeNode, name: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await links(node, null)).some(({ ifname }) => ifname === name)) {
    if (Date.now() > deadline) throw new Error(`The link "${name}" is still there after 10 s`);
    await setTimeout(20);
  }
}

/** Addresses of a link but for link-local ones, in the order of the kernel. */
export async function addresses(
  node: FakeNode,
  namespace: string | null,
  name: string,
): Promise<readonly Address[]> {
  const items = await list<{ addr_info?: readonly Address[] }>(node, namespace, [
    "addr",
    "show",
    "dev",
    name,
  ]);
  return items.flatMap((item) => item.addr_info ?? []).filter(({ scope }) => scope !== "link");
}

/** The same as text: "10.1.0.2/24". */
export async function addressTexts(
  node: FakeNode,
  namespace: string | null,
  name: string,
): Promise<string[]> {
  return (await addresses(node, namespace, name)).map(({ local, prefixlen }) => `${local}/${prefixlen}`);
}

/** Unicast routes of one family in all tables, without those that the kernel makes of an address. */
export async function routes(
  node: FakeNode,
  namespace: string | null,
  family: 4 | 6,
): Promise<readonly Route[]> {
  const all = await list<Route>(node, namespace, [`-${family}`, "route", "show", "table", "all"]);
  return all.filter(({ type, protocol }) => type === "unicast" && protocol !== "kernel");
}

/** Flags of a bridge port, from `bridge -j -d link`. */
export async function port(node: FakeNode, name: string): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await node.run("bridge", ["-j", "-d", "link", "show", "dev", name]);
  const ports: readonly Readonly<Record<string, unknown>>[] = JSON.parse(stdout);
  return ports[0] ?? {};
}

/** A value below /proc/sys/net. */
export async function setting(node: FakeNode, namespace: string | null, path: string): Promise<string> {
  const args = [`/proc/sys/net/${path}`];
  const ended = await (namespace === null ? node.run("cat", args) : node.inNamespace(namespace, "cat", args));
  return ended.stdout.trim();
}

/** Names of the lease files of a network, without the lock and the notes on the last address. */
export async function leases(node: FakeNode, network = "net"): Promise<string[]> {
  const folder = `/var/lib/cni/networks/${network}`;
  const { stdout } = await node.run("find", [folder, "-type", "f", "-printf", "%f\n"], {
    allowFailure: true,
  });
  return stdout
    .split("\n")
    .filter((name) => name !== "" && name !== "lock" && !name.startsWith("last_reserved_ip."))
    .toSorted();
}
