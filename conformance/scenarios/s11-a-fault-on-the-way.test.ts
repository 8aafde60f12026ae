/** S11: a fault on the way is told with its cause and its mend, changes nothing, and it works after the mend. */
import { expect, test } from "@jest/globals";
import { detach, expectHealthy, refused } from "../kernel/attachment.ts";
import { type Config, bridgeNetwork, four, hostLocal, plainBridge } from "../kernel/network.ts";
import { remainsAfterFailure } from "../kernel/remains.ts";
import { canFilterVlans } from "../kernel/vlan-filtering.ts";
import { type FakeNode, type PluginReply, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { link } from "../node/state.ts";
import { layCable, uplink } from "./cable.ts";
import { attachAgain } from "./endpoint.ts";
import { expectScene } from "./scene.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "bridge"] };
const network = plainBridge({ uplink, ipam: hostLocal(four) });

/** A host with an uplink to another one, which is 10.1.0.99. */
async function world(): Promise<FakeNode> {
  const [node, other] = [await startNode(), await startNode()];
  await layCable({ one: { node, name: uplink }, other: { node: other, name: "eth0" } });
  await other.run("ip", ["addr", "add", "10.1.0.99/24", "dev", "eth0"]);
  await node.addNamespace("one");
  return node;
}

/** The ADD that must fail, and leave the host as it was. */
async function fails(node: FakeNode, config: Config): Promise<PluginReply> {
  const before = await node.snapshot();
  const refusal = await refused(node, "ADD", config, one);
  expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
  return refusal;
}

/** After the mend. */
async function works(node: FakeNode, config: Config): Promise<void> {
  const container = await attachAgain(node, "one", config);
  await expectHealthy(node, config, container.added, one);
  expect(await container.ping("10.1.0.99")).toBe(true);
}

describeWith(needs, "S11: a fault on the way", () => {
  test("a wrong name in the configuration: the error lists those there are", async () => {
    const node = await world();
    const refusal = await fails(node, { ...network, uplink: "eht1" });
    expect(`${refusal.msg} ${refusal.details}`).toMatch(/"eht1".*eth1/s);
    await works(node, network);
  });

  test("an interface that is not there yet", async () => {
    const [node, other] = [await startNode(), await startNode()];
    await node.addNamespace("one");
    const refusal = await fails(node, network);
    expect(`${refusal.msg} ${refusal.details}`).toContain(`"${uplink}"`);
    await layCable({ one: { node, name: uplink }, other: { node: other, name: "eth0" } });
    await other.run("ip", ["addr", "add", "10.1.0.99/24", "dev", "eth0"]);
    await works(node, network);
  });

  test("an uplink with an address: the error has both remedies, and both work", async () => {
    const node = await world();
    await node.run("ip", ["addr", "add", "10.1.0.50/24", "dev", uplink]);
    const refusal = await fails(node, network);
    expect(`${refusal.msg} ${refusal.details}`).toMatch(/10\.1\.0\.50.*"uplinkAddress": "move"/s);
    await works(node, { ...network, uplinkAddress: "move" });
    await detach(node, network, one);
    await node.run("ip", ["addr", "flush", "dev", uplink]);
    await works(node, network);
  });

  test("an uplink that is down is brought up; one that somebody takes down is told by CHECK", async () => {
    const node = await world();
    await node.run("ip", ["link", "set", uplink, "down"]);
    const container = await attachAgain(node, "one", network);
    expect((await link(node, null, uplink)).flags).toContain("UP");
    expect(await container.ping("10.1.0.99")).toBe(true);

    await node.run("ip", ["link", "set", uplink, "down"]);
    expect(await container.ping("10.1.0.99", 1)).toBe(false);
    const refusal = await refused(node, "CHECK", { ...network, prevResult: container.added }, one);
    expect(refusal).toMatchObject({ code: 107 });
    expect(`${refusal.msg} ${refusal.details}`).toContain(`uplink "${uplink}" is down`);
    await expectScene("s11", { hosts: { host: node } });

    await node.run("ip", ["link", "set", uplink, "up"]);
    await expectHealthy(node, network, container.added, one);
    expect(await container.ping("10.1.0.99")).toBe(true);
  });

  test("a bridge that somebody takes down is told by CHECK, and brought up by the next ADD", async () => {
    const node = await world();
    const container = await attachAgain(node, "one", network);
    await node.run("ip", ["link", "set", "br0", "down"]);
    expect(await container.ping("10.1.0.99", 1)).toBe(false);
    const refusal = await refused(node, "CHECK", { ...network, prevResult: container.added }, one);
    expect(`${refusal.msg} ${refusal.details}`).toMatch(/"?br0"?.* down/);
    await node.addNamespace("two");
    await attachAgain(node, "two", network);
    await expectHealthy(node, network, container.added, one);
    expect(await container.ping("10.1.0.99")).toBe(true);
  });
});

const lacking = canFilterVlans() ? ["a kernel without VLAN filtering of bridges"] : [];

describeWith({ ...needs, lacking }, "S11: a kernel without VLANs", () => {
  test("is told by the feature's name, and nothing changes; without a VLAN it works", async () => {
    const node = await world();
    const refusal = await fails(node, { ...network, vlan: 10 });
    expect(refusal).toMatchObject({
      code: 105,
      msg: expect.stringContaining("CONFIG_BRIDGE_VLAN_FILTERING"),
    });
    await works(node, network);
  });

  test("the same for a gateway's own interface", async () => {
    const node = await world();
    const refusal = await fails(node, bridgeNetwork({ vlan: 10 }));
    expect(refusal).toMatchObject({ code: 105, details: expect.stringContaining('remove "vlan"') });
  });
});
