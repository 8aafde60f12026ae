/** S11: faults on the way of VLANs, told with their cause and mend. */
import { expect, test } from "@jest/globals";
import { expectHealthy, refused } from "../../kernel/attachment.ts";
import { remainsAfterFailure } from "../../kernel/remains.ts";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { layCable, uplink } from "../cable.ts";
import { attachAgain, connect } from "../endpoint.ts";
import { leasing, vlanNetwork } from "../vlan-network.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["bridge", "host-local"], commands: ["ping", "bridge"] };
const ipam = leasing({ subnet: "10.1.0.0/24", first: 10 });
const one = { netns: "one", containerId: "one" };

describeWith(needs, "S11: a fault on the way of a VLAN", () => {
  test("the bridge is down when the gateway's interface on it starts", async () => {
    const node = await startNode();
    await layCable({ one: { node, name: uplink }, other: { node: await startNode(), name: uplink } });
    await node.run("ip", ["link", "add", "br0", "type", "bridge"]);
    const network = vlanNetwork(10, "trunk", { isGateway: true, ipam });
    const container = await connect(node, "one", network);
    expect(await container.ping("10.1.0.1")).toBe(true);

    await node.run("ip", ["link", "set", "br0", "down"]);
    expect(await container.ping("10.1.0.1", 1)).toBe(false);
    const refusal = await refused(node, "CHECK", { ...network, prevResult: container.added }, one);
    expect(`${refusal.msg} ${refusal.details}`).toMatch(/br0.* down/);

    await connect(node, "two", network);
    await expectHealthy(node, network, container.added, one);
    expect(await container.ping("10.1.0.1")).toBe(true);
  });

  test("the sub-interface's name belongs to another VLAN", async () => {
    const node = await startNode();
    const other = await startNode();
    await layCable({ one: { node, name: uplink }, other: { node: other, name: uplink } });
    await node.addNamespace("one");
    const taken = `${uplink}.10`;
    await node.run("ip", ["link", "add", "link", uplink, "name", taken, "type", "vlan", "id", "11"]);
    const network = vlanNetwork(10, "subinterface", { ipam });
    const before = await node.snapshot();
    const refusal = await refused(node, "ADD", network, one);
    expect(`${refusal.msg} ${refusal.details}`).toMatch(
      new RegExp(`"${taken}".* is not VLAN 10 of "${uplink}"`, "s"),
    );
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);

    await node.run("ip", ["link", "del", taken]);
    const container = await attachAgain(node, "one", network);
    await expectHealthy(node, network, container.added, one);
    const far = await connect(other, "far", {
      ...network,
      ipam: leasing({ subnet: "10.1.0.0/24", first: 90 }),
    });
    expect(await container.ping(far.address)).toBe(true);
  });
});
