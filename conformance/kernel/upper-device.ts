/**
 * Tests of plugins whose interface sits on one of the host's: the same for each kind. To be called inside a test file. Those of
 * DEL and GC are in `upper-device-del.ts`.
 */
import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, diff } from "../node/index.ts";
import { addressTexts, link, links, routes } from "../node/state.ts";
import { attach, call, detach, expectHealthy, refused, silence } from "./attachment.ts";
import { inParallel } from "./in-parallel.ts";
import { failEach, faults, one } from "./injected-fault.ts";
import { type Config, allVersions, checkVersions, listVersions } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";

export interface UpperWorld {
  /** IFLA_INFO_KIND, which is the plugin's type as well. */
  readonly kind: string;
  /** A node with a lower device "uplink0", and behind it the namespace "outside", which answers at both addresses below. */
  readonly start: () => Promise<FakeNode>;
  /** A network of both families on that device, each with a default route, without duplicate address detection: that takes time. */
  readonly config: (more?: Config) => Config;
  /** The container's addresses when it is the first one, and the gateways outside. */
  readonly addresses: readonly [four: string, six: string];
  readonly gateways: readonly [four: string, six: string];
}

export const sandbox = "/run/netns/one";

/** With the container "one", attached to nothing yet. */
export async function nodeWithOne({ start }: UpperWorld): Promise<FakeNode> {
  const node = await start();
  await node.addNamespace("one");
  return node;
}

