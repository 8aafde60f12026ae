import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../node/index.ts";
import { attach, detach, expectHealthy, refused } from "./attachment.ts";
import { type Config, bridgeNetwork, four, fullNetwork, hostLocal, plainBridge, six } from "./network.ts";
import { addressTexts, addresses, routes, setting } from "../node/state.ts";

const startNode = nodesPerTest();
const eth0 = { netns: "one" };

async function nodeWithOne(): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("one");
  return node;
}

/** Static addresses: an IPAM plugin of a few lines that says what the test wants. */
async function sayAddresses(node: FakeNode, result: Config): Promise<Config> {
  node.write(
    "/var/lib/node/bin/said",
    `#!/bin/sh\n[ "$CNI_COMMAND" != ADD ] || echo '${JSON.stringify(result)}'\n`,
  );
  await node.run("chmod", ["+x", "/var/lib/node/bin/said"]);
  return { type: "said" };
}

const path = "/var/lib/node/bin";

describeWith({ plugins: ["bridge", "host-local"], commands: ["tcpdump"] }, "addresses of bridge", () => {
  test("IPv4 with its broadcast address, global", async () => {
    const node = await nodeWithOne();
    await attach(node, bridgeNetwork(), eth0);
    expect(await addresses(node, "one", "eth0")).toMatchObject([
      { family: "inet", local: "10.1.0.2", prefixlen: 24, broadcast: "10.1.0.255", scope: "global" },
    ]);
    expect(await addresses(node, null, "br0")).toMatchObject([
      { local: "10.1.0.1", broadcast: "10.1.0.255" },
    ]);
  });

  test("several ranges of both families", async () => {
    const node = await nodeWithOne();
    const subnets = [four, "2001:db8:5::/80", six];
    const config = plainBridge({ isDefaultGateway: true, ipam: hostLocal(...subnets) });
    const added = await attach(node, config, eth0);
    const ips = ["10.1.0.2/24", "2001:db8:5::2/80", "fd00:1::2/64"];
    expect((added.ips ?? []).map(({ address }) => address)).toEqual(ips);
    expect((await addressTexts(node, "one", "eth0")).toSorted()).toEqual(ips);
    expect((await addressTexts(node, null, "br0")).toSorted()).toEqual([
      "10.1.0.1/24",
      "2001:db8:5::1/80",
      "fd00:1::1/64",
    ]);
    await expectHealthy(node, config, added, eth0);
  });

  test("two IPv4 ranges where the bridge is no gateway", async () => {
    const node = await nodeWithOne();
    await attach(node, plainBridge({ ipam: hostLocal("10.1.0.0/24", "10.2.0.0/24") }), eth0);
    expect(await addressTexts(node, "one", "eth0")).toEqual(["10.1.0.2/24", "10.2.0.2/24"]);
  });

  test("duplicate address detection is not waited for: nothing is tentative after ADD", async () => {
    const node = await nodeWithOne();
    await attach(node, bridgeNetwork({ ipam: hostLocal(four, six) }), eth0);
    for (const [namespace, name] of [
      ["one", "eth0"],
      [null, "br0"],
    ] as const) {
      const tentative = (await addresses(node, namespace, name)).filter(
        (address) => address.tentative === true,
      );
      expect(tentative).toEqual([]);
    }
    // A detection, which takes a second at least (RFC 4862 section 5.4, RetransTimer), is switched off.
    expect(await setting(node, "one", "ipv6/conf/eth0/accept_dad")).toBe("0");
    expect(await node.ping("one", "fd00:1::1", { attempts: 1 })).toMatchObject({ received: 1 });
  });

  test("enabledad waits until the addresses are known to be unique", async () => {
    const node = await nodeWithOne();
    await attach(node, bridgeNetwork({ enabledad: true, ipam: hostLocal(four, six) }), eth0);
    const left = (await addresses(node, "one", "eth0")).filter((address) => address.tentative === true);
    expect(left).toEqual([]);
    expect(await setting(node, "one", "ipv6/conf/eth0/accept_dad")).toBe("1");
    expect(await setting(node, "one", "ipv6/conf/eth0/enhanced_dad")).toBe("1");
  });

  test("enabledad finds an address that somebody else has, and the ADD is undone", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("other");
    const config = bridgeNetwork({ enabledad: true, ipam: hostLocal(six) });
    await attach(node, config, { netns: "other", containerId: "other" });
    await node.inNamespace("other", "ip", ["addr", "add", "fd00:1::77/64", "dev", "eth0", "nodad"]);
    const whose = { ...eth0, args: "IP=fd00:1::77" };
    expect(await refused(node, "ADD", config, whose)).toMatchObject({
      code: 102,
      msg: expect.stringContaining("fd00:1::77"),
    });
    await attach(node, config, eth0);
  });

  test("IPv6 in a namespace where it is switched off", async () => {
    const node = await nodeWithOne();
    for (const link of ["all", "default", "lo"]) {
      await node.inNamespace("one", "sh", ["-c", `echo 1 > /proc/sys/net/ipv6/conf/${link}/disable_ipv6`]);
    }
    const config = plainBridge({ isDefaultGateway: true, ipam: hostLocal(four, six) });
    const added = await attach(node, config, eth0);
    expect((await addressTexts(node, "one", "eth0")).toSorted()).toEqual(["10.1.0.2/24", "fd00:1::2/64"]);
    expect(await setting(node, "one", "ipv6/conf/eth0/disable_ipv6")).toBe("0");
    expect(await node.ping("one", "fd00:1::1")).toMatchObject({ received: 1 });
    await expectHealthy(node, config, added, eth0);
  });

  test("an IPv4 network leaves IPv6 switched off in a namespace that has it so", async () => {
    const node = await nodeWithOne();
    await node.inNamespace("one", "sh", ["-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6"]);
    await attach(node, bridgeNetwork(), eth0);
    expect(await setting(node, "one", "ipv6/conf/eth0/disable_ipv6")).toBe("1");
  });

  test("IPv6 addresses stay when the link goes down and up, and router advertisements are not taken by the bridge", async () => {
    const node = await nodeWithOne();
    await attach(node, bridgeNetwork({ ipam: hostLocal(six) }), eth0);
    await node.inNamespace("one", "ip", ["link", "set", "eth0", "down"]);
    await node.inNamespace("one", "ip", ["link", "set", "eth0", "up"]);
    expect(await addressTexts(node, "one", "eth0")).toEqual(["fd00:1::2/64"]);
    expect(await setting(node, null, "ipv6/conf/br0/accept_ra")).toBe("0");
  });

  test("a new container announces its addresses: gratuitous ARP and unsolicited neighbour advertisement", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("first");
    const config = bridgeNetwork({ ipam: hostLocal(four, six) });
    await attach(node, config, { netns: "first", containerId: "first" });
    await using capture = await node.capture("br0", "arp or (icmp6 and ip6[40] == 136)");
    await using beside = await node.capture("eth0", "arp or (icmp6 and ip6[40] == 136)", {
      namespace: "first",
    });
    const added = await attach(node, config, eth0);
    const mac = added.interfaces?.[2]?.mac ?? "";
    for (const seen of [capture, beside]) {
      expect(await seen.waitFor(/10\.1\.0\.3/)).toMatch(
        new RegExp(
          `^${mac} > ff:ff:ff:ff:ff:ff.* (Request who-has 10.1.0.3 .*tell 10.1.0.3|Reply 10.1.0.3 is-at)`,
        ),
      );
      expect(await seen.waitFor(/tgt is fd00:1::3/)).toMatch(
        new RegExp(`^${mac} > 33:33:00:00:00:01.* fd00:1::3 > ff02::1: `),
      );
    }
  });

  test("neighbours learn the new owner of an address at once", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("two");
    const config = bridgeNetwork({ ipam: hostLocal(four, six) });
    const fixed = (name: string, ip: string): { netns: string; containerId: string; args: string } => ({
      netns: name,
      containerId: name,
      args: `IP=${ip}`,
    });
    await attach(node, config, fixed("one", "10.1.0.50"));
    expect(await node.ping(null, "10.1.0.50")).toMatchObject({ received: 1 });
    await detach(node, config, fixed("one", "10.1.0.50"));
    await attach(node, config, fixed("two", "10.1.0.50"));
    // An old entry would not be asked about for five seconds (delay_first_probe_time).
    expect(await node.ping(null, "10.1.0.50")).toMatchObject({ received: 1 });
  });

  const given: [what: string, routes: Config[], found: Config[]][] = [
    [
      "by the gateway where they name none",
      [{ dst: "10.9.0.0/16" }, { dst: "fd00:9::/48" }],
      [
        { dst: "10.9.0.0/16", gateway: "10.1.0.1", dev: "eth0" },
        { dst: "fd00:9::/48", gateway: "fd00:1::1", dev: "eth0" },
      ],
    ],
    [
      "by a gateway of their own",
      [{ dst: "10.9.0.0/16", gw: "10.1.0.200" }],
      [{ dst: "10.9.0.0/16", gateway: "10.1.0.200" }],
    ],
    [
      "with host bits in the destination",
      [{ dst: "10.9.1.2/16" }],
      [{ dst: "10.9.0.0/16", gateway: "10.1.0.1" }],
    ],
    [
      "with a priority",
      [{ dst: "10.9.0.0/16", priority: 77 }],
      [{ dst: "10.9.0.0/16", metric: 77, gateway: "10.1.0.1" }],
    ],
    ["in a table", [{ dst: "10.9.0.0/16", table: 100 }], [{ dst: "10.9.0.0/16", table: "100" }]],
    [
      "of link scope",
      [{ dst: "10.9.0.0/16", scope: 253 }],
      [{ dst: "10.9.0.0/16", scope: "link", dev: "eth0" }],
    ],
    [
      "with mtu and advmss",
      [
        { dst: "10.9.0.0/16", mtu: 1300, advmss: 1200 },
        { dst: "fd00:9::/48", mtu: 1300 },
      ],
      [
        { dst: "10.9.0.0/16", metrics: [{ mtu: 1300, advmss: 1200 }] },
        { dst: "fd00:9::/48", metrics: [{ mtu: 1300 }] },
      ],
    ],
    [
      "to the same destination by two priorities",
      [
        { dst: "10.9.0.0/16", priority: 10 },
        { dst: "10.9.0.0/16", priority: 20, gw: "10.1.0.9" },
      ],
      [
        { dst: "10.9.0.0/16", metric: 10 },
        { dst: "10.9.0.0/16", metric: 20, gateway: "10.1.0.9" },
      ],
    ],
  ];

  test.each(given)("routes %s", async (_what, wanted, found) => {
    const node = await nodeWithOne();
    const config = bridgeNetwork({ ipam: { ...hostLocal(four, six), routes: wanted } });
    const added = await attach(node, config, eth0);
    const present = [...(await routes(node, "one", 4)), ...(await routes(node, "one", 6))];
    expect(present).toMatchObject(found);
    expect(added.routes).toMatchObject(wanted.map((route) => ({ ...route, dst: expect.any(String) })));
    await expectHealthy(node, config, added, eth0);
  });

  test("route attributes are in the result of 1.1.0 and not in older ones", async () => {
    const node = await nodeWithOne();
    const wanted = [{ dst: "10.9.0.0/16", gw: "10.1.0.1", mtu: 1300, advmss: 1200, priority: 5, table: 9 }];
    const config = bridgeNetwork({ ipam: { ...hostLocal(four), routes: wanted } });
    expect((await attach(node, config, eth0)).routes).toEqual(wanted);
    await node.addNamespace("two");
    const older = await attach(
      node,
      { ...config, cniVersion: "1.0.0" },
      { netns: "two", containerId: "two" },
    );
    expect(older.routes).toMatchObject([{ dst: "10.9.0.0/16", gw: "10.1.0.1" }]);
    expect(await routes(node, "two", 4)).toMatchObject([
      { table: "9", metrics: [{ mtu: 1300, advmss: 1200 }] },
    ]);
  });

  test("a host address with a gateway outside of its subnet", async () => {
    const node = await nodeWithOne();
    const ipam = await sayAddresses(node, {
      cniVersion: "1.1.0",
      ips: [{ address: "10.1.0.9/32", gateway: "169.254.1.1" }],
      routes: [{ dst: "169.254.1.1/32", scope: 253 }, { dst: "0.0.0.0/0" }],
    });
    await attach(node, plainBridge({ ipam }), { ...eth0, path });
    expect(await routes(node, "one", 4)).toMatchObject([
      { dst: "default", gateway: "169.254.1.1" },
      { dst: "169.254.1.1", scope: "link" },
    ]);
  });

  const versions = ["0.1.0", "0.2.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

  test.each(versions)(
    "both families with default routes and masquerade work in version %s",
    async (cniVersion) => {
      const node = await nodeWithOne();
      await attach(node, fullNetwork({ cniVersion }), eth0);
      expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
      expect(await node.ping("one", "fd00:1::1")).toMatchObject({ received: 1 });
      expect(await node.ping(null, "10.1.0.2")).toMatchObject({ received: 1 });
      expect(await node.ping(null, "fd00:1::2")).toMatchObject({ received: 1 });
    },
  );
});
