/** Uplinks by a sub-interface for each VLAN, in a bridge of its own. */
import { expect, test } from "@jest/globals";
import { attach, call, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { type Config, hostLocal } from "../../kernel/network.ts";
import { remainsAfterDel, remainsAfterFailure } from "../../kernel/remains.ts";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { addressTexts, link, links } from "../../node/state.ts";
import { nodeWithCable, one, subinterface, tagged, two } from "./uplink-world.ts";

const startNode = nodesPerTest();

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping", "bridge"] }, "a sub-interface", () => {
  test("connects a bridge of its own with the VLAN, and goes with the last container", async () => {
    const node = await nodeWithCable(startNode);
    const before = await node.snapshot();
    const added = await attach(node, subinterface(10), one);
    await attach(node, subinterface(20), two);
    await expectHealthy(node, subinterface(10), added, one);
    expect(await link(node, null, "up0.10")).toMatchObject({
      master: "br10",
      link: "up0",
      ifalias: "trestle subinterface of br10 was-down",
      linkinfo: { info_kind: "vlan" },
    });
    const onWire = await node.capture("up0", "");
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.20.200")).toMatchObject({ received: 1 });
    await onWire.waitFor(/vlan 10.*ICMP echo reply/);
    await onWire.waitFor(/vlan 20.*ICMP echo reply/);
    await onWire.stop();
    await detach(node, subinterface(10), one);
    expect((await link(node, null, "up0")).flags).toContain("UP");
    expect((await link(node, null, "up0.20")).ifalias).toBe("trestle subinterface of br20 was-down");
    expect(await node.ping("two", "10.1.20.200")).toMatchObject({ received: 1 });
    await detach(node, subinterface(20), two);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br10", "br20") })).toEqual([]);
  });

  test("keeps the VLANs apart, and the host's own address on the uplink does not matter", async () => {
    const node = await nodeWithCable(startNode, "ip addr add 10.1.0.5/24 dev up0; ip link set up0 up");
    const before = await node.snapshot();
    const config = subinterface(10, { isDefaultGateway: true });
    const added = await attach(node, config, one);
    await attach(node, subinterface(20, { ipam: hostLocal("10.1.10.0/24") }), two);
    expect(await addressTexts(node, null, "br10")).toEqual(["10.1.10.1/24"]);
    await expectHealthy(node, config, added, one);
    expect(await node.ping(null, "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.10.200", { attempts: 1 })).toMatchObject({ received: 0 });
    await detach(node, config, one);
    await detach(node, subinterface(20), two);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br10", "br20") })).toEqual([]);
  });

  test("that was there is used, and stays", async () => {
    const node = await nodeWithCable(
      startNode,
      "ip link set up0 up; ip link add link up0 name up0.10 type vlan id 10; ip link set up0.10 up; ip addr add 10.1.10.5/24 dev up0.10",
    );
    const before = await node.snapshot();
    expect(await refused(node, "ADD", subinterface(10), one)).toMatchObject({
      code: 104,
      msg: expect.stringContaining("10.1.10.5/24"),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
    const config = subinterface(10, { uplinkAddress: "move" });
    await expectHealthy(node, config, await attach(node, config, one), one);
    expect(await addressTexts(node, null, "br10")).toEqual(["10.1.10.5/24"]);
    expect(await node.ping("one", "10.1.10.5")).toMatchObject({ received: 1 });
    await detach(node, config, one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br10") })).toEqual([]);
  });

  const obstacles: [what: string, command: string, says: string][] = [
    ["another VLAN's by that name", "ip link add link up0 name up0.10 type vlan id 11", "is not VLAN 10"],
    ["something else by that name", "ip link add up0.10 type dummy", "is not VLAN 10"],
    ["the same VLAN's by another name", "ip link add link up0 name ten type vlan id 10", "by another name"],
    [
      "that of another bridge",
      "ip link add br7 type bridge; ip link add link up0 name up0.10 type vlan id 10; ip link set up0.10 master br7",
      'belongs to "br7"',
    ],
  ];

  test.each(obstacles)("is refused where there is %s, and nothing changes", async (_what, command, says) => {
    const node = await nodeWithCable(startNode, command);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", subinterface(10), one)).toMatchObject({
      code: 104,
      msg: expect.stringContaining(says),
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
  });

  const others: [what: string, first: Config, second: Config, says: RegExp][] = [
    [
      "another VLAN's sub-interface",
      subinterface(10),
      subinterface(20, { bridge: "br10" }),
      /"br10" has "up0\.10" as a port, and makes one network of VLAN 20 and VLAN 10/,
    ],
    ["the uplink itself", tagged(0), subinterface(10, { bridge: "br0" }), /VLAN 10 and that of "up0"/],
    [
      "VLANs that it keeps apart",
      tagged(20, { uplink: undefined }),
      subinterface(10, { bridge: "br0" }),
      /"br0" filters VLANs/,
    ],
    [
      "a sub-interface, where it shall filter VLANs",
      subinterface(10),
      tagged(20, { bridge: "br10", uplink: undefined }),
      /"br10" on: it is that of VLAN 10 alone, by "up0\.10"/,
    ],
    [
      "a sub-interface, where the uplink shall join",
      subinterface(10),
      tagged(20, { bridge: "br10" }),
      /that of "up0" and VLAN 10/,
    ],
  ];

  test.each(others)(
    "is refused where a bridge has %s, and nothing changes",
    async (_what, first, second, says) => {
      const node = await nodeWithCable(startNode);
      const added = await attach(node, first, one);
      const before = await node.snapshot();
      const error = await refused(node, "ADD", second, two);
      expect(error).toMatchObject({
        code: 104,
        msg: expect.stringMatching(says),
        details: expect.stringContaining('another bridge in "bridge"'),
      });
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
      expect(await refused(node, "STATUS", second, {})).toMatchObject({
        code: 50,
        details: expect.stringContaining('another bridge in "bridge"'),
      });
      await expectHealthy(node, first, added, one);
    },
  );

  test("that another VLAN's joined later is told by CHECK", async () => {
    const node = await nodeWithCable(startNode);
    const prevResult = await attach(node, subinterface(10), one);
    const join = "ip link add link up0 name other type vlan id 20; ip link set other master br10";
    await node.run("sh", ["-ec", join]);
    expect(await refused(node, "CHECK", { ...subinterface(10), prevResult }, one)).toMatchObject({
      msg: expect.stringContaining("one network of VLAN 10 and VLAN 20"),
    });
  });

  test("works beside a bridge that has the uplink's untagged frames", async () => {
    const node = await nodeWithCable(startNode);
    await attach(node, tagged(0), two);
    await attach(node, subinterface(10), one);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
  });

  test("is taken back by GC", async () => {
    const node = await nodeWithCable(startNode);
    await attach(node, subinterface(10), one);
    const config = { ...subinterface(10), "cni.dev/valid-attachments": [] };
    expect(await call(node, "GC", config, {})).toMatchObject({ exitCode: 0, stdout: "" });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "up0", "br10"]);
  });
});
