import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { type Whose, attach, detach, expectHealthy, refused } from "./attachment.ts";
import { type Config, bridgeNetwork, four, hostLocal, plainBridge, six } from "./network.ts";
import { remainsAfterFailure } from "./remains.ts";
import { addressTexts, link, links, port, routes, setting } from "../node/state.ts";

const startNode = nodesPerTest();
const eth0 = { netns: "one" };

interface Attached {
  readonly node: FakeNode;
  readonly result: PluginReply;
  /** Name of the host end. */
  readonly host: string;
}

async function attached(config: Config, whose: Whose = eth0): Promise<Attached> {
  const node = await startNode();
  await node.addNamespace("one");
  const result = await attach(node, config, whose);
  return { node, result, host: result.interfaces?.[1]?.name ?? "" };
}

describeWith({ plugins: ["bridge", "host-local"], commands: ["bridge"] }, "keys of bridge", () => {
  test("bridge: its name, cni0 when left out", async () => {
    const { bridge, ...unnamed } = plainBridge();
    expect(bridge).toBe("br0");
    const { node, result } = await attached(unnamed);
    expect(result.interfaces?.[0]?.name).toBe("cni0");
    expect(await link(node, null, "cni0")).toMatchObject({ linkinfo: { info_kind: "bridge" } });
  });

  test("without isGateway the bridge has no address and the host does not forward", async () => {
    const { node, result } = await attached(plainBridge({ ipam: hostLocal(four, six) }));
    expect(result.ips).toMatchObject([{ gateway: "10.1.0.1" }, { gateway: "fd00:1::1" }]);
    expect(await addressTexts(node, null, "br0")).toEqual([]);
    expect(await setting(node, null, "ipv4/ip_forward")).toBe("0");
    expect(await routes(node, "one", 4)).toEqual([]);
    expect(await routes(node, "one", 6)).toEqual([]);
  });

  test("isGateway: the bridge has the gateways' addresses and the host forwards", async () => {
    const { node } = await attached(bridgeNetwork({ ipam: hostLocal(four, six) }));
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24", "fd00:1::1/64"]);
    expect(await setting(node, null, "ipv4/ip_forward")).toBe("1");
    expect(await setting(node, null, "ipv6/conf/all/forwarding")).toBe("1");
    expect(await routes(node, "one", 4)).toEqual([]);
  });

  test("isGateway: only the families that the network has are forwarded", async () => {
    const { node } = await attached(bridgeNetwork());
    expect(await setting(node, null, "ipv4/ip_forward")).toBe("1");
    expect(await setting(node, null, "ipv6/conf/all/forwarding")).toBe("0");
  });

  test("isGateway: an address without a gateway gets the first one of its subnet", async () => {
    const ipam = { type: "static", addresses: [{ address: "10.1.0.9/24" }, { address: "fd00:1::9/64" }] };
    const node = await startNode();
    await node.addNamespace("one");
    node.write(
      "/var/lib/node/bin/static",
      `#!/bin/sh\necho '{"cniVersion":"1.1.0","ips":[{"address":"10.1.0.9/24"},{"address":"fd00:1::9/64"}]}'\n`,
    );
    await node.run("chmod", ["+x", "/var/lib/node/bin/static"]);
    const result = await attach(node, bridgeNetwork({ ipam }), { ...eth0, path: "/var/lib/node/bin" });
    expect(result.ips).toMatchObject([{ gateway: "10.1.0.1" }, { gateway: "fd00:1::1" }]);
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24", "fd00:1::1/64"]);
  });

  const defaultRoutes: [what: string, given: Config[], listed: Config[]][] = [
    ["none in ipam.routes", [], [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }]],
    ["one without a gateway", [{ dst: "0.0.0.0/0" }], [{ dst: "0.0.0.0/0" }]],
    ["one with the gateway", [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }], [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }]],
    [
      "the same twice",
      [{ dst: "0.0.0.0/0" }, { dst: "0.0.0.0/0", gw: "10.1.0.1" }],
      [{ dst: "0.0.0.0/0" }, {}],
    ],
    ["one with a priority", [{ dst: "0.0.0.0/0", priority: 50 }], [{ dst: "0.0.0.0/0", priority: 50 }]],
  ];

  test.each(defaultRoutes)("isDefaultGateway with %s: one default route", async (_what, given, listed) => {
    const ipam = { ...hostLocal(four), routes: given };
    const { node, result } = await attached(bridgeNetwork({ isDefaultGateway: true, ipam }));
    expect(await routes(node, "one", 4)).toMatchObject([{ dst: "default", gateway: "10.1.0.1" }]);
    expect(result.routes).toMatchObject(listed);
  });

  test("isDefaultGateway: both families, one of them with a route of its own", async () => {
    const ipam = { ...hostLocal(four, six), routes: [{ dst: "::/0" }, { dst: "10.9.0.0/16" }] };
    const { node } = await attached(plainBridge({ isDefaultGateway: true, ipam }));
    expect(await routes(node, "one", 4)).toMatchObject([
      { dst: "default", gateway: "10.1.0.1" },
      { dst: "10.9.0.0/16", gateway: "10.1.0.1" },
    ]);
    expect(await routes(node, "one", 6)).toMatchObject([{ dst: "default", gateway: "fd00:1::1" }]);
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24", "fd00:1::1/64"]);
  });

  const conflicts: [family: string, first: string, second: string, address: string][] = [
    ["IPv4, another subnet", "10.1.0.0/24", "10.2.0.0/24", "10.2.0.1/24"],
    ["IPv4, a wider subnet", "10.1.0.0/24", "10.1.0.0/16", "10.1.0.1/16"],
    ["IPv6, a wider subnet", "2001:db8:1::/64", "2001:db8:1::/48", "2001:db8:1::1/48"],
  ];

  test.each(conflicts)(
    "forceAddress: %s is refused without it and replaces with it",
    async (_family, first, second, address) => {
      const { node } = await attached(bridgeNetwork({ ipam: hostLocal(first) }));
      await node.addNamespace("two");
      const other = bridgeNetwork({ name: "other", ipam: hostLocal(second) });
      const before = await node.snapshot();
      const refusal = await refused(node, "ADD", other, { netns: "two", containerId: "two" });
      expect(refusal).toMatchObject({
        code: 104,
        msg: expect.stringContaining(`already has an IP address different from ${address}`),
      });
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
      await attach(node, { ...other, forceAddress: true }, { netns: "two", containerId: "two" });
      expect(await addressTexts(node, null, "br0")).toEqual([address]);
    },
  );

  test("IPv6 subnets that do not overlap share a bridge", async () => {
    const { node } = await attached(bridgeNetwork({ ipam: hostLocal("2001:db8:1::/64") }));
    await node.addNamespace("two");
    const other = bridgeNetwork({ name: "other", ipam: hostLocal("2001:db8:2::/64") });
    await attach(node, other, { netns: "two", containerId: "two" });
    expect((await addressTexts(node, null, "br0")).toSorted()).toEqual([
      "2001:db8:1::1/64",
      "2001:db8:2::1/64",
    ]);
  });

  test("mtu: of the bridge that is made, and of both ends", async () => {
    const config = bridgeNetwork({ mtu: 1400 });
    const { node, result, host } = await attached(config);
    expect(await link(node, null, "br0")).toMatchObject({ mtu: 1400 });
    expect(await link(node, null, host)).toMatchObject({ mtu: 1400 });
    expect(await link(node, "one", "eth0")).toMatchObject({ mtu: 1400 });
    expect(result.interfaces).toMatchObject([{ mtu: 1400 }, { mtu: 1400 }, { mtu: 1400 }]);
  });

  test("mtu: 0 is the kernel's own", async () => {
    const { node, host } = await attached(bridgeNetwork({ mtu: 0 }));
    expect(await link(node, null, host)).toMatchObject({ mtu: 1500 });
  });

  test("hairpinMode: a container reaches itself through the bridge", async () => {
    const { node, host } = await attached(bridgeNetwork({ hairpinMode: true }));
    expect(await port(node, host)).toMatchObject({ hairpin: true });
  });

  test("promiscMode: the bridge is promiscuous", async () => {
    const { node } = await attached(bridgeNetwork({ promiscMode: true }));
    expect(await link(node, null, "br0")).toMatchObject({
      promiscuity: 1,
      flags: expect.arrayContaining(["PROMISC"]),
    });
  });

  test("hairpinMode and promiscMode exclude each other", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const before = await node.snapshot();
    const config = bridgeNetwork({ hairpinMode: true, promiscMode: true });
    expect(await refused(node, "ADD", config, eth0)).toMatchObject({
      code: 7,
      msg: "cannot set hairpin mode and promiscuous mode at the same time",
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test.each([true, "true"])(
    "portIsolation %j: isolated ports reach the gateway, not each other",
    async (portIsolation) => {
      const config = bridgeNetwork({ portIsolation });
      const { node, host } = await attached(config);
      await node.addNamespace("two");
      await attach(node, config, { netns: "two", containerId: "two" });
      expect(await port(node, host)).toMatchObject({ isolated: true });
      expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
      expect(await node.ping("one", "10.1.0.3", { attempts: 1 })).toMatchObject({ received: 0 });
    },
  );

  test.each([false, "false", null])("portIsolation %j leaves ports open", async (portIsolation) => {
    const { node, host } = await attached(bridgeNetwork({ portIsolation }));
    expect(await port(node, host)).toMatchObject({ isolated: false, hairpin: false });
  });

  test("disableContainerInterface: the container's end stays down", async () => {
    const config = plainBridge({ disableContainerInterface: true });
    const { node, result } = await attached(config);
    expect((await link(node, "one", "eth0")).flags).not.toContain("UP");
    expect(result.ips).toBeUndefined();
    await expectHealthy(node, config, result, eth0);
    await detach(node, config, eth0);
  });

  test("disableContainerInterface excludes ipam", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = bridgeNetwork({ disableContainerInterface: true });
    expect(await refused(node, "ADD", config, eth0)).toMatchObject({
      code: 7,
      msg: "cannot use IPAM when DisableContainerInterface flag is set",
    });
  });

  const layer2: [what: string, config: Config][] = [
    ["without ipam", plainBridge()],
    ["with an empty ipam", plainBridge({ ipam: {} })],
    ["with ipam null", plainBridge({ ipam: null })],
    ["with an empty ipam.type", plainBridge({ ipam: { type: "" } })],
    ["with ipMasq and isGateway all the same", plainBridge({ isGateway: true, ipMasq: true })],
  ];

  test.each(layer2)("%s it is a network of layer 2", async (_what, config) => {
    const { node, result, host } = await attached(config);
    expect(result.ips).toBeUndefined();
    expect(await addressTexts(node, "one", "eth0")).toEqual([]);
    expect(await link(node, "one", "eth0")).toMatchObject({ operstate: "UP" });
    expect(await link(node, null, host)).toMatchObject({ master: "br0", operstate: "UP" });
    expect((await node.run("nft", ["list", "ruleset"])).stdout).toBe("");
    await expectHealthy(node, config, result, eth0);
    await detach(node, config, eth0);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
  });
});
