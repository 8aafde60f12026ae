/** S12: VLANs, uplinks and guests in one place. */
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../../node/index.ts";
import { layCable, uplink } from "../cable.ts";
import { connect } from "../endpoint.ts";
import { expectScene } from "../scene.ts";
import { allPairs, reached } from "../reach.ts";
import { show, shown } from "../show.ts";
import { leasing, vlanNetwork } from "../vlan-network.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "bridge"] };

interface PortVlans {
  readonly ifname: string;
  readonly vlans: readonly { readonly vlan: number; readonly flags?: readonly string[] }[];
}

/** What bridge(8) says of each port of br0, in the form of `trestle show`. */
async function vlansOf(node: FakeNode): Promise<ReadonlyMap<string, unknown>> {
  const { stdout } = await node.run("bridge", ["-j", "vlan", "show"]);
  const ports: readonly PortVlans[] = JSON.parse(stdout);
  return new Map(
    ports.map(({ ifname, vlans }) => [
      ifname,
      vlans.map(({ vlan, flags = [] }) => ({
        first: vlan,
        last: vlan,
        pvid: flags.includes("PVID"),
        untagged: flags.includes("Egress Untagged"),
      })),
    ]),
  );
}

describeWith(needs, "S12: looking at VLANs", () => {
  test("who is in which VLAN, and by which way it leaves the host", async () => {
    const [node, other] = [await startNode(), await startNode()];
    await layCable({ one: { node, name: uplink }, other: { node: other, name: uplink } });
    const network = (vlan: number) =>
      vlanNetwork(vlan, "trunk", {
        isGateway: vlan === 10,
        ipam: leasing({ subnet: `10.${vlan}.0.0/24`, first: 10 }),
      });
    const containers = [
      await connect(node, "ten", network(10)),
      await connect(node, "ten-too", network(10)),
      await connect(node, "twenty", network(20)),
    ];
    await reached(allPairs(containers), 1);

    const [bridge, ...more] = (await shown(node)).bridges;
    expect(more).toEqual([]);
    expect(bridge).toMatchObject({
      name: "br0",
      vlanFiltering: true,
      gateways: [{ vlan: 10, name: "br0.10" }],
    });
    const vlans = await vlansOf(node);
    const ports = bridge?.ports ?? [];
    expect(ports.map(({ name }) => name).toSorted()).toEqual(
      [uplink, ...containers.map(({ hostEnd }) => hostEnd)].toSorted(),
    );
    for (const port of ports) expect([port.name, port.vlans]).toEqual([port.name, vlans.get(port.name)]);
    expect(ports.find(({ name }) => name === uplink)).toMatchObject({ role: "uplink" });
    for (const { mac, hostEnd, name } of containers) {
      const port = ports.find((found) => found.name === hostEnd);
      expect(port).toMatchObject({ role: "container", owner: { containerId: name } });
      expect(port?.learned).toEqual([{ mac, vlan: name === "twenty" ? 20 : 10 }]);
    }
    await expectScene("s12", { hosts: { host: node } });
    const table = await show(node);
    for (const word of ["br0.10", uplink, "ten-too", "twenty"]) expect(table).toContain(word);
  });
});
