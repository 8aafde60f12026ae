/** What a plugin is asked to attach: a namespace, and the names that go with it. */
import type { FakeNode } from "../node/fake-node.ts";
import { gateway } from "./subject.ts";

export interface Box {
  /** Name of the namespace for `ip netns`. */
  readonly name: string;
  /** Counts the boxes of a host from 1; what a chained plugin finds in one has it in its addresses. */
  readonly number: number;
  /** CNI_CONTAINERID. */
  readonly containerId: string;
  /** CNI_NETNS. */
  readonly netns: string;
  /** CNI_IFNAME. */
  readonly ifname: string;
}

/** Makes a namespace with `lo` down, as runtimes hand it over, and names its attachment. */
export async function makeBox(node: FakeNode, { name, number }: Pick<Box, "name" | "number">): Promise<Box> {
  await node.run("ip", ["netns", "add", name]);
  return { name, number, containerId: `container-${name}`, netns: `/run/netns/${name}`, ifname: "eth0" };
}

/** One end of the interface that a chained plugin finds. */
export interface Wire {
  /** The end on the host. */
  readonly host: { readonly name: string; readonly mac: string };
  readonly container: { readonly mac: string; readonly address: string; readonly length: number };
  readonly gateway: string;
}

/** What the plugin before a chained one made for a box: another address and other MAC addresses for each. */
export function wireOf({ name, number }: Pick<Box, "name" | "number">): Wire {
  const last = number.toString(16).padStart(2, "0");
  return {
    host: { name: `host-${name}`, mac: `02:00:0a:58:01:${last}` },
    container: { mac: `02:00:0a:58:00:${last}`, address: `10.88.0.${number + 1}`, length: 24 },
    gateway,
  };
}

/** Makes it, as ptp of the reference would: a veth pair, routes both ways, and the host as the gateway. */
export async function makeInterface(node: FakeNode, box: Box): Promise<void> {
  const { host, container } = wireOf(box);
  const { name, ifname } = box;
  const script = `
    ip link add ${host.name} address ${host.mac} type veth peer name ${ifname} address ${container.mac} netns ${name}
    ip -n ${name} addr add ${container.address}/${container.length} dev ${ifname}
    ip -n ${name} link set ${ifname} up
    ip addr add ${gateway}/32 dev ${host.name}
    ip link set ${host.name} up
    ip route add ${container.address}/32 dev ${host.name}
    ip -n ${name} route add default via ${gateway}`;
  await node.run("sh", ["-ec", script]);
}

/** Takes it away, as the DEL of the plugin that made it does after a chained plugin's DEL: what was set on it goes as well. */
export async function removeInterface(node: FakeNode, box: Box): Promise<void> {
  await node.run("ip", ["link", "del", wireOf(box).host.name], { allowFailure: true });
}
