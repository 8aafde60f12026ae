/** A node with a cable that carries VLANs, and networks that use it. */
import { type Config, hostLocal, plainBridge } from "../../kernel/network.ts";
import type { FakeNode } from "../../node/index.ts";

/** A host "wire" at the other end of "up0", with an address in VLAN 10, in VLAN 20 and without: the same network in each. */
const cable = `
ip netns add wire
ip link add up0 type veth peer name eth0 netns wire
ip link set up0 up; ip link set up0 down
in='ip -n wire'
$in link set eth0 up
for id in 10 20; do
  $in link add link eth0 name eth0.$id type vlan id $id
  $in link set eth0.$id up
  $in addr add 10.1.$id.200/24 dev eth0.$id
done
$in addr add 10.1.0.200/24 dev eth0`;

/** Commands follow those of the cable. */
export async function nodeWithCable(start: () => Promise<FakeNode>, more = ""): Promise<FakeNode> {
  const node = await start();
  await node.run("sh", ["-ec", `${cable}\n${more}`]);
  for (const name of ["one", "two"]) await node.addNamespace(name);
  return node;
}

export const one = { netns: "one", containerId: "one" };
export const two = { netns: "two", containerId: "two" };

/** A network in a VLAN, 10.1.ID.0/24; 0 is none. */
export function tagged(vlan: number, more: Config = {}): Config {
  const ipam = hostLocal(`10.1.${vlan}.0/24`);
  return plainBridge({ name: `net${vlan}`, vlan, uplink: "up0", ipam, ...more });
}

/** The same by a sub-interface of the uplink, in a bridge of its own. */
export function subinterface(vlan: number, more: Config = {}): Config {
  return tagged(vlan, { bridge: `br${vlan}`, uplinkMode: "subinterface", ...more });
}
