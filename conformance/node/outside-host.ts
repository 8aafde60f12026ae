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

/** Makes the namespace and the veth pair, and routes the node's default through it. */
export async function connectOutsideHost(node: FakeNode, options: OutsideHostOptions): Promise<OutsideHost> {
  const name = options.name ?? "outside";
  const uplink = options.uplink ?? "uplink0";
  const four = numbered(options.subnet ?? "198.51.100.0/24");
  const six = numbered(options.subnet6 ?? "2001:db8:ff::/64");
  await node.addNamespace(name);
  const link = `link add ${uplink} type veth peer name eth0 netns ${name}`;
  await node.run("ip", ["-batch", "-"], {
    input: [link, ...cable(uplink, 0, [four, six]), ...defaults([four, six])].join("\n"),
  });
  await node.run("ip", ["-n", name, "-batch", "-"], { input: cable("eth0", 1, [four, six]).join("\n") });
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
function cable(end: string, which: 0 | 1, networks: readonly Numbers[]): string[] {
  const addresses = networks.map(
    ({ hosts, length }) => `addr add ${hosts[which]}/${length} dev ${end} nodad`,
  );
  return [...addresses, `link set ${end} up`];
}

function defaults(networks: readonly Numbers[]): string[] {
  return networks.map(({ hosts }) => `route add default via ${hosts[1]}`);
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
