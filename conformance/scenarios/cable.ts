/** Cables between the hosts of a scenario. They carry whatever is put into them, VLAN tags included. */
import { runCommand } from "../node/command.ts";
import type { FakeNode } from "../node/index.ts";

/** An interface of a host, made with the cable. */
export interface End {
  readonly node: FakeNode;
  readonly name: string;
}

/** Joins two hosts; both ends are up. What the real host has does not change: both are made where they belong. */
export async function layCable({ one, other }: { one: End; other: End }): Promise<void> {
  const ends = [one.name, "netns", `${one.node.pid}`, "type", "veth", "peer", "name", other.name];
  await runCommand(["ip", "link", "add", ...ends, "netns", `${other.node.pid}`]);
  await Promise.all([one, other].map(async ({ node, name }) => node.run("ip", ["link", "set", name, "up"])));
}

/** The interface of each host that {@link plugIn} makes. */
export const uplink = "eth1";

/** Joins the hosts by a switch that knows nothing of VLANs; the switch is a host as well, its ports are "port1", "port2", ... */
export async function plugIn(hosts: readonly FakeNode[], networkSwitch: FakeNode): Promise<void> {
  await networkSwitch.run("ip", ["link", "add", "switch", "up", "type", "bridge"]);
  for (const [index, node] of hosts.entries()) {
    const port = `port${index + 1}`;
    await layCable({ one: { node, name: uplink }, other: { node: networkSwitch, name: port } });
    await networkSwitch.run("ip", ["link", "set", port, "master", "switch"]);
  }
}
