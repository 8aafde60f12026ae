import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, call, expectHealthy, refused } from "./attachment.ts";
import {
  type Config,
  bridgeNetwork,
  checkVersions,
  fullNetwork,
  hostLocal,
  plainBridge,
  four,
  six,
} from "./network.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };

async function attached(config: Config): Promise<{ node: FakeNode; added: PluginReply }> {
  const node = await startNode();
  await node.addNamespace("one");
  return { node, added: await attach(node, config, one) };
}

const healthy: [what: string, config: Config][] = [
  ["of both families with masquerade", fullNetwork()],
  ["of IPv4", bridgeNetwork()],
  ["of IPv6", bridgeNetwork({ isDefaultGateway: true, ipam: hostLocal(six) })],
  ["that is no gateway", plainBridge({ ipam: hostLocal(four) })],
  ["of layer 2", plainBridge()],
  ["of layer 2 with the container's end down", plainBridge({ disableContainerInterface: true })],
  ["with every switch on", fullNetwork({ hairpinMode: true, portIsolation: true, mtu: 1400 })],
  ["with a promiscuous bridge", fullNetwork({ promiscMode: true })],
  [
    "with routes",
    bridgeNetwork({ ipam: { ...hostLocal(four), routes: [{ dst: "10.9.0.0/16" }, { dst: "0.0.0.0/0" }] } }),
  ],
  [
    "with a route in a table of its own",
    bridgeNetwork({ ipam: { ...hostLocal(four), routes: [{ dst: "10.9.0.0/16", table: 77 }] } }),
  ],
  [
    "with exceptions from masquerade",
    fullNetwork({ nonMasqueradeCIDRs: ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24"] }),
  ],
  ["with a MAC address asked for", fullNetwork({ runtimeConfig: { mac: "02:00:00:00:00:AA" } })],
];

const combined = healthy.flatMap(([what, config]) =>
  checkVersions.map((version): [string, string, Config] => [
    what,
    version,
    { ...config, cniVersion: version },
  ]),
);

/** What somebody breaks by hand, and what CHECK must say; `$host` is the host end. */
const damages: [what: string, command: string, says: RegExp][] = [
  ["the container's link deleted", "ip -n one link del eth0", /eth0.*missing/],
  [
    "the container's link renamed",
    "ip -n one link set eth0 down; ip -n one link set eth0 name eth9",
    /eth0.*missing/,
  ],
  [
    "the container's link replaced",
    "ip -n one link del eth0; ip -n one link add eth0 type bridge",
    /eth0.*not a veth/,
  ],
  ["the container's link down", "ip -n one link set eth0 down", /eth0.*down/],
  ["an IPv4 address removed", "ip -n one addr del 10.1.0.2/24 dev eth0", /10\.1\.0\.2\/24/],
  ["an IPv6 address removed", "ip -n one addr del fd00:1::2/64 dev eth0", /fd00:1::2\/64/],
  [
    "an address of another length",
    "ip -n one addr add 10.1.0.2/16 dev eth0; ip -n one addr del 10.1.0.2/24 dev eth0",
    /10\.1\.0\.2\/24/,
  ],
  ["the IPv4 default route removed", "ip -n one route del default", /0\.0\.0\.0\/0/],
  ["the IPv6 default route removed", "ip -n one -6 route del default", /::\/0/],
  ["a default route by another gateway", "ip -n one route replace default via 10.1.0.99", /0\.0\.0\.0\/0/],
  ["a route removed", "ip -n one route del 10.9.0.0/16", /10\.9\.0\.0\/16/],
  ["the MAC address changed", "ip -n one link set eth0 address 02:00:00:00:00:99", /02:00:00:00:00:99/],
  ["the MTU changed", "ip -n one link set eth0 mtu 1280", /MTU of "eth0" is 1280/],
  ["the host end's MTU changed", "ip link set $host mtu 1280", /MTU of "veth\w+" is 1280/],
  ["the host end taken off the bridge", "ip link set $host nomaster", /not a port/],
  [
    "the host end on another bridge",
    "ip link add br9 type bridge; ip link set $host master br9",
    /not a port/,
  ],
  ["the host end down", "ip link set $host down", /host end.*down/],
  ["the hairpin mode changed", "ip link set $host type bridge_slave hairpin on", /hairpin/],
  ["the isolation changed", "ip link set $host type bridge_slave isolated on", /isolation/],
  ["the bridge down", "ip link set br0 down", /br0.*down/],
  ["the bridge gone", "ip link del br0", /br0.*missing/],
  ["the bridge replaced", "ip link del br0; ip link add br0 type veth peer name x0", /br0.*not a bridge/],
  ["the bridge's MAC address changed", "ip link set br0 address 02:00:00:00:00:98", /02:00:00:00:00:98/],
  ["the gateway's IPv4 address removed", "ip addr del 10.1.0.1/24 dev br0", /10\.1\.0\.1\/24/],
  ["the gateway's IPv6 address removed", "ip addr del fd00:1::1/64 dev br0", /fd00:1::1\/64/],
  [
    "the IPv4 masquerade removed",
    `nft 'delete element inet trestle masquerade4 { 10.1.0.2 . "br0" }'`,
    /masquerade of 10\.1\.0\.2.*missing/,
  ],
  [
    "the IPv6 masquerade removed",
    `nft 'delete element inet trestle masquerade6 { fd00:1::2 . "br0" }'`,
    /masquerade of fd00:1::2.*missing/,
  ],
  [
    "the exception of the own subnet removed",
    "nft flush set inet trestle direct4",
    /exception of 10\.1\.0\.0\/24/,
  ],
  [
    "the masquerade owned by somebody else",
    `nft 'flush set inet trestle masquerade4
    add element inet trestle masquerade4 { 10.1.0.2 . "br0" comment "net ghost eth0" }'`,
    /belongs to "net ghost eth0"/,
  ],
  ["the rules removed", "nft flush chain inet trestle postrouting", /postrouting/],
  ["a rule in front of ours", "nft insert rule inet trestle egress4 return", /egress4/],
  ["the table removed", "nft delete table inet trestle", /inet trestle.*missing/],
  ["the table switched off", "nft 'add table inet trestle { flags dormant; }'", /dormant/],
  ["IPv4 forwarding off", "echo 0 > /proc/sys/net/ipv4/ip_forward", /net\.ipv4\.ip_forward/],
  [
    "IPv6 forwarding off",
    "echo 0 > /proc/sys/net/ipv6/conf/all/forwarding",
    /net\.ipv6\.conf\.all\.forwarding/,
  ],
  ["a lease removed", "rm /var/lib/cni/networks/net/10.1.0.2", /10\.1\.0\.2/],
  ["both leases removed", "rm /var/lib/cni/networks/net/*2", /one|10\.1\.0\.2/],
  [
    "a lease of somebody else",
    "printf 'other\\r\\neth0' > /var/lib/cni/networks/net/10.1.0.2",
    /10\.1\.0\.2/,
  ],
];

const watched = fullNetwork({
  ipam: { ...hostLocal(four, six), routes: [{ dst: "10.9.0.0/16" }] },
});

describeWith({ plugins: ["bridge", "host-local"], commands: ["nft", "bridge"] }, "CHECK of bridge", () => {
  test.each(combined)(
    "passes after the ADD of a network %s in version %s",
    async (_what, _version, config) => {
      const { node, added } = await attached(config);
      const checked = await call(node, "CHECK", { ...config, prevResult: added }, one);
      expect(checked).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    },
  );

  test.each(damages)("fails with %s, and names it", async (_what, command, says) => {
    const { node, added } = await attached(watched);
    await expectHealthy(node, watched, added, one);
    const script = command.replaceAll("$host", added.interfaces?.[1]?.name ?? "");
    await node.run("sh", ["-ec", script]);
    const config = { ...watched, prevResult: added };
    const failure = await refused(node, "CHECK", config, one);
    expect(failure).toMatchObject({ code: 107, msg: expect.stringMatching(says) });
  });

  test.each(["hairpinMode", "portIsolation"])("fails when %s was switched off", async (key) => {
    const config = plainBridge({ [key]: true });
    const { node, added } = await attached(config);
    const host = added.interfaces?.[1]?.name ?? "";
    const flag = key === "hairpinMode" ? "hairpin" : "isolated";
    await node.run("ip", ["link", "set", host, "type", "bridge_slave", flag, "off"]);
    expect(await refused(node, "CHECK", { ...config, prevResult: added }, one)).toMatchObject({ code: 107 });
  });

  test("fails when the bridge is promiscuous no more", async () => {
    const config = plainBridge({ promiscMode: true });
    const { node, added } = await attached(config);
    await node.run("ip", ["link", "set", "br0", "promisc", "off"]);
    expect(await refused(node, "CHECK", { ...config, prevResult: added }, one)).toMatchObject({
      code: 107,
      msg: expect.stringContaining("promiscuous"),
    });
  });

  test("changes nothing where all is well", async () => {
    const { node, added } = await attached(watched);
    const before = await node.snapshot();
    await expectHealthy(node, watched, added, one);
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test("tells all differences at once, and mends none", async () => {
    const { node, added } = await attached(watched);
    await node.run("sh", ["-ec", "ip -n one route del default; ip addr del 10.1.0.1/24 dev br0"]);
    const broken = await node.snapshot();
    const { msg } = await refused(node, "CHECK", { ...watched, prevResult: added }, one);
    expect(msg).toMatch(/0\.0\.0\.0\/0/);
    expect(msg).toMatch(/10\.1\.0\.1\/24/);
    expect(diff(broken, await node.snapshot())).toEqual([]);
  });

  test("tolerates what plugins later in the chain do", async () => {
    const { node, added } = await attached(watched);
    const mac = "02:00:00:00:00:55";
    await node.run("ip", ["-n", "one", "link", "set", "eth0", "address", mac]);
    await node.run("ip", ["-n", "one", "route", "add", "10.77.0.0/16", "via", "10.1.0.1"]);
    await node.run("ip", ["-n", "one", "addr", "add", "10.5.0.1/24", "dev", "eth0"]);
    const [bridge, host] = added.interfaces ?? [];
    const final = { ...added, interfaces: [bridge, host, { name: "eth0", mac, sandbox: "/run/netns/one" }] };
    const config = { ...watched, prevResult: final };
    expect(await node.plugin({ type: "bridge", command: "CHECK", config, ...one })).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  });

  const requests: [what: string, more: Config, netns: string, code: number][] = [
    ["without prevResult", {}, "one", 7],
    ["with a prevResult that cannot be read", { prevResult: { ips: "none" } }, "one", 6],
    ["with a namespace that is gone", { prevResult: { cniVersion: "1.1.0" } }, "/run/netns/gone", 4],
    [
      "with the sandbox of another",
      { prevResult: { cniVersion: "1.1.0", interfaces: [{ name: "eth0", sandbox: "/run/netns/two" }] } },
      "one",
      107,
    ],
  ];

  test.each(requests)("fails %s", async (_what, more, netns, code) => {
    const { node } = await attached(plainBridge());
    expect(await refused(node, "CHECK", plainBridge(more), { netns, containerId: "one" })).toMatchObject({
      code,
    });
  });

  test.each(["0.1.0", "0.2.0", "0.3.0", "0.3.1"])("is not known to version %s", async (cniVersion) => {
    const { node, added } = await attached(bridgeNetwork({ cniVersion }));
    const config = { ...bridgeNetwork({ cniVersion }), prevResult: added };
    expect(await refused(node, "CHECK", config, one)).toMatchObject({ code: 1 });
  });

  test("after the rules were removed, STATUS is 51, and the GC that CHECK advises mends it", async () => {
    const { node, added } = await attached(watched);
    const outside = await node.addOutsideHost();
    await node.run("nft", ["flush table inet trestle"]);
    const complaint = await refused(node, "CHECK", { ...watched, prevResult: added }, one);
    expect(complaint.msg).toContain("a GC of the network writes them again");
    expect(await refused(node, "STATUS", watched, { containerId: "" })).toMatchObject({ code: 51 });
    const valid = [{ containerID: one.containerId, ifname: "eth0" }];
    await call(node, "GC", { ...watched, "cni.dev/valid-attachments": valid }, { containerId: "" });
    await expectHealthy(node, watched, added, one);
    expect(await call(node, "STATUS", watched, { containerId: "" })).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
    expect(await node.ping("one", outside.address)).toMatchObject({ received: 1 });
  });
});
