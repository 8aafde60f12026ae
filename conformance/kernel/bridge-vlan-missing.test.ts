/** VLANs where the kernel has none: told by name, and nothing is changed. */
import { expect, test } from "@jest/globals";
import { describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import { type Config, bridgeNetwork, fullNetwork, plainBridge } from "./network.ts";
import { remainsAfterFailure } from "./remains.ts";
import { leases } from "../node/state.ts";
import { canFilterVlans } from "./vlan-filtering.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };
const two = { netns: "two", containerId: "two" };

const networks: [what: string, config: Config][] = [
  ["a vlan", plainBridge({ vlan: 10 })],
  ["a vlan with a gateway", fullNetwork({ vlan: 10 })],
  ["a trunk", plainBridge({ vlanTrunk: [{ minID: 10, maxID: 20 }] })],
  ["an empty trunk", plainBridge({ vlanTrunk: [] })],
];

const refusal = {
  code: 105,
  msg: expect.stringContaining("VLAN filtering of bridges (CONFIG_BRIDGE_VLAN_FILTERING)"),
  details: expect.stringContaining('remove "vlan"'),
};

const lacking = canFilterVlans() ? ["a kernel without VLAN filtering of bridges"] : [];

describeWith(
  { plugins: ["bridge", "tap", "host-local"], commands: ["nft"], lacking },
  "without VLANs",
  () => {
    test.each(networks)("ADD of %s is refused, and leaves nothing", async (_what, config) => {
      const node = await startNode();
      await node.addNamespace("one");
      const before = await node.snapshot();
      expect(await refused(node, "ADD", config, one)).toMatchObject(refusal);
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
      await detach(node, config, one);
    });

    test.each(networks)("ADD of %s is refused beside others, who lose nothing", async (_what, config) => {
      const node = await startNode();
      for (const name of ["one", "two"]) await node.addNamespace(name);
      const added = await attach(node, bridgeNetwork(), one);
      const before = await node.snapshot();
      expect(await refused(node, "ADD", config, two)).toMatchObject(refusal);
      expect(diff(before, await node.snapshot())).toEqual([]);
      await expectHealthy(node, bridgeNetwork(), added, one);
    });

    const uplinks: [what: string, config: Config, says: string][] = [
      ["a trunk", plainBridge({ vlan: 10, uplink: "up0" }), "CONFIG_BRIDGE_VLAN_FILTERING"],
      ["a sub-interface", plainBridge({ vlan: 10, uplink: "up0", uplinkMode: "subinterface" }), "8021q"],
    ];

    test.each(uplinks)(
      "ADD with an uplink as %s is refused, and leaves nothing; STATUS tells it before",
      async (_what, config, says) => {
        const node = await startNode();
        await node.addNamespace("one");
        const cable =
          "ip link add up0 type veth peer name up1; ip link set up0 alias lab; ip link set up1 up";
        await node.run("sh", ["-ec", cable]);
        const before = await node.snapshot();
        expect(await refused(node, "STATUS", config, {})).toMatchObject({
          code: 50,
          msg: expect.stringContaining(says),
        });
        const { code, msg } = await refused(node, "ADD", config, one);
        expect({ code, msg }).toEqual({ code: 105, msg: expect.stringContaining(says) });
        expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
      },
    );

    test.each([...networks, ["a tap in a vlan", plainBridge({ type: "tap", vlan: 10 })]])(
      "STATUS tells it of %s, with and without a bridge, and changes nothing",
      async (_what, config) => {
        const node = await startNode();
        const missing = { ...refusal, code: 50 };
        const before = await node.snapshot();
        expect(await refused(node, "STATUS", config, {})).toMatchObject(missing);
        expect(diff(before, await node.snapshot())).toEqual([]);
        await node.run("ip", ["link", "add", "br0", "type", "bridge"]);
        expect(await refused(node, "STATUS", config, {})).toMatchObject(missing);
        const withoutVlans = { ...config, vlan: 0, vlanTrunk: undefined };
        expect(await call(node, "STATUS", withoutVlans, {})).toMatchObject({ exitCode: 0 });
      },
    );

    test("CHECK tells it for a configuration that asks for VLANs now", async () => {
      const node = await startNode();
      await node.addNamespace("one");
      const prevResult = await attach(node, plainBridge(), one);
      const config = plainBridge({ vlan: 10, prevResult });
      expect(await refused(node, "CHECK", config, one)).toMatchObject({
        code: 107,
        msg: expect.stringContaining("VLAN filtering"),
      });
    });

    test("a vlan of 0 is none", async () => {
      const node = await startNode();
      await node.addNamespace("one");
      const config = fullNetwork({ vlan: 0, preserveDefaultVlan: true });
      await expectHealthy(node, config, await attach(node, config, one), one);
      expect(await leases(node)).toEqual(["10.1.0.2", "fd00:1::2"]);
      await detach(node, config, one);
    });
  },
);
