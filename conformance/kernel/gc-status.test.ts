import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest, pluginFolder } from "../node/index.ts";
import { attach, call, detach, expectHealthy, refused, silence } from "./attachment.ts";
import { elements, iptablesRules } from "./firewall-state.ts";
import { type Config, bridgeNetwork, fullNetwork, hostLocal, plainBridge } from "./network.ts";
import { leases, links } from "../node/state.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["bridge", "host-local"], commands: ["nft", "strace", "iptables", "iptables-save"] };

function whose(name: string, ifname = "eth0") {
  return { netns: name, containerId: name, ifname };
}

async function attachNew(node: FakeNode, config: Config, ...names: readonly string[]) {
  const results = [];
  for (const name of names) {
    await node.addNamespace(name);
    results.push(await attach(node, config, whose(name)));
  }
  return results;
}

/** GC gets nothing about a container: the network alone. */
const nobody = { containerId: "", ifname: "" };

async function collect(node: FakeNode, config: Config, valid: readonly string[] | undefined) {
  const list = valid?.map((name) => ({ containerID: name, ifname: "eth0" }));
  return call(node, "GC", { ...config, "cni.dev/valid-attachments": list }, nobody);
}

async function hostEnds(node: FakeNode): Promise<string[]> {
  const all = await links(node, null);
  return all.flatMap(({ ifname, ifalias }) => (ifname.startsWith("veth") ? [ifalias ?? ""] : [])).toSorted();
}

async function owners(node: FakeNode): Promise<string[]> {
  return [...new Set((await elements(node)).map(({ owner }) => owner ?? ""))].toSorted();
}

const guarded = fullNetwork({ macspoofchk: true });

