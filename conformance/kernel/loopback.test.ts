import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, call, detach, refused } from "./attachment.ts";
import { type Config, allVersions, checkVersions } from "./network.ts";
import { link } from "../node/state.ts";

const startNode = nodesPerTest();
const lo = { netns: "one", ifname: "lo" };

function loopback(more: Config = {}): Config {
  return { cniVersion: "1.1.0", name: "lo", type: "loopback", ...more };
}

/** A namespace as runtimes make it for the loopback plugin: `lo` is down. */
async function nodeWithOne(): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("one");
  await node.run("ip", ["-n", "one", "link", "set", "lo", "down"]);
  return node;
}

async function isUp(node: FakeNode): Promise<boolean> {
  return (await link(node, "one", "lo")).flags.includes("UP");
}

const mac = "00:00:00:00:00:00";
const sandbox = "/run/netns/one";

/** The result of each version: addresses are there as soon as the link is up. */
const shapes: Readonly<Record<string, Config>> = {
  "0.1.0": { ip4: { ip: "127.0.0.1/8" }, ip6: { ip: "::1/128" }, dns: {} },
  "0.4.0": {
    interfaces: [{ name: "lo", mac, sandbox }],
    ips: [
      { version: "4", interface: 0, address: "127.0.0.1/8" },
      { version: "6", interface: 0, address: "::1/128" },
    ],
    dns: {},
  },
  "1.0.0": {
    interfaces: [{ name: "lo", mac, sandbox }],
    ips: [
      { interface: 0, address: "127.0.0.1/8" },
      { interface: 0, address: "::1/128" },
    ],
  },
  "1.1.0": {
    interfaces: [{ name: "lo", mac, mtu: 65536, sandbox }],
    ips: [
      { interface: 0, address: "127.0.0.1/8" },
      { interface: 0, address: "::1/128" },
    ],
  },
};

function shapeOf(version: string): Config {
  const sameAs: Readonly<Record<string, string>> = { "0.2.0": "0.1.0", "0.3.0": "0.4.0", "0.3.1": "0.4.0" };
  return { cniVersion: version, ...shapes[sameAs[version] ?? version] };
}

describeWith({ plugins: ["loopback"] }, "loopback", () => {
  test.each(allVersions)("ADD brings lo up and DEL down, in version %s", async (cniVersion) => {
    const node = await nodeWithOne();
    const config = loopback({ cniVersion });
    expect(await attach(node, config, lo)).toEqual(shapeOf(cniVersion));
    expect(await isUp(node)).toBe(true);
    expect(await node.ping("one", "127.0.0.1")).toMatchObject({ received: 1 });
    for (let time = 1; time <= 3; time += 1) {
      await detach(node, config, lo);
      expect(await isUp(node)).toBe(false);
    }
  });

  test("ADD again is as good, and CNI_ARGS and CNI_PATH do not matter", async () => {
    const node = await nodeWithOne();
    const first = await attach(node, loopback(), { ...lo, args: "none" });
    expect(await attach(node, loopback(), { ...lo, env: { CNI_PATH: undefined } })).toEqual(first);
  });

  test("without IPv6 there is no IPv6 address", async () => {
    const node = await nodeWithOne();
    await node.inNamespace("one", "sh", ["-c", "echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"]);
    expect((await attach(node, loopback(), lo)).ips).toEqual([{ interface: 0, address: "127.0.0.1/8" }]);
  });

  test.each(checkVersions)("CHECK passes while lo is up, in version %s", async (cniVersion) => {
    const node = await nodeWithOne();
    const config = {
      ...loopback({ cniVersion }),
      prevResult: await attach(node, loopback({ cniVersion }), lo),
    };
    expect(await call(node, "CHECK", config, lo)).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    await node.run("ip", ["-n", "one", "link", "set", "lo", "down"]);
    expect(await refused(node, "CHECK", config, lo)).toMatchObject({
      code: 107,
      msg: expect.stringContaining("down"),
    });
  });

  test("in a chain it passes the previous result on", async () => {
    const node = await nodeWithOne();
    const prevResult = {
      cniVersion: "1.1.0",
      interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", mtu: 1400, sandbox }],
      ips: [{ interface: 0, address: "10.1.0.2/24", gateway: "10.1.0.1" }],
      routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }],
      dns: { nameservers: ["192.0.2.1"] },
    };
    expect(await attach(node, loopback({ prevResult }), { netns: "one" })).toEqual(prevResult);
    expect(await isUp(node)).toBe(true);
  });

  test("a foreign address on lo is refused, and lo stays as it is", async () => {
    const node = await nodeWithOne();
    await node.run("ip", ["-n", "one", "addr", "add", "10.7.0.1/32", "dev", "lo"]);
    expect(await refused(node, "ADD", loopback(), lo)).toMatchObject({
      msg: expect.stringContaining("10.7.0.1/32"),
    });
    expect(await isUp(node)).toBe(false);
  });

  test.each(["ADD", "DEL", "CHECK"])(
    "%s in the host's own namespace is refused before anything is done",
    async (command) => {
      const node = await nodeWithOne();
      await node.run("ip", ["addr", "add", "127.0.0.5/8", "dev", "lo"]);
      const before = await node.snapshot();
      const config = loopback({ prevResult: { cniVersion: "1.1.0" } });
      const own = { netns: "/proc/self/ns/net", ifname: "lo" };
      expect(await refused(node, command, config, own)).toMatchObject({ code: 8 });
      expect(diff(before, await node.snapshot())).toEqual([]);
    },
  );

  const gone: [what: string, netns: string | undefined][] = [
    ["no CNI_NETNS", undefined],
    ["a namespace that is gone", "/run/netns/gone"],
    ["a plain file", "/etc/hostname"],
  ];

  test.each(gone)("DEL with %s succeeds", async (_what, netns) => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    await detach(node, loopback(), netns === undefined ? { ifname: "lo" } : { netns, ifname: "lo" });
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test("GC and STATUS succeed and do nothing", async () => {
    const node = await nodeWithOne();
    for (const command of ["GC", "STATUS"]) {
      expect(await call(node, command, loopback(), {})).toMatchObject({
        exitCode: 0,
        stdout: "",
        stderr: "",
      });
    }
    expect(await isUp(node)).toBe(false);
  });
});
