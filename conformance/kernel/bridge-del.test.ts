import { expect, test } from "@jest/globals";
import { type FakeNode, type Snapshot, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { type Whose, attach, call, detach, expectHealthy } from "./attachment.ts";
import { elements } from "./firewall-state.ts";
import { type Config, allVersions, bridgeNetwork, fullNetwork, plainBridge } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";
import { addressTexts, leases, link, linkToGo, links } from "../node/state.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };

/** Ways in which the namespace of a container can be gone, and what CNI_NETNS is then. */
const goneWays: readonly {
  readonly what: string;
  readonly whose: Whose;
  readonly happens: readonly string[];
}[] = [
  { what: "the namespace removed", whose: one, happens: ["ip netns del one"] },
  { what: "an empty CNI_NETNS", whose: { ...one, netns: "/", env: { CNI_NETNS: "" } }, happens: [] },
  { what: "no CNI_NETNS", whose: { containerId: "one" }, happens: [] },
  { what: "no CNI_NETNS and no namespace", whose: { containerId: "one" }, happens: ["ip netns del one"] },
  {
    what: "a plain file in its place, as a reboot leaves it",
    whose: one,
    happens: ["ip netns del one", "touch /run/netns/one"],
  },
  { what: "a folder in its place", whose: one, happens: ["ip netns del one", "mkdir /run/netns/one"] },
  { what: "a path below a file", whose: { ...one, netns: "/etc/hostname/netns" }, happens: [] },
  { what: "a path that never was", whose: { ...one, netns: "/run/netns/never" }, happens: [] },
  { what: "the link removed from inside", whose: one, happens: ["ip -n one link del eth0"] },
  { what: "the bridge removed", whose: one, happens: ["ip link del br0"] },
  { what: "the lease removed", whose: one, happens: ["rm /var/lib/cni/networks/net/10.1.0.2"] },
  { what: "the whole folder of leases removed", whose: one, happens: ["rm -r /var/lib/cni/networks"] },
  { what: "our table removed", whose: one, happens: ["nft delete table inet trestle"] },
  {
    what: "one set emptied",
    whose: one,
    happens: ["nft flush set inet trestle masquerade4"],
  },
];

async function nodeWithOne(): Promise<{ node: FakeNode; before: Snapshot }> {
  const node = await startNode();
  await node.addNamespace("one");
  return { node, before: await node.snapshot() };
}

/** What is different outside of the container's own namespace. */
async function left(node: FakeNode, before: Snapshot): Promise<string[]> {
  const lines = diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") });
  return lines.filter((line) => !/(namespaces \/ one|\/run\/netns\/one)/.test(line));
}

const networks: [what: string, config: Config][] = [
  ["of both families with masquerade", fullNetwork()],
  ["without masquerade", bridgeNetwork()],
  ["of layer 2", plainBridge()],
  ["with every switch on", fullNetwork({ hairpinMode: true, portIsolation: true, mtu: 1400 })],
];

describeWith({ plugins: ["bridge", "host-local"], commands: ["nft", "iptables"] }, "DEL of bridge", () => {
  test.each(networks)(
    "ADD and DEL of a network %s leave the bridge and nothing else",
    async (_what, config) => {
      const { node, before } = await nodeWithOne();
      await attach(node, config, one);
      await detach(node, config, one);
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
    },
  );

  test.each(allVersions)("in version %s, with and without prevResult", async (cniVersion) => {
    const { node, before } = await nodeWithOne();
    const config = fullNetwork({ cniVersion });
    for (const round of [1, 2]) {
      const prevResult = await attach(node, config, one);
      await detach(node, round === 1 ? config : { ...config, prevResult }, one);
    }
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("rounds after the first change nothing but the note on the last address", async () => {
    const { node } = await nodeWithOne();
    await attach(node, fullNetwork(), one);
    await detach(node, fullNetwork(), one);
    const before = await node.snapshot();
    await attach(node, fullNetwork(), one);
    await detach(node, fullNetwork(), one);
    expect(diff(before, await node.snapshot())).toEqual([
      expect.stringMatching(/last_reserved_ip\.0 \/ content: "10\.1\.0\.2" -> "10\.1\.0\.3"$/),
      expect.stringMatching(/last_reserved_ip\.1 \/ content: "fd00:1::2" -> "fd00:1::3"$/),
    ]);
  });

  test.each(goneWays)("three times with $what", async ({ whose, happens }) => {
    const { node, before } = await nodeWithOne();
    await attach(node, fullNetwork(), one);
    for (const command of happens) {
      await node.run("sh", ["-ec", command]);
    }
    for (let time = 1; time <= 3; time += 1) {
      await detach(node, fullNetwork(), whose);
    }
    expect(await left(node, before)).toEqual([]);
    expect([await elements(node), await leases(node)]).toEqual([[], []]);
  });

  test("of something that was never added succeeds and leaves the host as it was", async () => {
    const { node, before } = await nodeWithOne();
    await detach(node, fullNetwork(), one);
    const leaseFolders = [/files \/ \/var\/lib\/cni\/networks/];
    expect(diff(before, await node.snapshot(), { ignore: leaseFolders })).toEqual([]);
    expect(await leases(node)).toEqual([]);
  });

  test("with the container's namespace path given to another container, whose interface stays", async () => {
    const { node } = await nodeWithOne();
    const { interfaces } = await attach(node, fullNetwork(), one);
    await node.removeNamespace("one");
    await linkToGo(node, interfaces?.[1]?.name ?? "");
    await node.addNamespace("one");
    const other = { netns: "one", containerId: "other" };
    const added = await attach(node, fullNetwork(), other);
    const before = await node.snapshot();
    for (let time = 1; time <= 2; time += 1) {
      await detach(node, fullNetwork(), one);
    }
    const lines = diff(before, await node.snapshot());
    expect(lines.filter((line) => !line.includes("net one eth0") && !line.includes("one\\r\\neth0"))).toEqual(
      [],
    );
    expect(await addressTexts(node, "one", "eth0")).toEqual(["10.1.0.3/24", "fd00:1::3/64"]);
    await expectHealthy(node, fullNetwork(), added, other);
  });

  const strangers: [what: string, command: string][] = [
    [
      "a veth to another bridge",
      "ip link add x0 type veth peer name eth0 netns one; ip link add br9 type bridge; ip link set x0 master br9",
    ],
    ["a veth to no bridge", "ip link add x0 type veth peer name eth0 netns one"],
    ["a bridge", "ip -n one link add eth0 type bridge"],
  ];

  test.each(strangers)("does not touch %s that somebody else made", async (_what, command) => {
    const { node } = await nodeWithOne();
    await attach(node, fullNetwork(), { netns: "one", containerId: "real", ifname: "eth1" });
    await node.run("sh", ["-ec", command]);
    await detach(node, fullNetwork(), one);
    expect(await link(node, "one", "eth0")).toMatchObject({ ifname: "eth0" });
    expect(await addressTexts(node, "one", "eth1")).toContain("10.1.0.2/24");
  });

  const unusable: [what: string, more: Config][] = [
    [
      "ranges that no ADD would accept",
      { ipam: { type: "host-local", ranges: [[{ subnet: "10.1.0.0/33" }]] } },
    ],
    ["another range by now", { ipam: { type: "host-local", ranges: [[{ subnet: "10.77.0.0/24" }]] } }],
    ["a contradiction", { hairpinMode: true, promiscMode: true }],
    ["a wrong type", { mtu: "large" }],
    ["a prevResult that is nonsense", { prevResult: { cniVersion: "9.9.9", ips: "none" } }],
    ["an empty prevResult", { prevResult: {} }],
  ];

  test.each(unusable)("with a configuration of %s", async (_what, more) => {
    const { node, before } = await nodeWithOne();
    await attach(node, fullNetwork(), one);
    expect(await call(node, "DEL", fullNetwork(more), one)).toMatchObject({ exitCode: 0, stdout: "" });
    expect(await left(node, before)).toEqual([]);
  });

  test("of one interface leaves the others of the container", async () => {
    const { node } = await nodeWithOne();
    await attach(node, fullNetwork(), one);
    const second = { ...one, ifname: "eth1" };
    const added = await attach(node, fullNetwork(), second);
    await detach(node, fullNetwork(), one);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo", "eth1"]);
    expect(await leases(node)).toEqual(["10.1.0.3", "fd00:1::3"]);
    expect((await elements(node)).map(({ owner }) => owner)).toEqual(Array(4).fill("net one eth1"));
    await expectHealthy(
      node,
      { ...fullNetwork(), isDefaultGateway: false, isGateway: true },
      { ...added, routes: [] },
      second,
    );
  });

  test("when the lease cannot be given back everything else is removed, and the error says so", async () => {
    const { node } = await nodeWithOne();
    await attach(node, fullNetwork(), one);
    await node.run("mount", ["-o", "remount,ro", "/var/lib/cni"]);
    const ended = await call(node, "DEL", fullNetwork(), one);
    expect(ended).toMatchObject({
      exitCode: 1,
      json: { code: 5, msg: expect.stringContaining("/var/lib/cni") },
    });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
    expect(await elements(node)).toEqual([]);
    await node.run("mount", ["-o", "remount,rw", "/var/lib/cni"]);
    await detach(node, fullNetwork(), one);
    expect(await leases(node)).toEqual([]);
  });

  test("in the host's own namespace is refused before anything is done", async () => {
    const { node } = await nodeWithOne();
    await attach(node, fullNetwork(), one);
    await node.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", "x0"]);
    const ended = await call(node, "DEL", fullNetwork(), { netns: "/proc/self/ns/net", containerId: "zzz" });
    expect(ended).toMatchObject({ exitCode: 1, json: { code: 8 } });
    expect(await link(node, null, "eth0")).toMatchObject({ ifname: "eth0" });
  });
});
