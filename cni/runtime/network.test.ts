import { describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../json-object.ts";
import { isAtLeast, versions } from "../version.ts";
import { type Answer, memoryOutside } from "./memory-outside.ts";
import { Network } from "./network.ts";
import { readList } from "./network-list.ts";

const pod = {
  containerId: "c1",
  netns: "/run/netns/c1",
  ifname: "eth0",
  args: undefined,
  capabilities: undefined,
};
const plugins = [
  { type: "bridge", capabilities: { mac: true } },
  { type: "tuning" },
  { type: "portmap", capabilities: { portMappings: true } },
];

interface Setting {
  readonly more?: JsonObject;
  readonly installed?: readonly string[];
  readonly answer?: Answer;
}

function setUp({ more = {}, installed, answer }: Setting = {}) {
  const list = readList(
    JSON.stringify({ cniVersion: "1.1.0", name: "net", plugins, ...more }),
    "net.conflist",
  );
  const outside = memoryOutside(installed, answer);
  return { outside, network: new Network(list, outside) };
}

/** A plugin's error on one command, as it prints it. */
function failing(command: string, type: string, more: object = {}): Answer {
  return (seen) =>
    seen.command === command && seen.type === type
      ? { exitCode: 1, stdout: JSON.stringify({ code: 11, msg: "busy", details: "later", ...more }) }
      : undefined;
}

/** ADD of the first plugin fails so. */
function failingWith(end: ReturnType<Answer>): Answer {
  return (seen) => {
    const failed = failing("ADD", "bridge")(seen);
    return failed && { ...failed, ...end };
  };
}

const names = (links: readonly { readonly name: string }[]) => links.map(({ name }) => name);

describe("ADD", () => {
  test("asks all plugins in order, each with the result of the one before, and keeps the last", async () => {
    const { outside, network } = setUp();
    expect(names((await network.add(pod)).interfaces)).toEqual(["bridge", "tuning", "portmap"]);
    const previous = outside.programs.calls.map(({ input }) => input["prevResult"]);
    expect(previous[0]).toBeUndefined();
    expect(previous[1]).toEqual({ cniVersion: "1.1.0", interfaces: [{ name: "bridge" }] });
    expect(previous[2]).toMatchObject({ interfaces: [{ name: "bridge" }, { name: "tuning" }] });
    expect(outside.cache.names()).toEqual(["net-c1-eth0"]);
  });

  test("sets every variable of the protocol, on top of what it inherited", async () => {
    const { outside, network } = setUp();
    await network.add({
      ...pod,
      args: [
        ["IgnoreUnknown", "1"],
        ["K", ""],
      ],
    });
    expect(outside.programs.calls[0]?.environment).toEqual({
      PATH: "/usr/bin",
      CNI_COMMAND: "ADD",
      CNI_CONTAINERID: "c1",
      CNI_NETNS: "/run/netns/c1",
      CNI_IFNAME: "eth0",
      CNI_ARGS: "IgnoreUnknown=1;K=",
      CNI_PATH: "/opt/cni/bin",
    });
  });

  test("gives capabilities to those who declare them", async () => {
    const { outside, network } = setUp();
    await network.add({ ...pod, capabilities: { mac: "02:00:00:00:00:01", portMappings: [] } });
    expect(outside.programs.calls.map(({ input }) => input["runtimeConfig"])).toEqual([
      { mac: "02:00:00:00:00:01" },
      undefined,
      { portMappings: [] },
    ]);
  });

  test("after a failure it is DELeted, newest first, by those who were asked; nothing is kept", async () => {
    const { outside, network } = setUp({ answer: failing("ADD", "tuning") });
    await expect(network.add(pod)).rejects.toMatchObject({
      code: 11,
      message: 'plugin type="tuning" failed (add): busy',
      details: "later",
    });
    expect(outside.programs.story).toEqual(["ADD bridge", "ADD tuning", "DEL tuning", "DEL bridge"]);
    expect(outside.programs.calls[3]?.input["prevResult"]).toMatchObject({
      interfaces: [{ name: "bridge" }],
    });
    expect(outside.cache.names()).toEqual([]);
  });

  test("that fails on an attachment which was there already takes nothing away from it", async () => {
    let isSecond = false;
    const { outside, network } = setUp({
      answer: (seen) => (isSecond ? failing("ADD", "bridge")(seen) : undefined),
    });
    await network.add(pod);
    isSecond = true;
    await expect(network.add(pod)).rejects.toMatchObject({ code: 11 });
    expect(outside.programs.story.slice(3)).toEqual(["ADD bridge"]);
    expect(outside.cache.names()).toEqual(["net-c1-eth0"]);
  });

  test("that fails because another network has the interface takes nothing away from that", async () => {
    const { outside, network } = setUp({ answer: failing("ADD", "bridge") });
    const other = { kind: "cniCacheV1", networkName: "other", containerId: "c1", ifName: "eth0", result: {} };
    outside.cache.replace("other-c1-eth0", JSON.stringify(other));
    await expect(network.add(pod)).rejects.toMatchObject({ code: 11 });
    await expect(network.add({ ...pod, ifname: "eth1" })).rejects.toMatchObject({ code: 11 });
    expect(outside.programs.story).toEqual(["ADD bridge", "ADD bridge", "DEL bridge"]);
  });

  test("that fails on an interface which a runtime with another cache gave takes nothing away from that", async () => {
    const { outside, network } = setUp({
      answer: (seen) => {
        // What the ADD itself makes, it may take back.
        outside.interfaces.add(`/run/netns/c1 ${seen.environment["CNI_IFNAME"]}`);
        return failing("ADD", "bridge")(seen);
      },
    });
    outside.interfaces.add("/run/netns/c1 eth0");
    await expect(network.add(pod)).rejects.toMatchObject({ code: 11 });
    await expect(network.add({ ...pod, ifname: "eth1" })).rejects.toMatchObject({ code: 11 });
    expect(outside.programs.story).toEqual(["ADD bridge", "ADD bridge", "DEL bridge"]);
  });

  test("when the clean-up fails too, the ADD's failure is reported and the other one told", async () => {
    const { outside, network } = setUp({
      answer: (seen) => failing("ADD", "portmap")(seen) ?? failing("DEL", "tuning", { msg: "stuck" })(seen),
    });
    await expect(network.add(pod)).rejects.toMatchObject({ message: expect.stringContaining("portmap") });
    expect(outside.programs.story.slice(3)).toEqual(["DEL portmap", "DEL tuning", "DEL bridge"]);
    expect(outside.told.join("")).toContain("stuck");
  });

  test("that cannot be kept is taken back", async () => {
    const { outside, network } = setUp();
    outside.cache.isFull = true;
    await expect(network.add(pod)).rejects.toThrow("no space left");
    expect(outside.programs.story.slice(3)).toEqual(["DEL portmap", "DEL tuning", "DEL bridge"]);
  });

  test("what plugins say on standard error is told", async () => {
    const { outside, network } = setUp({ answer: ({ type }) => ({ stderr: type }) });
    await network.add(pod);
    expect(outside.told).toEqual(["bridge", "tuning", "portmap"]);
  });

  test("what a plugin that fails says on standard error, such as its log, is told once", async () => {
    const logging = setUp({ answer: failingWith({ stderr: "a log\n" }) });
    await expect(logging.network.add(pod)).rejects.toMatchObject({
      message: expect.not.stringContaining("log"),
    });
    expect(logging.outside.told).toEqual(["a log\n"]);
    const wordless = setUp({ answer: failingWith({ stdout: "", stderr: "panic\n" }) });
    await expect(wordless.network.add(pod)).rejects.toMatchObject({
      message: expect.stringContaining("panic"),
    });
    expect(wordless.outside.told).toEqual([]);
  });

  test.each<[what: string, end: ReturnType<Answer>, code: number, message: string]>([
    ["says nothing", { exitCode: 2, stdout: "" }, 100, "no error message: exit status 2"],
    ["speaks to standard error", { exitCode: 1, stdout: "", stderr: "panic\n" }, 100, "panic: exit status 1"],
    ["prints no JSON", { exitCode: 1, stdout: "oops" }, 100, "oops: exit status 1"],
    ["has no code", { exitCode: 1, stdout: '{"code":0,"msg":"m"}' }, 100, "m"],
    ["is ended", { exitCode: undefined, stdout: "", failure: "took too long" }, 100, "took too long"],
    [
      "prints a result that is none",
      { stdout: "5" },
      6,
      'the result of plugin "bridge": it is not an object',
    ],
    ["prints half a result", { stdout: "{" }, 6, 'cannot decode the result of plugin "bridge"'],
    ["prints a wrong result", { stdout: '{"ips":[{"address":"x"}]}' }, 6, '"ips[0].address" is "x"'],
  ])("a plugin that %s", async (_what, end, code, message) => {
    const { network } = setUp({ answer: ({ command }) => (command === "ADD" ? end : undefined) });
    await expect(network.add(pod)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test.each([
    [{ ...pod, containerId: "a/b" }, "invalid container id"],
    [{ ...pod, containerId: "" }, "invalid container id"],
    [{ ...pod, ifname: "longer-than-fifteen" }, "invalid interface name"],
  ])("of %j is refused before anything is run", async (attachment, message) => {
    const { outside, network } = setUp();
    for (const verb of ["add", "check", "del"] as const) {
      await expect(network[verb](attachment)).rejects.toMatchObject({
        code: 4,
        message: expect.stringContaining(message),
      });
    }
    expect(outside.programs.calls).toEqual([]);
  });

  test("a plugin that is not installed is named with the folders", async () => {
    const { network } = setUp({ installed: [] });
    await expect(network.add(pod)).rejects.toMatchObject({
      code: 5,
      message: 'failed to find plugin "bridge" in path [/opt/cni/bin]',
      details: expect.stringContaining("CNI_PATH"),
    });
  });
});

describe("ADD, before anything is run,", () => {
  test("refuses a chain of which a later plugin is not installed", async () => {
    const { outside, network } = setUp({ installed: ["bridge", "tuning"] });
    await expect(network.add(pod)).rejects.toMatchObject({
      code: 5,
      message: 'failed to find plugin "portmap" in path [/opt/cni/bin]',
    });
    expect(outside.programs.calls).toEqual([]);
    expect(outside.told).toEqual([]);
  });

  test("refuses what would overwrite another attachment's result: a-b with c, a with b-c", async () => {
    const { outside, network } = setUp();
    const other = {
      kind: "cniCacheV1",
      networkName: "net-c1",
      containerId: "c2",
      ifName: "eth0",
      result: {},
    };
    outside.cache.replace("net-c1-c2-eth0", JSON.stringify(other));
    await expect(network.add({ ...pod, containerId: "c1-c2" })).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining('network "net-c1", container c2, interface eth0'),
    });
    expect(outside.programs.calls).toEqual([]);
    expect(outside.cache.read("net-c1-c2-eth0")).toBe(JSON.stringify(other));
  });

  test("takes the place of a result that is its own, old, or broken", async () => {
    const { outside, network } = setUp();
    for (const content of ["{", "[]", '{"cniVersion":"1.0.0"}']) {
      outside.cache.replace("net-c1-eth0", content);
      await network.add(pod);
      await network.add(pod);
      expect(outside.cache.read("net-c1-eth0")).toContain("cniCacheV1");
    }
  });
});

describe("CHECK and DEL", () => {
  test.each(versions)("DEL is given the result of the ADD where version %s has it", async (cniVersion) => {
    const { outside, network } = setUp({ more: { cniVersion } });
    await network.add(pod);
    outside.programs.calls.length = 0;
    await network.del(pod);
    expect(outside.programs.story).toEqual(["DEL portmap", "DEL tuning", "DEL bridge"]);
    for (const { input } of outside.programs.calls) {
      expect("prevResult" in input).toBe(isAtLeast(cniVersion, "0.4.0"));
    }
    expect(outside.cache.names()).toEqual([]);
  });

  test.each(["0.4.0", "1.0.0", "1.1.0"])("CHECK is given it in version %s", async (cniVersion) => {
    const { outside, network } = setUp({ more: { cniVersion } });
    const result = await network.add(pod);
    outside.programs.calls.length = 0;
    await network.check(pod);
    expect(outside.programs.story).toEqual(["CHECK bridge", "CHECK tuning", "CHECK portmap"]);
    for (const { input } of outside.programs.calls) {
      expect(input["prevResult"]).toMatchObject({
        cniVersion,
        interfaces: result.interfaces.map(({ name }) => ({ name })),
      });
    }
  });

  test.each(["0.1.0", "0.2.0", "0.3.0", "0.3.1"])("CHECK is not in version %s", async (cniVersion) => {
    const { network } = setUp({ more: { cniVersion } });
    await expect(network.check(pod)).rejects.toMatchObject({
      code: 1,
      details: expect.stringContaining("0.4.0"),
    });
  });

  test("use the arguments of the ADD unless others are given", async () => {
    const { outside, network } = setUp();
    await network.add({ ...pod, args: [["A", "1"]], capabilities: { mac: "m" } });
    outside.programs.calls.length = 0;
    await network.check(pod);
    await network.del({ ...pod, args: [["A", "2"]], capabilities: {} });
    const [check, , , , , del] = outside.programs.calls;
    expect(check).toMatchObject({ environment: { CNI_ARGS: "A=1" }, input: { runtimeConfig: { mac: "m" } } });
    expect(del?.environment["CNI_ARGS"]).toBe("A=2");
    expect(del?.input).not.toHaveProperty("runtimeConfig");
  });

  test("CHECK asks nobody when the list disables it, and refuses what was never added", async () => {
    const { outside, network } = setUp({ more: { disableCheck: true } });
    await network.check(pod);
    await expect(setUp().network.check(pod)).rejects.toMatchObject({ code: 3 });
    expect(outside.programs.calls).toEqual([]);
  });

  test("CHECK ends with the first plugin that objects", async () => {
    const { outside, network } = setUp({ answer: failing("CHECK", "tuning", { code: 107 }) });
    await network.add(pod);
    await expect(network.check(pod)).rejects.toMatchObject({ code: 107 });
    expect(outside.programs.story.slice(3)).toEqual(["CHECK bridge", "CHECK tuning"]);
  });

  test("DEL ends with the first failure and keeps the result for the next time", async () => {
    const { outside, network } = setUp({ answer: failing("DEL", "tuning") });
    await network.add(pod);
    await expect(network.del(pod)).rejects.toMatchObject({
      code: 11,
      message: 'plugin type="tuning" failed (del): busy',
    });
    expect(outside.programs.story.slice(3)).toEqual(["DEL portmap", "DEL tuning"]);
    expect(outside.cache.names()).toEqual(["net-c1-eth0"]);
  });

  test("DEL of what was never added, or whose result is broken, asks all plugins the same", async () => {
    const { outside, network } = setUp();
    outside.cache.replace("net-c1-eth0", "{");
    await network.del(pod);
    await network.del(pod);
    expect(outside.programs.calls).toHaveLength(6);
    for (const { input } of outside.programs.calls) expect(input).not.toHaveProperty("prevResult");
    expect(outside.cache.names()).toEqual([]);
  });
});

describe("GC", () => {
  const two = [pod, { ...pod, containerId: "c2", netns: "/run/netns/c2" }];

  test("deletes what is not valid any more, with what its ADD was given, then asks all plugins", async () => {
    const { outside, network } = setUp();
    for (const attachment of two) await network.add({ ...attachment, args: [["A", "1"]] });
    outside.programs.calls.length = 0;
    expect(await network.gc([{ containerId: "c1", ifname: "eth0" }])).toEqual([
      { containerId: "c2", ifname: "eth0" },
    ]);
    expect(outside.programs.story.join(", ")).toBe(
      "DEL portmap, DEL tuning, DEL bridge, GC bridge, GC tuning, GC portmap",
    );
    const [del, , , gc] = outside.programs.calls;
    expect(del?.environment).toMatchObject({
      CNI_CONTAINERID: "c2",
      CNI_NETNS: "/run/netns/c2",
      CNI_ARGS: "A=1",
    });
    const valid = [{ containerID: "c1", ifname: "eth0" }];
    expect(gc?.input).toMatchObject({ "cni.dev/valid-attachments": valid, "cni.dev/attachments": valid });
    expect(gc?.environment).toMatchObject({
      CNI_CONTAINERID: "",
      CNI_NETNS: "",
      CNI_IFNAME: "",
      CNI_ARGS: "",
    });
    expect(outside.cache.names()).toEqual(["net-c1-eth0"]);
  });

  test("with nothing valid sends empty lists, not none", async () => {
    const { outside, network } = setUp();
    await network.gc([]);
    for (const { input } of outside.programs.calls) {
      expect(input).toMatchObject({ "cni.dev/valid-attachments": [], "cni.dev/attachments": [] });
      expect(input).not.toHaveProperty("prevResult");
    }
  });

  test("below 1.1.0 only deletes, and does nothing at all when the list disables it", async () => {
    const old = setUp({ more: { cniVersion: "1.0.0" } });
    await old.network.add(pod);
    await old.network.gc([]);
    expect(old.outside.programs.story.slice(3)).toEqual(["DEL portmap", "DEL tuning", "DEL bridge"]);
    const disabled = setUp({ more: { disableGC: true } });
    await disabled.network.add(pod);
    expect(await disabled.network.gc([])).toEqual([]);
    expect(disabled.outside.programs.calls).toHaveLength(3);
  });

  test("goes on after failures and reports all of them", async () => {
    const { outside, network } = setUp({
      answer: (seen) => failing("DEL", "bridge")(seen) ?? failing("GC", "tuning", { msg: "stuck" })(seen),
    });
    for (const attachment of two) await network.add(attachment);
    await expect(network.gc([])).rejects.toMatchObject({
      code: 11,
      message: expect.stringMatching(
        /^cannot delete c1 eth0: .*failed \(del\): busy; cannot delete c2 eth0: .*failed \(del\): busy; plugin .*failed \(gc\): stuck/,
      ),
    });
    expect(outside.programs.story.slice(-3)).toEqual(["GC bridge", "GC tuning", "GC portmap"]);
  });
});

describe("STATUS", () => {
  test("asks all plugins, and keeps the code of the first that is not ready", async () => {
    const ready = setUp();
    await ready.network.status();
    expect(ready.outside.programs.story).toEqual(["STATUS bridge", "STATUS tuning", "STATUS portmap"]);
    const { outside, network } = setUp({ answer: failing("STATUS", "tuning", { code: 50, msg: "full" }) });
    await expect(network.status()).rejects.toMatchObject({
      code: 50,
      message: expect.stringContaining("full"),
    });
    expect(outside.programs.calls).toHaveLength(2);
  });

  test("below 1.1.0 asks nobody", async () => {
    const { outside, network } = setUp({ more: { cniVersion: "1.0.0" } });
    await network.status();
    expect(outside.programs.calls).toEqual([]);
  });
});

test.each(["9.9.9", "1.0", "v1.0.0"])(
  "a network of version %j is refused with those that are spoken",
  (cniVersion) => {
    expect(() => setUp({ more: { cniVersion } })).toThrow(
      expect.objectContaining({ code: 1, details: expect.stringContaining("1.1.0") }),
    );
  },
);

test("a network without a version is one of 0.1.0", async () => {
  const { outside, network } = setUp({ more: { cniVersion: undefined } });
  await network.add(pod);
  expect(outside.programs.calls[0]?.input["cniVersion"]).toBe("0.1.0");
});
