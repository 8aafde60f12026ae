/** Taps on a bridge that keeps frames to their VLANs. */
import { expect, test } from "@jest/globals";
import { attach, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { startGuest } from "../../kernel/guest.ts";
import { type Config, hostLocal, plainBridge } from "../../kernel/network.ts";
import { remainsAfterDel } from "../../kernel/remains.ts";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { addressTexts } from "../../node/state.ts";

const startNode = nodesPerTest();
const vm = { containerId: "vm", netns: "/proc/self/ns/net", ifname: "tap-vm" };

function ofVlan(vlan: number, more: Config = {}): Config {
  return plainBridge({ name: `v${vlan}`, vlan, ...more });
}

const needs = { plugins: ["tap", "bridge", "host-local"], commands: ["perl"], files: ["/dev/net/tun"] };

describeWith(needs, "tap in a VLAN", () => {
  test("reaches a container of its VLAN and none of another in the same IP network", async () => {
    const node = await startNode();
    const before = await node.snapshot();
    for (const name of ["same", "other"]) await node.addNamespace(name);
    const machines = ofVlan(10, {
      type: "tap",
      owner: 1000,
      vlanTrunk: [{ id: 30 }],
      ipam: hostLocal("10.1.0.0/24"),
    });
    const added = await attach(node, machines, vm);
    const [address = ""] = (added.ips?.[0]?.address ?? "").split("/");
    await attach(node, ofVlan(10, { ipam: hostLocal("10.1.0.0/24") }), {
      netns: "same",
      containerId: "same",
    });
    // Not from the first on, or it would have the tap's address itself.
    const ipam = { type: "host-local", ranges: [[{ subnet: "10.1.0.0/24", rangeStart: "10.1.0.50" }]] };
    await attach(node, ofVlan(20, { ipam }), { netns: "other", containerId: "other" });
    const { stdout } = await node.run("bridge", ["-j", "vlan", "show", "dev", "tap-vm"]);
    const vlans = [{ vlan: 10, flags: ["PVID", "Egress Untagged"] }, { vlan: 30 }];
    expect(JSON.parse(stdout)).toEqual([{ ifname: "tap-vm", vlans }]);
    expect(await addressTexts(node, null, "tap-vm")).toEqual([]);
    await startGuest(node, "tap-vm", address);
    expect(await node.ping("same", address)).toMatchObject({ received: 1 });
    expect(await node.ping("other", address, { attempts: 1 })).toMatchObject({ received: 0 });
    await expectHealthy(node, machines, added, vm);
    await node.run("bridge", ["vlan", "del", "dev", "tap-vm", "vid", "30"]);
    expect(await refused(node, "CHECK", { ...machines, prevResult: added }, vm)).toMatchObject({
      code: 107,
      msg: expect.stringContaining("10 untagged, 30"),
    });
    await detach(node, machines, vm);
    const taps = diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") });
    expect(taps.filter((line) => line.includes("tap-vm"))).toEqual([]);
  });

  test("has its gateway on the VLAN's interface, which goes with it", async () => {
    const node = await startNode();
    const config = ofVlan(10, { type: "tap", isGateway: true, ipam: hostLocal("10.1.0.0/24") });
    const added = await attach(node, config, vm);
    expect(added.interfaces?.map(({ name }) => name)).toEqual(["br0", "tap-vm", "br0.10"]);
    expect(await addressTexts(node, null, "br0.10")).toEqual(["10.1.0.1/24"]);
    await startGuest(node, "tap-vm", "10.1.0.2");
    expect(await node.ping(null, "10.1.0.2")).toMatchObject({ received: 1 });
    await expectHealthy(node, config, added, vm);
    await detach(node, config, vm);
    const { stdout } = await node.run("ip", ["-o", "link"]);
    expect(stdout).not.toMatch(/tap-vm|br0\.10/);
  });
});
