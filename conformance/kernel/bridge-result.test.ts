import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, detach, refused } from "./attachment.ts";
import {
  type Config,
  allVersions,
  bridgeNetwork,
  four,
  hostLocal,
  listVersions,
  plainBridge,
  six,
} from "./network.ts";
import { remainsAfterFailure } from "./remains.ts";
import { addresses, addressTexts, link, links, routes } from "../node/state.ts";

const startNode = nodesPerTest();
const eth0 = { netns: "one" };

/** Networks that the reference plugin's own tests use, and the addresses of their first container. */
const networks: readonly {
  readonly name: string;
  readonly subnets: readonly string[];
  readonly ips: readonly (readonly [address: string, gateway: string])[];
}[] = [
  { name: "IPv4", subnets: ["10.1.2.0/24"], ips: [["10.1.2.2/24", "10.1.2.1"]] },
  { name: "IPv6", subnets: ["2001:db8::/64"], ips: [["2001:db8::2/64", "2001:db8::1"]] },
  {
    name: "both families",
    subnets: ["192.168.0.0/24", "fd00::/64"],
    ips: [
      ["192.168.0.2/24", "192.168.0.1"],
      ["fd00::2/64", "fd00::1"],
    ],
  },
  {
    name: "one IPv4 and two IPv6 ranges",
    subnets: ["192.168.0.0/24", "fd00::/64", "2001:db8::/64"],
    ips: [
      ["192.168.0.2/24", "192.168.0.1"],
      ["fd00::2/64", "fd00::1"],
      ["2001:db8::2/64", "2001:db8::1"],
    ],
  },
];

type Network = (typeof networks)[number];

function configOf({ subnets }: Network, cniVersion: string): Config {
  return bridgeNetwork({ cniVersion, isDefaultGateway: true, ipam: hostLocal(...subnets) });
}

function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

const everything = { 4: "0.0.0.0/0", 6: "::/0" } as const;

/** One default route for each family, by way of its first gateway. */
function defaultsOf({ ips }: Network): { dst: string; gw: string }[] {
  const families = [...new Set(ips.map(([address]) => familyOf(address)))];
  return families.map((family) => ({
    dst: everything[family],
    gw: ips.find(([address]) => familyOf(address) === family)?.[1] ?? "",
  }));
}

/** The result that the network must give, from what the kernel says about the links. */
async function expectedResult(node: FakeNode, network: Network, cniVersion: string): Promise<PluginReply> {
  const mtu = cniVersion === "1.1.0" ? { mtu: 1500 } : {};
  const bridge = await link(node, null, "br0");
  const inside = await link(node, "one", "eth0");
  const host = (await links(node, null)).find(({ ifindex }) => ifindex === inside.link_index);
  const hasVersion = cniVersion.startsWith("0.");
  return {
    cniVersion,
    interfaces: [
      { name: "br0", mac: bridge.address, ...mtu },
      { name: host?.ifname ?? "", mac: host?.address ?? "", ...mtu },
      { name: "eth0", mac: inside.address, ...mtu, sandbox: "/run/netns/one" },
    ],
    ips: network.ips.map(([address, gateway]) => ({
      ...(hasVersion ? { version: String(familyOf(address)) } : {}),
      interface: 2,
      address,
      gateway,
    })),
    routes: defaultsOf(network),
    ...(hasVersion ? { dns: {} } : {}),
  };
}

const combined = networks.flatMap((network) =>
  listVersions.map((version): [string, string, Network] => [network.name, version, network]),
);

const narrow = networks
  .slice(0, 3)
  .flatMap((network) =>
    ["0.1.0", "0.2.0"].map((version): [string, string, Network] => [network.name, version, network]),
  );

describeWith({ plugins: ["bridge", "host-local"] }, "result of bridge", () => {
  test.each(combined)("%s in version %s", async (_name, version, network) => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = configOf(network, version);
    const added = await attach(node, config, eth0);
    expect(added).toEqual(await expectedResult(node, network, version));
    expect(await addressTexts(node, "one", "eth0")).toEqual(
      expect.arrayContaining(network.ips.map(([ip]) => ip)),
    );
    expect(await addressTexts(node, null, "br0")).toHaveLength(network.ips.length);
    for (const { dst, gw } of defaultsOf(network)) {
      expect(await routes(node, "one", familyOf(dst))).toMatchObject([{ dst: "default", gateway: gw }]);
    }
    await detach(node, config, eth0);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
  });

  test.each(narrow)(
    "%s in version %s, which has one address of each family",
    async (_name, version, network) => {
      const node = await startNode();
      await node.addNamespace("one");
      const config = configOf(network, version);
      const families = network.ips.map(([ip, gateway]) => {
        const family = familyOf(ip);
        return [`ip${family}`, { ip, gateway, routes: [{ dst: everything[family], gw: gateway }] }];
      });
      expect(await attach(node, config, eth0)).toEqual({
        cniVersion: version,
        dns: {},
        ...Object.fromEntries(families),
      });
      expect(await addresses(node, "one", "eth0")).toHaveLength(network.ips.length);
      await detach(node, config, eth0);
      expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
    },
  );

  test("a configuration without cniVersion is one of 0.1.0", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const { cniVersion, ...config } = bridgeNetwork();
    expect(cniVersion).toBe("1.1.0");
    const ended = await node.plugin({ type: "bridge", command: "ADD", config, netns: "one" });
    expect(ended.json).toMatchObject({ cniVersion: "0.1.0", ip4: { ip: "10.1.0.2/24" } });
  });

  test.each(allVersions)("the sandbox is CNI_NETNS letter for letter, in version %s", async (version) => {
    const node = await startNode();
    await node.addNamespace("one");
    const netns = "/run/../run/netns//one";
    const added = await attach(node, bridgeNetwork({ cniVersion: version }), { netns });
    const sandboxes = (added.interfaces ?? []).map(({ sandbox }) => sandbox);
    expect(sandboxes).toEqual(version < "0.3.0" ? [] : [undefined, undefined, netns]);
  });

  test.each(["0.1.0", "0.2.0"])(
    "what version %s cannot say is refused before anything is done",
    async (version) => {
      const node = await startNode();
      await node.addNamespace("one");
      const before = await node.snapshot();
      const tooMany = bridgeNetwork({ cniVersion: version, ipam: hostLocal("10.1.0.0/24", "10.2.0.0/24") });
      const message = `CNI version ${version} does not support more than 1 address per family`;
      expect(await refused(node, "ADD", tooMany, eth0)).toMatchObject({ code: 7, msg: message });
      expect(await refused(node, "ADD", plainBridge({ cniVersion: version }), eth0)).toMatchObject({
        code: 7,
      });
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    },
  );

  test("the executable is the same plugin under its own name", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = bridgeNetwork({ type: "trestle", ipam: hostLocal(four, six) });
    expect(await attach(node, config, eth0)).toMatchObject({
      ips: [{ address: "10.1.0.2/24" }, { address: "fd00:1::2/64" }],
    });
    await detach(node, config, eth0);
  });

  test("two interfaces of one container", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = bridgeNetwork();
    const first = await attach(node, config, eth0);
    const second = await attach(node, config, { netns: "one", ifname: "eth1" });
    expect([first.ips?.[0]?.address, second.ips?.[0]?.address]).toEqual(["10.1.0.2/24", "10.1.0.3/24"]);
    await detach(node, config, eth0);
    expect(await addressTexts(node, "one", "eth1")).toEqual(["10.1.0.3/24"]);
    await detach(node, config, { netns: "one", ifname: "eth1" });
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
  });
});
