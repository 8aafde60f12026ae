/** Every class of failure: one JSON document, the code of the specification, the words that help, and no change at all. */
import { expect, test } from "@jest/globals";
import { type PluginCall, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { type Config, bridgeNetwork, four, hostLocal } from "./network.ts";

const startNode = nodesPerTest();

interface Failure {
  readonly what: string;
  /** How the call differs from a good ADD. */
  readonly call: Partial<PluginCall>;
  readonly code: number;
  /** Each is in the message or in the details. */
  readonly says: readonly string[];
  /** Of the error, 1.1.0 where the request does not get as far as telling its own. */
  readonly cniVersion?: string;
}

function without(...names: readonly string[]): Partial<PluginCall> {
  return { env: Object.fromEntries(names.map((name) => [name, undefined])) };
}

function having(env: Readonly<Record<string, string>>): Partial<PluginCall> {
  return { env };
}

function configured(more: Config): Partial<PluginCall> {
  return { config: bridgeNetwork(more) };
}

const environment: readonly Failure[] = [
  { what: "an unknown command", call: { command: "FROB" }, code: 4, says: ["CNI_COMMAND", "FROB", "ADD"] },
  { what: "a command in lower case", call: { command: "add" }, code: 4, says: ["CNI_COMMAND", "add"] },
  { what: "a command with a space", call: { command: "ADD " }, code: 4, says: ["CNI_COMMAND"] },
  { what: "no container id", call: without("CNI_CONTAINERID"), code: 4, says: ["[CNI_CONTAINERID]"] },
  { what: "no namespace", call: without("CNI_NETNS"), code: 4, says: ["[CNI_NETNS]"] },
  { what: "no interface name", call: without("CNI_IFNAME"), code: 4, says: ["[CNI_IFNAME]"] },
  {
    what: "nothing at all: all are named at once",
    call: without("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"),
    code: 4,
    says: ["[CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME]"],
  },
  {
    what: "empty ones count as missing",
    call: having({ CNI_CONTAINERID: "", CNI_IFNAME: "" }),
    code: 4,
    says: ["[CNI_CONTAINERID,CNI_IFNAME]"],
  },
  {
    what: "CHECK without",
    call: { command: "CHECK", ...without("CNI_NETNS") },
    code: 4,
    says: ["[CNI_NETNS]"],
  },
  {
    what: "DEL without",
    call: { command: "DEL", ...without("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME") },
    code: 4,
    says: ["[CNI_CONTAINERID,CNI_IFNAME]"],
  },
  {
    what: "an id with a slash",
    call: { containerId: "a/../b" },
    code: 4,
    says: ["CNI_CONTAINERID", "a/../b"],
  },
  {
    what: "an id that begins with a dot",
    call: { containerId: ".a" },
    code: 4,
    says: ["CNI_CONTAINERID", ".a"],
  },
  { what: "an id with a line break", call: { containerId: "a\nb" }, code: 4, says: ["CNI_CONTAINERID"] },
  { what: "an interface name of 16", call: { ifname: "a".repeat(16) }, code: 4, says: ["CNI_IFNAME", "15"] },
  { what: "an interface name with a slash", call: { ifname: "a/b" }, code: 4, says: ["CNI_IFNAME", "a/b"] },
  { what: "an interface name with a colon", call: { ifname: "a:b" }, code: 4, says: ["CNI_IFNAME", "a:b"] },
  { what: "an interface name with a space", call: { ifname: "a b" }, code: 4, says: ["CNI_IFNAME", "a b"] },
  { what: "the interface name ..", call: { ifname: ".." }, code: 4, says: ["CNI_IFNAME", ".."] },
];

const documents: readonly Failure[] = [
  { what: "empty input", call: { config: "" }, code: 6, says: ["empty"] },
  { what: "input of blanks", call: { config: " \n\t " }, code: 6, says: ["empty"] },
  {
    what: "broken JSON",
    call: { config: '{"cniVersion":"1.0.0",' },
    code: 6,
    says: ["network configuration"],
  },
  { what: "two documents", call: { config: "{}{}" }, code: 6, says: ["network configuration"] },
  {
    what: "bytes that are no text",
    call: { config: new Uint8Array([0xff, 0xfe]) },
    code: 6,
    says: ["network"],
  },
  { what: "an array", call: { config: "[]" }, code: 6, says: ["array", "object"] },
  { what: "a number", call: { config: "1" }, code: 6, says: ["number", "object"] },
  { what: "a string", call: { config: '"x"' }, code: 6, says: ["string", "object"] },
  { what: "true", call: { config: "true" }, code: 6, says: ["boolean", "object"] },
  { what: "null", call: { config: "null" }, code: 6, says: ["null", "object"] },
  {
    what: "a very deep document",
    call: { config: "[".repeat(200_000) },
    code: 6,
    says: ["network configuration"],
  },
];

/** Faults that are told in the version of the configuration. */
const nameFaults: readonly Failure[] = [
  { what: "no name", name: undefined, says: ["name"] },
  { what: "an empty name", name: "", says: ["name"] },
  { what: "a name with a slash", name: "../x", says: ["name", "../x"] },
  { what: "a name with a blank", name: "a b", says: ["name", "a b"] },
  { what: "a name that is a number", name: 5, says: ["name", "5"] },
].map(({ what, name, says }) => ({
  what,
  call: configured({ cniVersion: "0.4.0", name }),
  code: 7,
  says,
  cniVersion: "0.4.0",
}));

const versions: readonly Failure[] = [
  {
    what: "version 9.9.9",
    call: configured({ cniVersion: "9.9.9" }),
    code: 1,
    says: ["9.9.9", "0.1.0", "1.1.0"],
  },
  { what: 'version "1.0"', call: configured({ cniVersion: "1.0" }), code: 1, says: ['"1.0"'] },
  { what: "version v1.0.0", call: configured({ cniVersion: "v1.0.0" }), code: 1, says: ["v1.0.0"] },
  {
    what: "a version that is a number",
    call: configured({ cniVersion: 1 }),
    code: 6,
    says: ["cniVersion", "1"],
  },
  {
    what: "CHECK in 0.3.1",
    call: { command: "CHECK", ...configured({ cniVersion: "0.3.1" }) },
    code: 1,
    says: ["CHECK", "0.3.1", "0.4.0"],
    cniVersion: "0.3.1",
  },
  {
    what: "CHECK without a version",
    call: { command: "CHECK", ...configured({ cniVersion: undefined }) },
    code: 1,
    says: ["CHECK", "0.1.0"],
    cniVersion: "0.1.0",
  },
  {
    what: "GC in 1.0.0",
    call: { command: "GC", ...configured({ cniVersion: "1.0.0" }) },
    code: 1,
    says: ["GC", "1.0.0", "1.1.0"],
    cniVersion: "1.0.0",
  },
  {
    what: "STATUS in 0.4.0",
    call: { command: "STATUS", ...configured({ cniVersion: "0.4.0" }) },
    code: 1,
    says: ["STATUS", "0.4.0", "1.1.0"],
    cniVersion: "0.4.0",
  },
];

const types = ["bridge", "host-local", "loopback", "macvlan", "ptp", "tap", "vlan"];
const needs = { plugins: types };

describeWith(needs, "failures of the executable", () => {
  test.each([...environment, ...documents, ...nameFaults, ...versions])(
    "$what: code $code",
    async ({ call, code, says, cniVersion = "1.1.0" }) => {
      const node = await startNode();
      await node.addNamespace("one");
      const before = await node.snapshot();
      for (const type of types) {
        const good = { type, command: "ADD", config: bridgeNetwork(), netns: "one" };
        const { exitCode, stderr, json } = await node.plugin({ ...good, ...call, type });
        expect({ type, exitCode, stderr, json }).toMatchObject({
          type,
          exitCode: 1,
          stderr: "",
          json: { cniVersion, code },
        });
        for (const words of says) expect(`${json?.msg} ${json?.details}`).toContain(words);
        expect(Object.keys(json ?? {}).filter((key) => key !== "details")).toEqual([
          "cniVersion",
          "code",
          "msg",
        ]);
      }
      expect(diff(before, await node.snapshot())).toEqual([]);
    },
  );

  test.each([
    ["nothing", "", 0],
    ["no JSON", "{", 6],
    ["an unknown version", '{"cniVersion":"9.9.9"}', 0],
    ["an array", "[]", 0],
  ])("VERSION with %s", async (_what, config, code) => {
    const node = await startNode();
    for (const type of types) {
      const { exitCode, stderr, json } = await node.plugin({ type, command: "VERSION", config });
      expect({ exitCode, stderr, code: json?.code ?? 0 }).toEqual({
        exitCode: code === 0 ? 0 : 1,
        stderr: "",
        code,
      });
      expect(json?.cniVersion).toBe("1.1.0");
    }
  });

  test("an earlier fault is told first: command, variables, JSON, name, version", async () => {
    const node = await startNode();
    const faults: [Partial<PluginCall>, number, string][] = [
      [{ command: "FROB", ...without("CNI_NETNS"), config: "{" }, 4, "CNI_COMMAND"],
      [{ ...without("CNI_NETNS"), config: "{" }, 4, "CNI_NETNS"],
      [{ config: "{" }, 6, "JSON"],
      [{ config: { cniVersion: "9.9.9" } }, 7, "name"],
      [{ config: { cniVersion: "9.9.9", name: "net" } }, 1, "version"],
    ];
    for (const [call, code, words] of faults) {
      const ended = await node.plugin({ type: "bridge", command: "ADD", config: {}, netns: "one", ...call });
      expect(ended.json).toMatchObject({ code, msg: expect.stringContaining(words) });
    }
  });

  test("an error speaks the version of the configuration, whatever the case of its keys", async () => {
    const node = await startNode();
    for (const cniVersion of ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]) {
      const { cniVersion: _, ...rest } = bridgeNetwork({ ipam: hostLocal(four) });
      const config = { ...rest, CNIVERSION: cniVersion };
      const ended = await node.plugin({ type: "bridge", command: "ADD", config, netns: "/nowhere" });
      expect(ended.json).toMatchObject({ cniVersion, code: 4, msg: expect.stringContaining("/nowhere") });
    }
  });
});
