/** An uplink that carries VLANs as a trunk of a bridge that keeps frames to them. */
import { expect, test } from "@jest/globals";
import { attach, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { hostLocal } from "../../kernel/network.ts";
import { remainsAfterDel, remainsAfterFailure } from "../../kernel/remains.ts";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { addressTexts } from "../../node/state.ts";
import { nodeWithCable, one, tagged, two } from "./uplink-world.ts";
import { access, vlanTexts } from "./vlan-state.ts";

const startNode = nodesPerTest();
const native = access(1);

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping", "bridge"] }, "a trunk", () => {
  test("carries each network in its VLAN, tagged on the wire alone", async () => {
    const node = await nodeWithCable(startNode);
    const before = await node.snapshot();
    const added = await attach(node, tagged(10), one);
    await attach(node, tagged(20), two);
    expect(await vlanTexts(node, "up0")).toEqual(["10", "20"]);
    await expectHealthy(node, tagged(10), added, one);
    const onWire = await node.capture("up0", "");
    const inContainer = await node.capture("eth0", "", { namespace: "one" });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.20.200")).toMatchObject({ received: 1 });
    expect(await onWire.waitFor(/vlan 10.*ICMP echo reply/)).toContain("10.1.10.200 > 10.1.10.2");
    expect(await onWire.waitFor(/vlan 20.*ICMP echo reply/)).toContain("10.1.20.200 > 10.1.20.2");
    expect((await onWire.stop()).filter((line) => /10\.1\./.test(line) && !/vlan/.test(line))).toEqual([]);
    await inContainer.waitFor(/ICMP echo reply/);
    expect((await inContainer.stop()).filter((line) => line.includes("vlan"))).toEqual([]);
    await detach(node, tagged(20), two);
    expect(await vlanTexts(node, "up0")).toEqual(["10"]);
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, tagged(10), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("keeps VLANs of the same addresses apart, on the wire as well", async () => {
    // A host of its own: one that has both addresses answers for either in any VLAN.
    const node = await nodeWithCable(
      startNode,
      `
      ip netns add far
      ip -n wire link set eth0.20 netns far
      ip -n far link set eth0.20 up
      ip -n far addr add 10.1.10.201/24 dev eth0.20`,
    );
    await attach(node, tagged(10), one);
    await attach(node, tagged(20, { name: "other", ipam: hostLocal("10.1.10.0/24") }), two);
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.201", { attempts: 1 })).toMatchObject({ received: 0 });
    expect(await node.ping("two", "10.1.10.201")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.10.200", { attempts: 1 })).toMatchObject({ received: 0 });
  });

  test("carries a network without VLAN untagged, as long as there is one", async () => {
    const node = await nodeWithCable(startNode);
    const plain = tagged(0);
    await attach(node, tagged(10), one);
    expect(await vlanTexts(node, "up0")).toEqual(["10"]);
    const added = await attach(node, plain, two);
    expect(await vlanTexts(node, "up0")).toEqual([native, "10"]);
    await expectHealthy(node, plain, added, two);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, plain, two);
    expect(await vlanTexts(node, "up0")).toEqual(["10"]);
  });

  test("carries the VLANs of a trunk to a container, and the default one where it is kept", async () => {
    const node = await nodeWithCable(startNode);
    const trunk = tagged(10, {
      vlanTrunk: [{ minID: 20, maxID: 22 }, { id: 30 }],
      preserveDefaultVlan: true,
    });
    await attach(node, trunk, one);
    expect(await vlanTexts(node, "up0")).toEqual([native, "10", "20-22", "30"]);
    await node.run("sh", [
      "-ec",
      `ip -n one link add link eth0 name eth0.20 type vlan id 20
       ip -n one link set eth0.20 up; ip -n one addr add 10.1.20.7/24 dev eth0.20`,
    ]);
    expect(await node.ping("one", "10.1.20.200")).toMatchObject({ received: 1 });
  });

  test("leaves the host in the network when its addresses move, beside a gateway in a VLAN", async () => {
    const node = await nodeWithCable(
      startNode,
      "ip addr add 10.1.0.5/24 dev up0; ip link set up0 up; ip route add default via 10.1.0.200",
    );
    const before = await node.snapshot();
    const config = tagged(10, { uplinkAddress: "move", isDefaultGateway: true });
    const added = await attach(node, config, one);
    expect(await vlanTexts(node, "up0")).toEqual([native, "10"]);
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.5/24"]);
    expect(await addressTexts(node, null, "br0.10")).toEqual(["10.1.10.1/24"]);
    await expectHealthy(node, config, added, one);
    expect(await node.ping(null, "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.1")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, config, one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("that is a port already has to have the VLANs, and is left as it is", async () => {
    const node = await nodeWithCable(
      startNode,
      "ip link add br0 up address 02:00:00:00:00:33 type bridge vlan_filtering 1; ip link set up0 up master br0",
    );
    const before = await node.snapshot();
    expect(await refused(node, "ADD", tagged(10), one)).toMatchObject({
      code: 104,
      msg: expect.stringContaining("without VLAN 10"),
      details: expect.stringContaining("bridge vlan add dev up0 vid 10"),
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    await node.run("bridge", ["vlan", "add", "dev", "up0", "vid", "10"]);
    const mended = await node.snapshot();
    await expectHealthy(node, tagged(10), await attach(node, tagged(10), one), one);
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, tagged(10), one);
    expect(diff(mended, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  test("joins a bridge that does not filter yet", async () => {
    const node = await nodeWithCable(startNode);
    await attach(node, tagged(0), two);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    await attach(node, tagged(10), one);
    expect(await vlanTexts(node, "up0")).toEqual([native, "10"]);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
  });

  test("is seen by CHECK", async () => {
    const node = await nodeWithCable(startNode);
    const added = await attach(node, tagged(10), one);
    await node.run("bridge", ["vlan", "del", "dev", "up0", "vid", "10"]);
    const { code, msg } = await refused(node, "CHECK", { ...tagged(10), prevResult: added }, one);
    expect({ code, msg }).toEqual({ code: 107, msg: expect.stringContaining("not in VLAN 10") });
    await attach(node, tagged(10), two);
    await expectHealthy(node, tagged(10), added, one);
  });
});