describeWith(needs, "GC of bridge", () => {
  test("removes links, elements and leases of attachments that are not valid, and only those", async () => {
    const node = await startNode();
    const other = fullNetwork({ name: "other", bridge: "br1", ipam: hostLocal("10.2.0.0/24") });
    const [, kept] = await attachNew(node, guarded, "one", "two", "three");
    await node.addNamespace("four");
    await attach(node, other, whose("four"));
    expect(await collect(node, guarded, ["two"])).toMatchObject(silence);
    expect(await hostEnds(node)).toEqual(["net two eth0", "other four eth0"]);
    expect(await owners(node)).toEqual(["net two eth0", "other four eth0"]);
    expect((await node.run("nft", ["list", "table", "bridge", "trestle"])).stdout).not.toMatch(/one|three/);
    expect(await leases(node)).toEqual(["10.1.0.3", "fd00:1::3"]);
    expect(await leases(node, "other")).toEqual(["10.2.0.2"]);
    await expectHealthy(node, guarded, kept ?? {}, whose("two"));
  });

  test("removes what the iptables backend made, and keeps a container's while one interface is valid", async () => {
    const node = await startNode();
    const config = fullNetwork({ ipMasqBackend: "iptables" });
    const other = { ...config, name: "other", bridge: "br1", ipam: hostLocal("10.2.0.0/24") };
    await attachNew(node, config, "one", "two");
    await attach(node, config, whose("two", "net1"));
    await attach(node, other, whose("one", "net2"));
    await node.run("iptables", ["-t", "nat", "-A", "POSTROUTING", "-s", "192.0.2.0/24", "-j", "MASQUERADE"]);
    expect(await collect(node, config, ["two"])).toMatchObject(silence);
    const four = (await iptablesRules(node, 4)).join("\n");
    expect(four).not.toMatch(/"net\\" id: \\"one/);
    expect(four).toMatch(/-s 10.1.0.3\/32 .*"net\\" id: \\"two/);
    expect(four).toMatch(/-s 10.2.0.2\/32 .*"other\\" id: \\"one/);
    expect(four).toContain("-s 192.0.2.0/24 -j MASQUERADE");
    expect((await iptablesRules(node, 6)).join("\n")).not.toContain("one");
    expect(await collect(node, config, undefined)).toMatchObject(silence);
    expect((await iptablesRules(node, 4)).join("\n")).toBe(four);
    expect(await collect(node, config, [])).toMatchObject(silence);
    expect((await iptablesRules(node, 4)).join("\n")).not.toContain("two");
  });

  test.each(["all", 5, { containerID: "one" }, ["one"]])(
    "with %j for a list is refused by every plugin, and removes nothing",
    async (list) => {
      const node = await startNode();
      await attachNew(node, guarded, "one");
      const before = await node.snapshot();
      for (const type of ["bridge", "host-local", "loopback"]) {
        const config = { ...guarded, type, "cni.dev/valid-attachments": list };
        expect(await refused(node, "GC", config, nobody)).toMatchObject({
          code: 7,
          msg: expect.stringContaining("cni.dev/valid-attachments"),
        });
      }
      expect(diff(before, await node.snapshot())).toEqual([]);
    },
  );

  test.each([
    ["an entry of empty texts", { containerID: "", ifname: "" }],
    ["an entry without an interface", { containerID: "one" }],
    ["an entry that is text", "one"],
  ])("with %s in the list removes nothing", async (_what, entry) => {
    const node = await startNode();
    await attachNew(node, guarded, "one");
    const before = await node.snapshot();
    const config = { ...guarded, "cni.dev/valid-attachments": [entry] };
    expect(await refused(node, "GC", config, nobody)).toMatchObject({
      code: 7,
      msg: expect.stringContaining("cni.dev/valid-attachments[0]"),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test("with an empty list removes all of the network", async () => {
    const node = await startNode();
    await attachNew(node, guarded, "one", "two");
    expect(await collect(node, guarded, [])).toMatchObject(silence);
    expect(await hostEnds(node)).toEqual([]);
    expect(await owners(node)).toEqual([]);
    expect(await leases(node)).toEqual([]);
  });

  test("without a list does nothing", async () => {
    const node = await startNode();
    await attachNew(node, guarded, "one");
    const before = await node.snapshot();
    expect(await collect(node, guarded, undefined)).toMatchObject(silence);
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test("removes what is left of containers whose namespace is gone", async () => {
    const node = await startNode();
    await attachNew(node, guarded, "one", "two");
    await node.removeNamespace("one");
    expect(await collect(node, guarded, ["two"])).toMatchObject(silence);
    expect(await owners(node)).toEqual(["net two eth0"]);
    expect(await leases(node)).toEqual(["10.1.0.3", "fd00:1::3"]);
  });

  test("tells interfaces of one container apart", async () => {
    const node = await startNode();
    await attachNew(node, guarded, "one");
    await attach(node, guarded, whose("one", "net1"));
    expect(await collect(node, guarded, ["one"])).toMatchObject(silence);
    expect(await hostEnds(node)).toEqual(["net one eth0"]);
    await detach(node, guarded, whose("one"));
  });

  test("leaves links alone that only look like ours", async () => {
    const node = await startNode();
    await node.run("ip", ["link", "add", "veth0123456789a", "type", "veth", "peer", "name", "other"]);
    await node.run("ip", ["link", "add", "mine", "type", "veth", "peer", "name", "yours"]);
    await node.run("ip", ["link", "set", "mine", "alias", "net gone eth0"]);
    expect(await collect(node, guarded, [])).toMatchObject(silence);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(
      expect.arrayContaining(["veth0123456789a", "mine"]),
    );
  });

  test.each(["0.4.0", "1.0.0"])("is not known to version %s", async (cniVersion) => {
    const node = await startNode();
    expect(await refused(node, "GC", plainBridge({ cniVersion }), nobody)).toMatchObject({ code: 1 });
  });
});

describeWith(needs, "STATUS of bridge", () => {
  test.each(["bridge", "host-local"])(
    "and of %s is silent when an ADD would work, and changes nothing",
    async (type) => {
      const node = await startNode();
      const fresh = await node.snapshot();
      expect(await call(node, "STATUS", { ...guarded, type }, nobody)).toMatchObject(silence);
      expect(diff(fresh, await node.snapshot())).toEqual([]);
      await attachNew(node, guarded, "one");
      const before = await node.snapshot();
      expect(await call(node, "STATUS", { ...guarded, type }, nobody)).toMatchObject(silence);
      expect(diff(before, await node.snapshot())).toEqual([]);
    },
  );

  test("waits for no lock", async () => {
    const node = await startNode();
    await attachNew(node, guarded, "one");
    // Held for as long as the plugin itself lives: one that waits is killed at the end of its time.
    const script = 'exec 9</var/lib/cni/networks/net/lock; flock 9; exec "$0"';
    const ended = await node.run("sh", ["-ec", script, `${pluginFolder}/host-local`], {
      env: { CNI_COMMAND: "STATUS", CNI_PATH: pluginFolder },
      input: JSON.stringify({ ...guarded, type: "host-local" }),
    });
    expect(ended.stdout).toBe("");
  });

  const sets = (...ranges: Config[][]): Config => ({ type: "host-local", ranges });
  const [one, two, alien] = [{ subnet: "10.1.0.0/24" }, { subnet: "10.2.0.0/24" }, "10.9.0.1/24"];

  test.each<[string, string, Config]>([
    ["another address", alien, {}],
    ["the gateway's address with another length", "10.1.0.1/16", {}],
    ["an address that overlaps in IPv6", "fd00:1::9/64", { ipam: hostLocal("fd00:1::/64") }],
    [
      "another address, whichever range a lease is from",
      alien,
      {
        ipam: sets([
          { ...one, rangeEnd: "10.1.0.99" },
          { ...one, rangeStart: "10.1.0.128" },
        ]),
      },
    ],
  ])("is 50 for a gateway whose bridge has %s, and an ADD fails indeed", async (_what, address, more) => {
    const node = await startNode();
    await node.run("ip", ["link", "add", "br0", "up", "type", "bridge"]);
    await node.run("ip", ["addr", "add", address, "dev", "br0", "nodad"]);
    const config = bridgeNetwork(more);
    const says = {
      msg: expect.stringContaining("different from"),
      details: expect.stringContaining("forceAddress"),
    };
    expect(await refused(node, "STATUS", config, nobody)).toMatchObject({ code: 50, ...says });
    const container = { ...whose("c"), netns: await node.addNamespace("c") };
    expect(await refused(node, "ADD", config, container)).toMatchObject({ code: 104, ...says });
    await node.run("ip", ["addr", "del", address, "dev", "br0"]);
    expect(await call(node, "STATUS", config, nobody)).toMatchObject(silence);
    await attach(node, config, container);
  });

  test.each<[string, string, Config]>([
    ["forceAddress", alien, { forceAddress: true }],
    ["no gateway", alien, { isGateway: false }],
    ["the gateway's address", "10.1.0.1/24", {}],
    ["an address elsewhere in IPv6", "fd00:9::1/64", { ipam: hostLocal("fd00:1::/64") }],
    ["the gateway of the range that comes first", "10.1.0.1/24", { ipam: sets([one, two]) }],
    [
      "the gateway of a range that the runtime adds for an ADD",
      "10.2.0.1/24",
      { capabilities: { ipRanges: true }, runtimeConfig: { ipRanges: [[two]] } },
    ],
  ])("is silent for %s on the bridge, and an ADD works", async (_what, address, more) => {
    const node = await startNode();
    await node.run("ip", ["link", "add", "br0", "up", "type", "bridge"]);
    await node.run("ip", ["addr", "add", address, "dev", "br0", "nodad"]);
    const config = bridgeNetwork(more);
    const { runtimeConfig: _onlyForAnAdd, ...known } = config;
    expect(await call(node, "STATUS", known, nobody)).toMatchObject(silence);
    await attachNew(node, config, "one");
  });

  test("is 50 when the bridge's name belongs to something else", async () => {
    const node = await startNode();
    await node.run("ip", ["link", "add", "br0", "type", "veth", "peer", "name", "other"]);
    expect(await refused(node, "STATUS", plainBridge(), nobody)).toMatchObject({
      code: 50,
      msg: expect.stringContaining("not a bridge"),
    });
    await node.run("ip", ["link", "delete", "br0"]);
    expect(await call(node, "STATUS", plainBridge(), nobody)).toMatchObject(silence);
  });

  test("is 50 when no address is left, and silent again after a DEL", async () => {
    const node = await startNode();
    const small = bridgeNetwork({ ipam: hostLocal("10.1.0.0/30") });
    await attachNew(node, small, "one");
    expect(await refused(node, "STATUS", small, nobody)).toMatchObject({
      code: 50,
      msg: expect.stringContaining("no IP addresses available"),
    });
    await detach(node, small, whose("one"));
    expect(await call(node, "STATUS", small, nobody)).toMatchObject(silence);
  });

  test.each([
    ["ipMasq", fullNetwork()],
    ["macspoofchk", plainBridge({ macspoofchk: true })],
  ])("is 50 for %s on a kernel without nf_tables", async (_key, config) => {
    const node = await startNode();
    const wrapped = await node.run(
      "strace",
      ["-f", "-o", "/dev/null", "-e", "inject=socket:error=EPROTONOSUPPORT:when=2", `${pluginFolder}/bridge`],
      {
        env: { CNI_COMMAND: "STATUS", CNI_PATH: pluginFolder },
        input: JSON.stringify(config),
        allowFailure: true,
      },
    );
    expect(JSON.parse(wrapped.stdout)).toMatchObject({ code: 50, msg: expect.stringContaining("nf_tables") });
  });

  test("is 50 when the IPAM plugin is not installed", async () => {
    const node = await startNode();
    expect(await refused(node, "STATUS", bridgeNetwork({ ipam: { type: "missing" } }), nobody)).toMatchObject(
      {
        code: 50,
        msg: expect.stringContaining('failed to find plugin "missing"'),
        details: expect.stringContaining("install"),
      },
    );
  });

  test("is 50 when the iptables program is asked for and not there", async () => {
    const node = await startNode();
    const config = fullNetwork({ ipMasqBackend: "iptables" });
    expect(await call(node, "STATUS", config, nobody)).toMatchObject(silence);
    await node.run("sh", ["-ec", "mkdir /run/empty; mount --bind /run/empty /usr/sbin"]);
    expect(await refused(node, "STATUS", config, nobody)).toMatchObject({
      code: 50,
      msg: expect.stringContaining('no program "iptables"'),
    });
    expect(await call(node, "STATUS", { ...config, ipMasq: false }, nobody)).toMatchObject(silence);
  });

  test("is 50 for a gateway where forwarding is off and cannot be turned on", async () => {
    const node = await startNode();
    const gateway = bridgeNetwork({ isGateway: true });
    const before = await node.snapshot();
    expect(await call(node, "STATUS", gateway, nobody)).toMatchObject(silence);
    expect(diff(before, await node.snapshot())).toEqual([]);
    const lock = "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys";
    await node.run("sh", ["-ec", lock]);
    expect(await refused(node, "STATUS", gateway, nobody)).toMatchObject({
      code: 50,
      msg: expect.stringContaining("ip_forward"),
      details: expect.stringContaining("/proc/sys"),
    });
    expect(
      await refused(node, "ADD", gateway, {
        containerId: "c",
        ifname: "eth0",
        netns: await node.addNamespace("c"),
      }),
    ).toMatchObject({ code: 106 });
    for (const other of [bridgeNetwork({ isGateway: false }), plainBridge({ isGateway: true })]) {
      expect(await call(node, "STATUS", other, nobody)).toMatchObject(silence);
    }
    // Which families the addresses will have is not known.
    await node.run("sh", ["-ec", `umount /proc/sys; sysctl -qw net.ipv4.ip_forward=1; ${lock}`]);
    expect(await call(node, "STATUS", gateway, nobody)).toMatchObject(silence);
  });

  test("is 50 when the folder of leases cannot be written", async () => {
    const node = await startNode();
    const folder = "/var/lib/cni/networks";
    await node.run("mkdir", ["-p", folder]);
    await node.run("mount", ["-t", "tmpfs", "-o", "ro", "none", folder]);
    expect(await refused(node, "STATUS", bridgeNetwork(), nobody)).toMatchObject({
      code: 50,
      msg: expect.stringContaining(folder),
    });
    await node.run("umount", [folder]);
    expect(await call(node, "STATUS", bridgeNetwork(), nobody)).toMatchObject(silence);
  });
});
