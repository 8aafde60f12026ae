import { expect, test } from "@jest/globals";
import {
  type FakeNode,
  describeWith,
  diff,
  nodesPerTest,
  pluginFolder,
  referenceFolder,
} from "../node/index.ts";
import { attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import {
  type Behaviour,
  delegateCalls,
  delegateCommands,
  delegateFolder,
  installDelegate,
} from "../node/delegate.ts";
import { elements } from "./firewall-state.ts";
import { type Config, bridgeNetwork, four, fullNetwork, hostLocal, plainBridge } from "./network.ts";
import { remainsAfterDel, remainsAfterFailure } from "./remains.ts";
import { addressTexts, leases, links } from "../node/state.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one", path: `${delegateFolder}:${pluginFolder}` };

const answer = {
  cniVersion: "1.1.0",
  ips: [{ address: "10.1.0.9/24", gateway: "10.1.0.1" }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["192.0.2.53"] },
};

async function nodeWith(behaviours: Readonly<Record<string, Behaviour>>): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("one");
  await installDelegate(node, "scripted", behaviours);
  return node;
}

function scripted(more: Config = {}): Config {
  return bridgeNetwork({ ipMasq: true, ipam: { type: "scripted", deep: { list: [1, "2", null] } }, ...more });
}

describeWith({ plugins: ["bridge", "host-local"] }, "foreign IPAM", () => {
  test("gets the whole configuration byte for byte, and our environment", async () => {
    const node = await nodeWith({ ADD: { out: answer } });
    const text = ` {"cniVersion":"1.1.0", "name" : "net",\n"type":"bridge","bridge":"br0","isGateway":true,"ünknown":"\\u00e9 <&>",
      "runtimeConfig":{"ips":["10.1.0.9"],"big":12345678901234567890},"args":{"cni":{"x":1}},"mtu":1400.0,"ipam":{"type":"scripted"}}\n\n`;
    const env = { CNI_ARGS: "IgnoreUnknown=1;A=B", TRACEPARENT: "00-1-2-01", MINE: "yes" };
    const added = await node.plugin({ type: "bridge", command: "ADD", config: text, ...one, env });
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    const removed = await node.plugin({ type: "bridge", command: "DEL", config: text, ...one, env });
    expect(removed).toMatchObject({ exitCode: 0, stdout: "" });
    const calls = delegateCalls(node, "scripted");
    expect(calls.map(({ command }) => command)).toEqual(["ADD", "DEL"]);
    for (const { command, input, environment } of calls) {
      expect(input).toBe(text);
      expect(environment).toEqual(
        expect.arrayContaining([
          "CNI_ARGS=IgnoreUnknown=1;A=B",
          `CNI_COMMAND=${command}`,
          "CNI_CONTAINERID=one",
          "CNI_IFNAME=eth0",
          "CNI_NETNS=/run/netns/one",
          `CNI_PATH=${one.path}`,
          "MINE=yes",
          "TRACEPARENT=00-1-2-01",
        ]),
      );
    }
  });

  test("gives addresses, routes and dns, and is asked again by CHECK and DEL", async () => {
    const node = await nodeWith({ ADD: { out: answer } });
    const before = await node.snapshot();
    const added = await attach(node, scripted(), one);
    expect(added).toMatchObject({
      ips: [{ interface: 2, address: "10.1.0.9/24", gateway: "10.1.0.1" }],
      routes: [{ dst: "0.0.0.0/0" }],
      dns: { nameservers: ["192.0.2.53"] },
    });
    expect(await addressTexts(node, "one", "eth0")).toEqual(["10.1.0.9/24"]);
    await expectHealthy(node, scripted(), added, one);
    await detach(node, scripted(), one);
    expect(delegateCommands(node, "scripted")).toEqual(["ADD", "CHECK", "DEL"]);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("is asked for GC and STATUS too, and not in versions that do not know them", async () => {
    const node = await nodeWith({});
    const gc = { ...scripted(), "cni.dev/valid-attachments": [{ containerID: "one", ifname: "eth0" }] };
    for (const command of ["GC", "STATUS"]) {
      expect(await call(node, command, gc, { path: one.path })).toMatchObject({
        exitCode: 0,
        stdout: "",
        stderr: "",
      });
      expect(
        await refused(node, command, scripted({ cniVersion: "1.0.0" }), { path: one.path }),
      ).toMatchObject({ code: 1 });
    }
    expect(delegateCommands(node, "scripted")).toEqual(["GC", "STATUS"]);
    expect(JSON.parse(delegateCalls(node, "scripted")[0]?.input ?? "")).toEqual(gc);
  });

  const results: [what: string, out: unknown, address: string][] = [
    ["without cniVersion", { ...answer, cniVersion: undefined }, "10.1.0.9/24"],
    [
      "of version 0.2.0",
      { cniVersion: "0.2.0", ip4: { ip: "10.1.0.8/24", gateway: "10.1.0.1" } },
      "10.1.0.8/24",
    ],
    [
      "of version 0.4.0",
      { ...answer, cniVersion: "0.4.0", ips: [{ version: "4", address: "10.1.0.7/24" }] },
      "10.1.0.7/24",
    ],
    [
      "with an index and an interface of its own",
      { ...answer, interfaces: [{ name: "x" }], ips: [{ address: "10.1.0.6/24", interface: 0 }] },
      "10.1.0.6/24",
    ],
    [
      "with empty texts for what it does not say",
      { ...answer, ips: [{ address: "10.1.0.5/24", gateway: "" }], dns: {} },
      "10.1.0.5/24",
    ],
  ];

  test.each(results)("a result %s is understood", async (_what, out, address) => {
    const node = await nodeWith({ ADD: { out } });
    const added = await attach(node, scripted(), one);
    expect(added.ips).toEqual([{ interface: 2, address, gateway: "10.1.0.1" }]);
  });

  test.each(["0.1.0", "0.2.0", "0.3.1", "1.0.0"])(
    "a result without cniVersion is one of the configuration's %s",
    async (cniVersion) => {
      const old = { ip4: { ip: "10.1.0.9/24", gateway: "10.1.0.1" } };
      const node = await nodeWith({ ADD: { out: cniVersion < "0.3.0" ? old : { ips: answer.ips } } });
      await attach(node, scripted({ cniVersion }), one);
      expect(await addressTexts(node, "one", "eth0")).toEqual(["10.1.0.9/24"]);
    },
  );

  const failures: [
    what: string,
    add: Behaviour,
    expected: { code?: number; msg: RegExp; details?: string },
  ][] = [
    ...[11, 50, 101].map((code): [string, Behaviour, { code: number; msg: RegExp; details: string }] => [
      `an error of code ${code}`,
      { out: { cniVersion: "1.1.0", code, msg: "no luck", details: "buy more" }, end: "exit 1" },
      { code, msg: /^no luck$/, details: "buy more" },
    ]),
    ["an error of code 0", { out: { code: 0, msg: "nothing" }, end: "exit 1" }, { msg: /nothing/ }],
    [
      "exit 1 and words on standard error",
      { err: "boom\n", end: "exit 1" },
      { code: 100, msg: /boom.*exit status 1/s },
    ],
    ["exit 3 without a word", { end: "exit 3" }, { code: 100, msg: /scripted.*exit status 3/ }],
    ["exit 1 and nonsense", { out: "oops", end: "exit 1" }, { code: 100, msg: /oops/ }],
    ["a signal", { end: "kill -9 $$" }, { code: 100, msg: /scripted/ }],
    ["an error object but exit 0", { out: { code: 7, msg: "liar" } }, { msg: /./ }],
    ["no result", {}, { msg: /scripted/ }],
    ["null", { out: "null" }, { msg: /scripted/ }],
    ["nonsense", { out: "hello" }, { code: 6, msg: /scripted/ }],
    ["a list", { out: [] }, { code: 6, msg: /scripted/ }],
    ["two documents", { out: `${JSON.stringify(answer)}{}` }, { code: 6, msg: /scripted/ }],
    ["no addresses", { out: { cniVersion: "1.1.0" } }, { msg: /missing IP config/ }],
    ["an empty list of addresses", { out: { cniVersion: "1.1.0", ips: [] } }, { msg: /missing IP config/ }],
    [
      "an address without length",
      { out: { ips: [{ address: "10.1.0.9" }] } },
      { code: 6, msg: /10\.1\.0\.9/ },
    ],
    ["an unknown version", { out: { ...answer, cniVersion: "7.0.0" } }, { code: 6, msg: /7\.0\.0/ }],
    [
      "a route by an unreachable gateway",
      { out: { ...answer, routes: [{ dst: "10.9.0.0/16", gw: "203.0.113.1" }] } },
      { code: 108, msg: /10\.9\.0\.0\/16/ },
    ],
  ];

  test("a file that is no program fails the ADD with a reason, and leaves nothing", async () => {
    const node = await nodeWith({});
    node.write(`${delegateFolder}/scripted`, "neither a program nor a script\n");
    const before = await node.snapshot();
    const failure = await refused(node, "ADD", scripted(), one);
    expect(failure).toMatchObject({ code: 100, msg: expect.stringMatching(/ipam\/scripted is no program/) });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
  });

  test.each(failures)(
    "%s fails the ADD, is followed by DEL, and leaves nothing",
    async (_what, ADD, { code, msg, details }) => {
      const node = await nodeWith({ ADD });
      const before = await node.snapshot();
      const failure = await refused(node, "ADD", scripted(), one);
      expect(failure).toMatchObject({
        cniVersion: "1.1.0",
        msg: expect.stringMatching(msg),
        ...(code === undefined ? {} : { code }),
        ...(details === undefined ? {} : { details }),
      });
      expect(failure.code).toBeGreaterThan(0);
      expect(delegateCommands(node, "scripted")).toEqual(["ADD", "DEL"]);
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
      await installDelegate(node, "scripted", { ADD: { out: answer } });
      await attach(node, scripted(), one);
    },
  );

  test("the error of the ADD is told even when the DEL after it fails too", async () => {
    const node = await nodeWith({
      ADD: { out: { code: 11, msg: "first" }, end: "exit 1" },
      DEL: { out: { code: 999, msg: "second" }, end: "exit 1" },
    });
    expect(await refused(node, "ADD", scripted(), one)).toMatchObject({ code: 11, msg: "first" });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo"]);
  });

  test("a failure after its ADD gives the address back by its DEL", async () => {
    const node = await nodeWith({ ADD: { out: answer } });
    await node.run("sh", [
      "-ec",
      "ip link add br0 up address 02:00:00:00:00:33 type bridge; ip addr add 10.99.0.1/24 dev br0",
    ]);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", scripted(), one)).toMatchObject({ code: 104 });
    expect(delegateCommands(node, "scripted")).toEqual(["ADD", "DEL"]);
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test.each(["CHECK", "DEL", "STATUS", "GC"])(
    "its error of %s is ours, and DEL removes everything else first",
    async (command) => {
      const node = await nodeWith({
        ADD: { out: answer },
        [command]: {
          out: { cniVersion: "1.1.0", code: 50, msg: "not now", details: "later" },
          end: "exit 1",
        },
      });
      const prevResult = await attach(node, scripted(), one);
      const failure = await refused(node, command, { ...scripted(), prevResult }, one);
      expect(failure).toMatchObject({ code: 50, msg: "not now", details: "later" });
      const names = (await links(node, null)).map(({ ifname }) => ifname);
      expect(names).toHaveLength(command === "DEL" ? 2 : 3);
      expect(await elements(node)).toHaveLength(command === "DEL" ? 0 : 2);
    },
  );

  test("its words on standard error become ours when it succeeds", async () => {
    const node = await nodeWith({ ADD: { out: answer, err: "by the way\n" } });
    expect(await call(node, "ADD", scripted(), one)).toMatchObject({ exitCode: 0, stderr: "by the way" });
  });

  test("is the first of its name in CNI_PATH", async () => {
    const node = await nodeWith({ ADD: { out: answer } });
    await installDelegate(node, "scripted", { ADD: { end: "exit 1" } }, "/var/lib/node/later");
    await attach(node, scripted(), { ...one, path: `/nowhere:${delegateFolder}:/var/lib/node/later` });
    expect(delegateCommands(node, "scripted", "/var/lib/node/later")).toEqual([]);
    await detach(node, scripted(), { ...one, path: `/nowhere:/var/lib/node/later:${delegateFolder}` });
    expect(delegateCommands(node, "scripted", "/var/lib/node/later")).toEqual(["DEL"]);
  });

  test("of the name host-local goes before our own where it comes first in CNI_PATH", async () => {
    const node = await nodeWith({});
    await installDelegate(node, "host-local", { ADD: { out: answer } });
    const config = bridgeNetwork({ ipam: hostLocal(four) });
    expect((await attach(node, config, one)).ips).toMatchObject([{ address: "10.1.0.9/24" }]);
    expect(await leases(node)).toEqual([]);
    await detach(node, config, one);
    expect(delegateCommands(node, "host-local")).toEqual(["ADD", "DEL"]);
  });

  test("a copy of our own executable is as good", async () => {
    const node = await nodeWith({});
    await node.run("cp", [`${pluginFolder}/host-local`, `${delegateFolder}/host-local`]);
    const added = await attach(node, fullNetwork(), { ...one, path: delegateFolder });
    expect(added.ips).toMatchObject([{ address: "10.1.0.2/24" }, { address: "fd00:1::2/64" }]);
    await expectHealthy(node, fullNetwork(), added, { ...one, path: delegateFolder });
    await detach(node, fullNetwork(), { ...one, path: delegateFolder });
    expect(await leases(node)).toEqual([]);
  });

  const unfound: [what: string, type: string, path: string | undefined, code: number, says: RegExp][] = [
    ["a name with a slash", "../bin/scripted", one.path, 7, /invalid plugin name.*\.\.\/bin\/scripted/],
    ["a name that is nowhere", "nowhere", one.path, 5, /failed to find plugin "nowhere" in path \[.*\]/],
    ["no CNI_PATH", "scripted", undefined, 4, /CNI_PATH/],
    ["an empty CNI_PATH", "scripted", "", 4, /CNI_PATH/],
    ["a folder of that name", "scripted.d", one.path, 5, /failed to find plugin "scripted\.d"/],
  ];

  test.each(unfound)("%s is refused, and nothing is left", async (_what, type, path, code, says) => {
    const node = await nodeWith({ ADD: { out: answer } });
    const before = await node.snapshot();
    const env = { CNI_PATH: path };
    const failure = await refused(node, "ADD", scripted({ ipam: { type } }), { ...one, env });
    expect(failure).toMatchObject({ code, msg: expect.stringMatching(says) });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    expect(delegateCommands(node, "scripted")).toEqual([]);
  });

  test("a layer 2 network needs no CNI_PATH", async () => {
    const node = await nodeWith({});
    const whose = { netns: "one", env: { CNI_PATH: undefined } };
    const added = await attach(node, plainBridge(), whose);
    await expectHealthy(node, plainBridge(), added, whose);
    await detach(node, plainBridge(), whose);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
  });
});

const reference = {
  plugins: ["bridge"],
  files: [`${referenceFolder}/static`, `${referenceFolder}/host-local`],
};

describeWith(reference, "IPAM plugins of the reference", () => {
  const theirs = { netns: "one", containerId: "one", path: referenceFolder };

  test.each(["0.2.0", "0.3.1", "0.4.0", "1.0.0"])(
    "static gives its addresses in version %s",
    async (cniVersion) => {
      const node = await nodeWith({});
      const ipam = {
        type: "static",
        addresses: [
          { address: "10.1.0.40/24", gateway: "10.1.0.1" },
          { address: "fd00:1::40/64", gateway: "fd00:1::1" },
        ],
        routes: [{ dst: "0.0.0.0/0" }],
      };
      const config = scripted({ cniVersion, ipam });
      const added = await attach(node, config, theirs);
      expect((await addressTexts(node, "one", "eth0")).toSorted()).toEqual(["10.1.0.40/24", "fd00:1::40/64"]);
      expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
      if (cniVersion >= "0.4.0") {
        await expectHealthy(node, config, added, theirs);
      }
      await detach(node, config, theirs);
      expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
    },
  );

  test("host-local keeps the same store as ours", async () => {
    const node = await nodeWith({});
    const config = fullNetwork({ cniVersion: "1.0.0" });
    const added = await attach(node, config, theirs);
    expect(await leases(node)).toEqual(["10.1.0.2", "fd00:1::2"]);
    await expectHealthy(node, config, added, { ...theirs, path: pluginFolder });
    await detach(node, config, { ...theirs, path: pluginFolder });
    expect(await leases(node)).toEqual([]);
  });
});
