import type { FakeNode } from "./fake-node.ts";

/** How the outside host is connected. */
export interface OutsideHostOptions {
  /** Its namespace, "outside" when left out. */
  readonly name?: string;
  /** IPv4 network of the cable, 198.51.100.0/24 when left out; the node has host 1, the outside host 2. */
  readonly subnet?: string;
  /** IPv6 network of the cable, 2001:db8:ff::/64 when left out, numbered in the same way. */
  readonly subnet6?: string;
  /** The node's end, "uplink0" when left out. */
  readonly uplink?: string;
}

/** A host next to the node. */
export interface OutsideHost {
  /** Its namespace, for `inNamespace`, `ping` and `capture`. */
  readonly name: string;
  /** Its end of the cable. */
  readonly interface: string;
  /** The node's end. */
  readonly uplink: string;
  /** Its addresses, without prefix length. */
  readonly address: string;
  readonly address6: string;
  /** The node's addresses on the cable: what masqueraded traffic must come from. */
  readonly nodeAddress: string;
  readonly nodeAddress6: string;
}

/**
 * Makes the namespace and the veth pair, and routes the node's default through it. As on a cable that has been there for long, none of
 * its addresses is tentative, nor are those that the kernel gives to it: with such a one it does not ask for neighbours.
 */
export async function connectOutsideHost(node: FakeNode, options: OutsideHostOptions): Promise<OutsideHost> {
  const name = options.name ?? "outside";
  const uplink = options.uplink ?? "uplink0";
  const four = numbered(options.subnet ?? "198.51.100.0/24");
  const six = numbered(options.subnet6 ?? "2001:db8:ff::/64");
  await node.addNamespace(name);
  const link = `ip link add ${uplink} type veth peer name eth0 netns ${name}`;
  const shell = (...commands: readonly string[]): string[] => ["-ec", commands.join("\n")];
  await node.run("sh", shell(link, ...raise(uplink, 0, [four, six])));
  await node.inNamespace(name, "sh", shell(...raise("eth0", 1, [four, six]), ...settle("eth0")));
  await node.run("sh", shell(...settle(uplink), ...defaults([four, six])));
  return {
    name,
    interface: "eth0",
    uplink,
    address: four.hosts[1],
    address6: six.hosts[1],
    nodeAddress: four.hosts[0],
    nodeAddress6: six.hosts[0],
  };
}

interface Numbers {
  readonly length: string;
  readonly hosts: readonly [string, string];
}

/** Commands that bring up one end of the cable, 0 the node's and 1 the other; nobody else can have the addresses. */
function raise(end: string, which: 0 | 1, networks: readonly Numbers[]): string[] {
  const addresses = networks.map(
    ({ hosts, length }) => `ip addr add ${hosts[which]}/${length} dev ${end} nodad`,
  );
  return [...addresses, `echo 0 > ${detection(end)}`, `ip link set ${end} up`];
}

/** Commands that wait for the link-local address, which an end has some time after both are up, and undo what was set for that. */
function settle(end: string): string[] {
  const linkLocal = `ip -6 -o addr show dev ${end} scope link`;
  return [
    `until ${linkLocal} | grep -vq tentative; do sleep 0.01; done`,
    `cat ${detection("default")} > ${detection(end)}`,
  ];
}

/** The setting of duplicate address detection. */
function detection(name: string): string {
  return `/proc/sys/net/ipv6/conf/${name}/accept_dad`;
}

function defaults(networks: readonly Numbers[]): string[] {
  return networks.map(({ hosts }) => `ip route add default via ${hosts[1]}`);
}

/** Hosts 1 and 2 of a network whose text ends in `.0` or `::`. */
function numbered(subnet: string): Numbers {
  const parts = /^(?<stem>.*(?:\.|::))0?\/(?<length>\d+)$/.exec(subnet)?.groups;
  const stem = parts?.["stem"];
  const length = parts?.["length"];
  if (stem === undefined || length === undefined) {
    throw new TypeError(`Cannot number hosts of "${subnet}": expected a network such as 198.51.100.0/24`);
  }
  return { length, hosts: [`${stem}1`, `${stem}2`] };
}
