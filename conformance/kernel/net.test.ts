/** `trestle net`: what people and programs see of it, and that it does to plugins what a runtime must. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import {
  type FakeNode,
  describeWith,
  diff,
  nodesPerTest,
  pluginFolder,
  referenceFolder,
} from "../node/index.ts";
import type { CommandResult } from "../node/command.ts";
import {
  type Behaviour,
  delegateCalls,
  delegateCommands,
  delegateFolder,
  installDelegate,
} from "../node/delegate.ts";
import { type Config, four, hostLocal } from "./network.ts";
import { remainsAfterDel, remainsAfterFailure } from "./remains.ts";
import { leases } from "../node/state.ts";

const startNode = nodesPerTest();
const trestle = join(pluginFolder, "trestle");
const pod = "/run/netns/pod";
const own = { type: "bridge", bridge: "br0", isDefaultGateway: true, ipam: hostLocal(four) };
const configurations = "/var/lib/node/net.d";
const ours = { CNI_PATH: `${pluginFolder}:${delegateFolder}`, NETCONFPATH: configurations };
const cache = /^[+~] files \/ \/var\/lib\/cni\/results: \{"kind":"folder"/;

/** Runs `trestle net`; plugins are ours, and scripts of the test. */
async function net(
  node: FakeNode,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<CommandResult> {
  return node.run(trestle, ["net", ...args], { env: { ...ours, ...env }, allowFailure: true });
}

/** As {@link net}, with standard output on a terminal. */
async function onTerminal(node: FakeNode, args: readonly string[]): Promise<string> {
  const command = [trestle, "net", ...args].join(" ");
  const { stdout } = await node.run("script", ["-qec", command, "/dev/null"], { env: ours });
  return stdout.replaceAll("\r", "");
}

function writeNetwork(node: FakeNode, more: Config = {}, name = "net"): void {
  const list = { cniVersion: "1.1.0", name, plugins: [own], ...more };
  node.write(`${configurations}/10-${name}.conflist`, JSON.stringify(list));
}

async function nodeWithNetwork(more: Config = {}): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("pod");
  writeNetwork(node, more);
  return node;
}

const silence = { exitCode: 0, stdout: "", stderr: "" };
const refusesAdd: Record<string, Behaviour> = { ADD: { out: { code: 11, msg: "not yet" }, end: "exit 1" } };