/** The tests of ADD. */
export function addsUpper(world: UpperWorld): void {
  const { kind, config, addresses, gateways } = world;

  test("ADD gives an interface on its master that reaches what is outside", async () => {
    const node = await nodeWithOne(world);
    const added = await attach(node, config(), one);
    const made = await link(node, "one", "eth0");
    expect(made).toMatchObject({ linkinfo: { info_kind: kind }, operstate: "UP", ifalias: "net one eth0" });
    expect(made.link_index).toBe((await link(node, null, "uplink0")).ifindex);
    expect(added.interfaces).toEqual([{ name: "eth0", mac: made.address, mtu: 1500, sandbox }]);
    expect(added.ips?.map(({ address, interface: at, gateway }) => [address, at, gateway])).toEqual([
      [addresses[0], 0, gateways[0]],
      [addresses[1], 0, gateways[1]],
    ]);
    expect(await addressTexts(node, "one", "eth0")).toEqual(addresses);
    const defaults = [...(await routes(node, "one", 4)), ...(await routes(node, "one", 6))];
    expect(defaults.map(({ dst, gateway }) => [dst, gateway])).toEqual([
      ["default", gateways[0]],
      ["default", gateways[1]],
    ]);
    for (const gateway of gateways) expect(await node.ping("one", gateway)).toMatchObject({ received: 1 });
    await expectHealthy(node, config(), added, one);
  });

  test("duplicate address detection is over when ADD succeeds", async () => {
    const node = await nodeWithOne(world);
    const detecting = config({ enabledad: true });
    await expectHealthy(node, detecting, await attach(node, detecting, one), one);
    const { stdout } = await node.inNamespace("one", "ip", [
      "addr",
      "show",
      "dev",
      "eth0",
      "scope",
      "global",
    ]);
    expect(stdout).toContain(addresses[1]);
    expect(stdout).not.toMatch(/tentative|nodad/);
  });

  test("nobody else has what was not attached", async () => {
    const node = await nodeWithOne(world);
    await node.addNamespace("two");
    await attach(node, config(), one);
    expect((await links(node, "two")).map(({ ifname }) => ifname)).toEqual(["lo"]);
    expect(await node.ping("two", gateways[0], { attempts: 1 })).toMatchObject({ received: 0 });
  });

  test("neighbours learn of the address from a gratuitous ARP", async () => {
    const node = await nodeWithOne(world);
    await using capture = await node.capture("uplink0", "", {});
    await attach(node, config(), one);
    const { address } = await link(node, "one", "eth0");
    const [ip = ""] = addresses[0].split("/");
    const line = await capture.waitFor(new RegExp(`ARP.*${ip.replaceAll(".", "\\.")}`));
    expect(line.startsWith(address)).toBe(true);
  });

  test.each(allVersions)("in version %s", async (cniVersion) => {
    const node = await nodeWithOne(world);
    const before = await node.snapshot();
    const added = await attach(node, config({ cniVersion }), one);
    const told = added.ips?.map(({ address }) => address) ?? [added.ip4?.ip, added.ip6?.ip];
    expect(told).toEqual(addresses);
    const listsLinks = listVersions.some((version) => version === cniVersion);
    expect(added.interfaces?.length).toBe(listsLinks ? 1 : undefined);
    if (checkVersions.some((version) => version === cniVersion))
      await expectHealthy(node, config({ cniVersion }), added, one);
    await detach(node, config({ cniVersion }), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  test("a name that the host has as well is no obstacle, one that the container has is", async () => {
    const node = await nodeWithOne(world);
    await node.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", "x0"]);
    await attach(node, config(), one);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", config(), { ...one, containerId: "two" })).toMatchObject({
      code: 103,
      msg: expect.stringContaining('"eth0"'),
    });
    expect(await refused(node, "ADD", config(), one)).toMatchObject({ code: 103 });
    expect(diff(before, await node.snapshot())).toEqual([]);
    expect(await link(node, null, "eth0")).toMatchObject({ linkinfo: { info_kind: "veth" } });
  });

  test("mtu and MAC address are those that were asked for", async () => {
    const node = await nodeWithOne(world);
    const mac = "02:00:00:00:00:0c";
    const wanted = config({ mtu: 1400, runtimeConfig: { mac } });
    const added = await attach(node, wanted, { ...one, args: "MAC=02:00:00:00:00:0a" });
    expect(added.interfaces).toEqual([{ name: "eth0", mac, mtu: 1400, sandbox }]);
    expect(await link(node, "one", "eth0")).toMatchObject({ address: mac, mtu: 1400 });
    expect(await node.ping("one", gateways[0])).toMatchObject({ received: 1 });
    await expectHealthy(node, wanted, added, one);
  });

  test("linkInContainer takes the master from the container", async () => {
    const node = await nodeWithOne(world);
    await node.run("ip", ["link", "set", "uplink0", "netns", "one", "up"]);
    await node.run("ip", ["-n", "one", "link", "set", "uplink0", "up"]);
    const inner = config({ linkInContainer: true });
    const added = await attach(node, inner, one);
    expect(await link(node, "one", "eth0")).toMatchObject({ link: "uplink0" });
    expect(await node.ping("one", gateways[0])).toMatchObject({ received: 1 });
    await expectHealthy(node, inner, added, one);
    await detach(node, inner, one);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo", "uplink0"]);
  });
}

/** Masters that no ADD can use: shell commands, keys, code, and what is said. */
const unsuited: [what: string, script: string, more: Config, code: number, says: RegExp][] = [
  ["is missing", "true", { master: "nowhere0" }, 7, /nowhere0.*uplink0|uplink0.*nowhere0/s],
  ["is the loopback interface", "true", { master: "lo" }, 7, /loopback/],
  ["has a smaller MTU", "true", { mtu: 1501 }, 7, /invalid MTU 1501, must be \[0, master MTU\(1500\)\]/],
];

/** The tests of what ADD and STATUS refuse. */
export function refusesUpper(world: UpperWorld): void {
  const { config } = world;

  test.each(unsuited)(
    "a master that %s is refused, and nothing changes",
    async (_what, script, more, code, says) => {
      const node = await nodeWithOne(world);
      await node.run("sh", ["-ec", script]);
      const before = await node.snapshot();
      const said = await refused(node, "ADD", config(more), one);
      expect({ ...said, all: `${said.msg} ${said.details}` }).toMatchObject({
        code,
        all: expect.stringMatching(says),
      });
      const status = await refused(node, "STATUS", config(more), { containerId: "" });
      expect(status).toMatchObject({ code: 50, msg: said.msg });
      expect(diff(before, await node.snapshot())).toEqual([]);
      expect(await call(node, "STATUS", config(), { containerId: "" })).toMatchObject(silence);
    },
  );

  test("a failure of the IPAM plugin leaves nothing", async () => {
    const node = await nodeWithOne(world);
    await node.run("mount", ["-o", "remount,ro", "/var/lib/cni"]);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", config(), one)).toMatchObject({ code: 5 });
    expect(diff(before, await node.snapshot())).toEqual([]);
    await node.run("mount", ["-o", "remount,rw", "/var/lib/cni"]);
    await attach(node, config(), one);
  });

  test("STATUS is that of the IPAM plugin as well", async () => {
    const node = await nodeWithOne(world);
    const without = config({ ipam: { type: "nowhere" } });
    expect(await refused(node, "STATUS", without, { containerId: "" })).toMatchObject({ code: 50 });
  });
}

/** The tests of faults in the middle. */
export function undoesUpper(world: UpperWorld): void {
  test.each(faults.filter(([name]) => name !== "flock"))(
    "whichever %s fails with %s leaves nothing",
    async (callName, error) => {
      const start = async () => nodeWithOne(world);
      const config = world.config();
      const { wrong, reached } = await failEach(start, { call: callName, error }, { config });
      expect(wrong).toEqual([]);
      expect(reached).toBeGreaterThan(0);
    },
  );
}

/** Damages, and what CHECK says of them. */
const damages: [what: string, script: string, says: RegExp][] = [
  ["the interface is gone", "ip -n one link del eth0", /"eth0" is missing/],
  ["it is down", "ip -n one link set eth0 down", /"eth0" is down/],
  ["it has another MAC address", "ip -n one link set eth0 address 02:00:00:00:00:99", /02:00:00:00:00:99/],
  ["it has another MTU", "ip -n one link set eth0 mtu 1300", /1300, expected 1500/],
  ["an address is gone", "ip -n one addr flush dev eth0 scope global", /address .* is missing/],
  ["a route is gone", "ip -n one route del default", /route to 0\.0\.0\.0\/0 is missing/],
  ["a lease is gone", "rm -r /var/lib/cni/networks/net", /Failed to find address/],
];

/** The tests of CHECK. @param more damages of the kind's own */
export function checksUpper(world: UpperWorld, more: typeof damages = []): void {
  const { config } = world;

  test.each([...damages, ...more])(
    "CHECK fails when %s, and changes nothing",
    async (_what, script, says) => {
      const node = await nodeWithOne(world);
      const added = await attach(node, config(), one);
      await expectHealthy(node, config(), added, one);
      await node.run("sh", ["-ec", script]);
      const broken = await node.snapshot();
      const complaint = await refused(node, "CHECK", config({ prevResult: added }), one);
      expect(complaint).toMatchObject({ code: 107, msg: expect.stringMatching(says) });
      expect(diff(broken, await node.snapshot())).toEqual([]);
    },
  );

  test("CHECK needs the previous result", async () => {
    const node = await nodeWithOne(world);
    await attach(node, config(), one);
    expect(await refused(node, "CHECK", config(), one)).toMatchObject({ code: 7 });
  });
}

/** Many at once. */
export function survivesMany({ start, config }: UpperWorld): void {
  test("fifty at once come and go", async () => {
    const node = await start();
    const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const script = `for name in ${names.join(" ")}; do ip netns add $name; ip -n $name link set lo up; done`;
    await node.run("sh", ["-ec", script]);
    const before = await node.snapshot();
    const all = async (command: string, more: (index: number) => Config = () => ({})) =>
      inParallel([...names.entries()], async ([index, name]) =>
        call(node, command, { ...config(), ...more(index) }, { netns: name, containerId: name }),
      );
    const added = await all("ADD");
    expect(added.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const ips = added.flatMap(({ json }) => (json?.ips ?? []).map(({ address }) => address));
    expect(new Set(ips).size).toBe(100);
    const previous = (index: number): { prevResult: PluginReply | undefined } => ({
      prevResult: added[index]?.json,
    });
    expect((await all("CHECK", previous)).filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect((await all("DEL")).filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });
}
