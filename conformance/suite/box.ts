/** What a plugin is asked to attach: a namespace, and the names that go with it. */
import type { FakeNode } from "../node/fake-node.ts";

export interface Box {
  /** Name of the namespace for `ip netns`. */
  readonly name: string;
  /** CNI_CONTAINERID. */
  readonly containerId: string;
  /** CNI_NETNS. */
  readonly netns: string;
  /** CNI_IFNAME. */
  readonly ifname: string;
}

/** Makes a namespace with `lo` down, as runtimes hand it over, and names its attachment. */
export async function makeBox(node: FakeNode, name: string): Promise<Box> {
  await node.run("ip", ["netns", "add", name]);
  return { name, containerId: `container-${name}`, netns: `/run/netns/${name}`, ifname: "eth0" };
}

/** The address that a chained plugin finds on the interface of the plugin before it. */
export const chainedAddress = { address: "10.88.0.2", length: 24, gateway: "10.88.0.1" } as const;

/** Makes the interface that a chained plugin expects to find, as a main plugin before it would. */
export async function makeInterface(node: FakeNode, { name, netns, ifname }: Box): Promise<void> {
  const { address, length } = chainedAddress;
  const script = `ip link add host-${name} up type veth peer name ${ifname} netns ${netns}
    ip -n ${name} addr add ${address}/${length} dev ${ifname}
    ip -n ${name} link set ${ifname} up`;
  await node.run("sh", ["-ec", script]);
}