describeWith({ plugins: ["trestle", "bridge", "host-local"], commands: ["script"] }, "trestle net", () => {
  test("for programs it speaks as cnitool does: add prints the result, the others nothing", async () => {
    const node = await nodeWithNetwork();
    const before = await node.snapshot();
    const added = await net(node, ["add", "net", pod]);
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(added.stdout)).toMatchObject({
      cniVersion: "1.1.0",
      ips: [{ address: "10.1.0.2/24", gateway: "10.1.0.1" }],
    });
    expect(await node.ping("pod", "10.1.0.1")).toMatchObject({ received: 1 });
    for (const verb of ["check", "status", "del", "del"]) {
      expect({ verb, ...(await net(node, [verb, "net", pod])) }).toEqual({ verb, ...silence });
    }
    const ignore = [...remainsAfterDel("br0"), cache];
    expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
    expect(await net(node, ["check", "net", pod])).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining("was not added"),
    });
  });

  test("on a terminal it tells people what was done", async () => {
    const node = await nodeWithNetwork();
    const added = await onTerminal(node, ["add", "net", pod]);
    expect(added).toContain(`${pod} is attached to "net"`);
    expect(added).toMatch(/address +10\.1\.0\.2\/24 {2}on eth0 {2}gateway 10\.1\.0\.1/);
    expect(added).toMatch(/route +0\.0\.0\.0\/0 {2}via 10\.1\.0\.1/);
    expect(added).toMatch(/took +\d+ ms/);
    expect(await onTerminal(node, ["check", "net", pod])).toContain("is as it was added");
    expect(await onTerminal(node, ["status", "net"])).toContain("is ready");
    expect(await onTerminal(node, ["del", "net", pod])).toContain("is detached");
    expect(await onTerminal(node, ["gc", "net"])).toContain("no attachment to remove");
  });

  test("with --json everything is JSON, errors too", async () => {
    const node = await nodeWithNetwork();
    const json = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await net(node, [...args, "--json"])).stdout) as unknown;
    const facts = { network: "net", ifname: "eth0", netns: pod };
    expect(await json("add", "net", pod)).toMatchObject({ cniVersion: "1.1.0" });
    expect(await json("check", "net", pod)).toMatchObject(facts);
    expect(await json("status", "net")).toEqual({ network: "net", ready: true, asked: true });
    expect(await json("gc", "net")).toMatchObject({ network: "net", removed: [{ ifname: "eth0" }] });
    expect(await json("del", "net", pod)).toMatchObject(facts);
    expect(await json("check", "net", pod)).toMatchObject({ cniVersion: "1.1.0", code: 3 });
    expect(await json("check", "net")).toMatchObject({
      code: 4,
      msg: "check needs the path of a network namespace",
    });
    expect(await net(node, ["check", "net", "--json"])).toMatchObject({ exitCode: 2, stderr: "" });
    expect(await json("add", "nothing", pod)).toMatchObject({ code: 7, details: "networks there: net" });
  });

  test("the interface, arguments and capabilities come from where cnitool has them", async () => {
    const node = await nodeWithNetwork({ plugins: [{ ...own, capabilities: { mac: true } }] });
    const env = {
      CNI_IFNAME: "net7",
      CNI_ARGS: "IgnoreUnknown=1;IP=10.1.0.77",
      CAP_ARGS: '{"mac":"02:00:00:00:77:77"}',
    };
    const { stdout } = await net(node, ["add", "net", pod], env);
    expect(JSON.parse(stdout)).toMatchObject({
      interfaces: expect.arrayContaining([
        expect.objectContaining({ name: "net7", mac: "02:00:00:00:77:77", sandbox: pod }),
      ]),
      ips: [{ address: "10.1.0.77/24" }],
    });
    const relative = await node.run(trestle, ["net", "add", "net", "netns/pod", "-i", "net8"], {
      cwd: "/run",
      env: ours,
    });
    expect(JSON.parse(relative.stdout)).toMatchObject({
      interfaces: expect.arrayContaining([expect.objectContaining({ name: "net8", sandbox: pod })]),
    });
  });

  test("a chain that fails is taken back: every plugin that was asked hears DEL, newest first", async () => {
    const node = await nodeWithNetwork({ plugins: [own, { type: "late" }] });
    await installDelegate(node, "late", refusesAdd);
    const before = await node.snapshot();
    expect(await net(node, ["add", "net", pod])).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: 'trestle net add: plugin type="late" failed (add): not yet (code 11)',
    });
    expect(delegateCommands(node, "late")).toEqual(["ADD", "DEL"]);
    expect(await leases(node)).toEqual([]);
    const ignore = [...remainsAfterFailure(), ...remainsAfterDel("br0")];
    expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
  });

  test("an add that is interrupted is taken back as well", async () => {
    const node = await nodeWithNetwork({ plugins: [own, { type: "slow" }] });
    const started = `${delegateFolder}/slow.started`;
    await installDelegate(node, "slow", { ADD: { end: `touch ${started}; exec sleep 25` } });
    const running = await node.background(trestle, ["net", "add", "net", pod], { env: ours });
    while (running.isRunning() && !existsSync(node.outside(started))) {
      await new Promise((done) => setTimeout(done, 20));
    }
    await running.stop("TERM");
    expect(await running.ended).toBe(1);
    expect(running.stderr()).toContain('plugin type="slow" failed (add)');
    expect(delegateCommands(node, "slow")).toEqual(["ADD", "DEL"]);
    expect(await leases(node)).toEqual([]);
  });

  test("a second add that fails leaves the first as it is", async () => {
    const node = await nodeWithNetwork();
    await net(node, ["add", "net", pod]);
    const before = await node.snapshot();
    expect((await net(node, ["add", "net", pod])).exitCode).toBe(1);
    expect(diff(before, await node.snapshot())).toEqual([]);
    expect(await net(node, ["check", "net", pod])).toEqual(silence);
  });

  test("an add that fails because another network has the interface takes nothing away from that", async () => {
    const node = await nodeWithNetwork();
    await net(node, ["add", "net", pod]);
    writeNetwork(node, { plugins: [{ ...own, bridge: "br1", ipam: {} }] }, "second");
    expect((await net(node, ["add", "second", pod])).exitCode).toBe(1);
    expect(await net(node, ["check", "net", pod])).toEqual(silence);
  });

  test("an add that fails leaves alone what a runtime with a cache of its own attached", async () => {
    const node = await nodeWithNetwork();
    const config = { cniVersion: "1.1.0", name: "net", ...own };
    const folder = existsSync(`${referenceFolder}/bridge`) ? referenceFolder : pluginFolder;
    const added = await node.plugin({
      folder,
      type: "bridge",
      command: "ADD",
      config: { ...config, cniVersion: "1.0.0" },
      netns: pod,
      containerId: "sandbox",
    });
    expect(added.exitCode).toBe(0);
    const before = await node.snapshot();
    expect(await net(node, ["add", "net", pod])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("the name is in use"),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
    expect(await node.ping("pod", "10.1.0.1")).toMatchObject({ received: 1 });
  });

  test("a result in the old format is used, and a broken one counts as absent", async () => {
    const node = await nodeWithNetwork();
    const added = await net(node, ["add", "net", pod]);
    const { stdout } = await node.run("sh", ["-ec", "ls -d /var/lib/cni/results/*"]);
    node.write(stdout, added.stdout);
    expect(await net(node, ["check", "net", pod])).toEqual(silence);
    node.write(stdout, added.stdout.slice(0, 40));
    expect((await net(node, ["check", "net", pod])).exitCode).toBe(1);
    expect(await net(node, ["del", "net", pod])).toEqual(silence);
    expect(await leases(node)).toEqual([]);
    expect((await node.run("ls", ["-A", "/var/lib/cni/results"])).stdout).toBe("");
  });

  test("plugins are asked with every variable, their capabilities, and the result before them", async () => {
    const plugins = [
      own,
      { type: "chained", capabilities: { portMappings: true, mac: false }, deep: { big: 1e15 } },
    ];
    const node = await nodeWithNetwork({ plugins });
    const result = { cniVersion: "1.1.0", interfaces: [{ name: "eth0", sandbox: pod }] };
    await installDelegate(node, "chained", { ADD: { out: result, err: "a word\n" } });
    const env = { CAP_ARGS: '{"mac":"02:00:00:00:00:01","portMappings":[]}', CNI_ARGS: "K=V", OWN: "kept" };
    const added = await net(node, ["add", "net", pod], { ...env, CNI_ARGS: "IgnoreUnknown=1;K=V" });
    expect(added).toMatchObject({ exitCode: 0, stderr: "a word" });
    expect(JSON.parse(added.stdout)).toEqual(result);
    const [add] = delegateCalls(node, "chained");
    expect(JSON.parse(add?.input ?? "")).toMatchObject({
      name: "net",
      cniVersion: "1.1.0",
      deep: { big: 1e15 },
      runtimeConfig: { portMappings: [] },
      prevResult: { cniVersion: "1.1.0", ips: [{ address: "10.1.0.2/24" }] },
    });
    expect(add?.input).not.toContain("02:00:00:00:00:01");
    expect(add?.environment).toEqual(
      expect.arrayContaining([
        "CNI_ARGS=IgnoreUnknown=1;K=V",
        "CNI_IFNAME=eth0",
        `CNI_NETNS=${pod}`,
        "OWN=kept",
      ]),
    );
  });

  test("gc detaches all but what is kept, and always says to plugins what is valid", async () => {
    const node = await nodeWithNetwork({ plugins: [own, { type: "chained" }] });
    await installDelegate(node, "chained", { ADD: { out: { cniVersion: "1.1.0" } } });
    await node.addNamespace("other");
    await net(node, ["add", "net", pod]);
    await net(node, ["add", "net", "/run/netns/other", "-i", "eth1"]);
    const { stdout } = await net(node, ["del", "net", "/run/netns/none", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ containerId: expect.stringMatching(/^cnitool-[\da-f]{20}$/) });
    const list = await node.run("ls", ["/var/lib/cni/results"]);
    const kept = /net-(cnitool-[\da-f]+)-eth1/.exec(list.stdout)?.[1] ?? "";
    const collected = await net(node, ["gc", "net", "--keep", `${kept}/eth1`, "--json"]);
    expect(JSON.parse(collected.stdout)).toMatchObject({ removed: [{ ifname: "eth0" }] });
    expect(await leases(node)).toEqual(["10.1.0.3"]);
    const gc = delegateCalls(node, "chained").findLast(({ command }) => command === "GC");
    const valid = [{ containerID: kept, ifname: "eth1" }];
    expect(JSON.parse(gc?.input ?? "")).toMatchObject({
      "cni.dev/valid-attachments": valid,
      "cni.dev/attachments": valid,
    });
    expect(await net(node, ["gc", "net"])).toEqual(silence);
    expect(await leases(node)).toEqual([]);
    const last = delegateCalls(node, "chained").at(-1);
    expect(JSON.parse(last?.input ?? "")).toMatchObject({
      "cni.dev/valid-attachments": [],
      "cni.dev/attachments": [],
    });
  });

  test("what the list turns off or its version does not know is not called a success", async () => {
    const node = await nodeWithNetwork({ disableCheck: true, disableGC: true });
    await net(node, ["add", "net", pod]);
    await node.run("ip", ["-n", "pod", "link", "delete", "eth0"]);
    expect(await onTerminal(node, ["check", "net", pod])).toContain('its list has "disableCheck"');
    expect(await onTerminal(node, ["gc", "net"])).toContain('its list has "disableGC"');
    expect(await net(node, ["check", "net", pod])).toEqual(silence);
    const asked = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await net(node, [...args, "--json"])).stdout) as unknown;
    expect(await asked("check", "net", pod)).toMatchObject({ asked: false });
    expect(await asked("gc", "net")).toEqual({ network: "net", removed: [], asked: false });
    expect(await leases(node)).toEqual(["10.1.0.2"]);
    writeNetwork(node, { cniVersion: "1.0.0" });
    expect(await asked("status", "net")).toEqual({ network: "net", ready: true, asked: false });
    expect(await asked("gc", "net")).toMatchObject({ removed: [{ ifname: "eth0" }], asked: false });
    expect(await leases(node)).toEqual([]);
  });

  test("the log of a plugin that fails is told", async () => {
    const node = await nodeWithNetwork();
    const ended = await net(node, ["add", "net", "/run/netns/none"], { TRESTLE_LOG: "debug" });
    expect(ended.stderr).toMatch(/"command":"ADD".*request failed/);
    expect(ended.stderr).toContain("trestle net add: plugin");
  });

  test("status keeps the plugin's code and reason", async () => {
    const node = await nodeWithNetwork({ plugins: [own, { type: "full" }] });
    await installDelegate(node, "full", {
      STATUS: { out: { code: 50, msg: "pool is exhausted", details: "make it larger" }, end: "exit 1" },
    });
    const ended = await net(node, ["status", "net", "--json"]);
    expect(ended.exitCode).toBe(1);
    expect(JSON.parse(ended.stdout)).toEqual({
      cniVersion: "1.1.0",
      code: 50,
      msg: 'plugin type="full" failed (status): pool is exhausted',
      details: "make it larger",
    });
  });

  const refusals: [what: string, args: string[], exitCode: number, says: string][] = [
    ["an unknown command", ["attach", "net", pod], 2, 'unknown command "attach"'],
    ["no network", ["add"], 2, "needs the name of a network"],
    ["no namespace", ["add", "net"], 2, "needs the path of a network namespace"],
    ["an unknown option", ["add", "net", pod, "--fast"], 2, "--fast"],
    ["an unknown network", ["add", "nothing", pod], 1, `no network "nothing" in ${configurations}`],
    ["a namespace that is not there", ["add", "net", "/run/netns/none"], 1, "/run/netns/none"],
    ["a wrong interface name", ["add", "net", pod, "-i", "a/b"], 1, 'invalid interface name: "a/b"'],
  ];

  test.each(refusals)(
    "%s is refused in words, without a stack trace",
    async (_what, args, exitCode, says) => {
      const node = await nodeWithNetwork();
      const ended = await net(node, args);
      expect(ended).toMatchObject({ exitCode, stdout: "", stderr: expect.stringContaining(says) });
      expect(ended.stderr).not.toMatch(/\n\s+at /);
    },
  );

  test("a broken list is named, and so is a plugin that is not installed", async () => {
    const node = await nodeWithNetwork({ plugins: [{ type: "missing" }] });
    expect((await net(node, ["add", "net", pod])).stderr).toContain(
      'failed to find plugin "missing" in path [',
    );
    node.write(`${configurations}/00-broken.conflist`, '{"name": "broken", "plugins": [{}]}');
    expect((await net(node, ["add", "net", pod])).stderr).toContain(
      `${configurations}/00-broken.conflist: invalid network configuration: "plugins[0].type" is missing`,
    );
  });

  test("links that lead nowhere are in nobody's way unless a network could be there", async () => {
    const node = await nodeWithNetwork();
    const circle =
      "ln -s circle circle; ln -s 10-net.conflist/x readme; ln -s nowhere note; ln -s . 05.conflist";
    await node.run("sh", ["-ec", circle], { cwd: configurations });
    expect(await net(node, ["status", "net"])).toEqual(silence);
    await node.run("ln", ["-s", "06.conflist", `${configurations}/06.conflist`]);
    expect(await net(node, ["status", "net"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`${configurations}/06.conflist`),
    });
  });

  test("a configuration too long to be one is told as that, and one that hangs its reader is not read", async () => {
    const node = await nodeWithNetwork();
    const path = `${configurations}/05.conflist`;
    node.write(path, `${" ".repeat(17 * 1024 * 1024)}{}`);
    expect((await net(node, ["status", "net"])).stderr).toContain(`cannot decode ${path}: it is longer than`);
    await node.run("sh", ["-ec", `rm ${path}; mkfifo ${path}`]);
    expect((await net(node, ["status", "net"])).stderr).toContain(path);
  });

  test("help has examples, and the command's help points to it", async () => {
    const node = await startNode();
    for (const args of [[], ["--help"], ["add", "-h"]]) {
      const ended = await net(node, args);
      expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
      expect(ended.stdout).toContain("trestle net add web /run/netns/demo");
    }
    expect((await node.run(trestle, ["--help"])).stdout).toContain("trestle net --help");
  });
});
