import { describe, expect, test } from "@jest/globals";
import { loadNetwork } from "./load-network.ts";
import { memoryFiles } from "./memory-outside.ts";

const folder = "/etc/cni/net.d";

function load(name: string, contents: Record<string, unknown>) {
  const texts = Object.entries(contents).map(([file, content]) => [
    `${folder}/${file}`,
    typeof content === "string" ? content : JSON.stringify(content),
  ]);
  return loadNetwork(memoryFiles(Object.fromEntries(texts)), { folder, name });
}

function conflist(name: string, type: string) {
  return { cniVersion: "1.0.0", name, plugins: [{ type }] };
}

function types(list: { readonly plugins: readonly { readonly type: string }[] }): string[] {
  return list.plugins.map(({ type }) => type);
}

describe("loadNetwork()", () => {
  test("takes the first list of the name, lists before single configurations", () => {
    const contents = {
      "00-old.conf": { name: "net", type: "single" },
      "20-late.conflist": conflist("net", "late"),
      "10-early.conflist": conflist("net", "early"),
      "05-other.conflist": conflist("other", "other"),
    };
    expect(load("net", contents)).toMatchObject({
      name: "net",
      path: `${folder}/10-early.conflist`,
      text: JSON.stringify(contents["10-early.conflist"]),
    });
    expect(types(load("net", contents))).toEqual(["early"]);
  });

  test.each(["10.conf", "10.json"])("takes the old single configuration %s for a list of one", (file) => {
    const single = {
      cniVersion: "0.4.0",
      name: "net",
      type: "bridge",
      capabilities: { mac: true, ips: false },
    };
    const list = load("net", { [file]: single, "99.conflist": conflist("other", "x") });
    expect(list).toMatchObject({
      cniVersion: "0.4.0",
      plugins: [{ type: "bridge", capabilities: ["mac"], json: single }],
    });
    expect(JSON.parse(list.text)).toEqual({ name: "net", cniVersion: "0.4.0", plugins: [single] });
  });

  test("adds plugins that are files of the network's folder after those of the list", () => {
    const files = {
      "net/20.conf": { type: "second" },
      "net/10.conf": { type: "first" },
      "net/30.json": { type: "no" },
      "net/deeper/10.conf": { type: "no" },
      "other/10.conf": { type: "no" },
    };
    expect(types(load("net", { "1.conflist": conflist("net", "own"), ...files }))).toEqual([
      "own",
      "first",
      "second",
    ]);
    const without = { cniVersion: "1.1.0", name: "net" };
    expect(types(load("net", { "1.conflist": without, ...files }))).toEqual(["first", "second"]);
    const only = { ...conflist("net", "own"), loadOnlyInlinedPlugins: "True" };
    expect(types(load("net", { "1.conflist": only, ...files }))).toEqual(["own"]);
  });

  test.each<[what: string, flag: unknown, expected: boolean]>([
    ["true", true, true],
    ["false", false, false],
    ['"true"', "true", true],
    ['"TRUE"', "TRUE", true],
    ['"False"', "False", false],
    ["nothing", undefined, false],
  ])("reads the flags, written as %s", (_what, flag, expected) => {
    const flags = { disableCheck: flag, disableGC: flag, loadOnlyInlinedPlugins: flag };
    expect(load("net", { "1.conflist": { ...conflist("net", "x"), ...flags } })).toMatchObject({
      disableCheck: expected,
      disableGc: expected,
      loadOnlyInlinedPlugins: expected,
    });
  });

  test("keys of a list count in their own spelling, those of its plugins in any, as in the Go library", () => {
    const spelled = { Name: "other", CNIVersion: "0.4.0", DisableGC: true, disablecheck: true };
    const plugins = [{ Type: "x", Capabilities: { mac: true } }];
    const list = load("net", { "1.conflist": { ...conflist("net", ""), ...spelled, plugins } });
    expect(list).toMatchObject({ cniVersion: "1.0.0", disableCheck: false, disableGc: false });
    expect(list.plugins).toMatchObject([{ type: "x", capabilities: ["mac"] }]);
    expect(() => load("net", { "1.conflist": { Name: "net", plugins } })).toThrow('"name" is missing');
  });

  const broken: [what: string, content: unknown, code: number, message: string][] = [
    ["empty", "", 6, "the file is empty"],
    ["no JSON", "{", 6, "cannot decode"],
    ["an array", "[]", 6, "not an object"],
    ["without a name", { plugins: [{ type: "x" }] }, 7, '"name" is missing'],
    [
      "with a name that is no text",
      { name: 5, plugins: [{ type: "x" }] },
      7,
      '"name" is 5: must be a string',
    ],
    [
      "with a flag that is null",
      { ...conflist("a", "x"), disableGC: null },
      7,
      '"disableGC" is null: leave it out',
    ],
    ["with plugins that are null", { name: "a", plugins: null }, 7, '"plugins" is null: leave it out'],
    ["with plugins that are no array", { name: "a", plugins: {} }, 7, '"plugins" is {}: must be an array'],
    ["with no plugin", { name: "a", plugins: [] }, 7, '"plugins" is []: must have at least one plugin'],
    ["with nothing but a name", { name: "a" }, 7, "no plugins"],
    [
      "with only inlined plugins and none",
      { name: "a", loadOnlyInlinedPlugins: true },
      7,
      '"plugins" is missing',
    ],
    [
      "with a plugin without type",
      { name: "a", plugins: [{ type: "x" }, {}] },
      7,
      '"plugins[1].type" is missing',
    ],
    ["with an empty type", { name: "a", plugins: [{ type: "" }] }, 7, '"plugins[0].type" is "": must be'],
    [
      "with a plugin that is text",
      { name: "a", plugins: ["x"] },
      7,
      '"plugins[0]" is "x": must be an object',
    ],
    [
      "with a capability that is text",
      { name: "a", plugins: [{ type: "x", capabilities: { mac: "yes" } }] },
      7,
      '"plugins[0].capabilities.mac" is "yes": must be true or false',
    ],
    [
      "with a flag that is a number",
      { ...conflist("a", "x"), disableGC: 1 },
      7,
      '"disableGC" is 1: must be true or false',
    ],
    [
      "with a flag that is another word",
      { ...conflist("a", "x"), disableCheck: "yes" },
      7,
      '"disableCheck" is "yes"',
    ],
    [
      "with versions that are none",
      { ...conflist("a", "x"), cniVersions: ["1.0.0", "1.x"] },
      6,
      '"cniVersions[1]" is "1.x"',
    ],
    [
      "with a version that is a number",
      { ...conflist("a", "x"), cniVersion: 1 },
      7,
      '"cniVersion" is 1: must be a string',
    ],
  ];

  test.each(broken)("a list that is %s ends the search with its path", (_what, content, code, message) => {
    const contents = { "10.conflist": content, "20.conflist": conflist("net", "x") };
    expect(() => load("net", contents)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
    expect(() => load("net", contents)).toThrow(`${folder}/10.conflist`);
    expect(types(load("net", { "10.conflist": conflist("net", "x"), "20.conflist": content }))).toEqual([
      "x",
    ]);
  });

  test("so does a plugin's file, of whatever network", () => {
    const contents = {
      "10.conflist": conflist("a", "x"),
      "a/5.conf": { tpe: "x" },
      "20.conflist": conflist("net", "x"),
    };
    expect(() => load("net", contents)).toThrow(
      `${folder}/a/5.conf: invalid network configuration: "type" is missing`,
    );
  });

  test("a network whose name cannot be is in nobody's way, and leads to no folder", () => {
    const contents = { "10.conflist": conflist("../net.d", "x"), "20.conflist": conflist("net", "y") };
    expect(types(load("net", contents))).toEqual(["y"]);
    expect(() => load("../net.d", contents)).toThrow(expect.objectContaining({ code: 7 }));
  });

  test("a network that is not there is told with those that are", () => {
    const contents = { "1.conflist": conflist("a", "x"), "2.conf": { name: "b", type: "x" } };
    expect(() => load("net", contents)).toThrow(
      expect.objectContaining({
        code: 7,
        message: `no network "net" in ${folder}`,
        details: "networks there: a, b",
      }),
    );
    expect(() => load("net", { "note.txt": "" })).toThrow(
      expect.objectContaining({ details: "there is no network at all" }),
    );
    expect(() => load("net", {})).toThrow(expect.objectContaining({ details: "there is no such folder" }));
  });

  test("networks that nobody can ask for are not told", () => {
    const unnamed = { "1.conf": { type: "x" }, "2.conf": { name: "a\u001b[31m", type: "x" } };
    expect(() => load("net", { ...unnamed, "3.conf": { name: "b", type: "x" } })).toThrow(
      expect.objectContaining({ details: "networks there: b" }),
    );
    expect(() => load("net", unnamed)).toThrow(
      expect.objectContaining({ details: "there is no network at all" }),
    );
  });

  test("a list in a file for a single configuration is told what it should be called", () => {
    expect(() => load("net", { "1.conf": conflist("net", "x") })).toThrow(
      expect.objectContaining({
        code: 7,
        message: `${folder}/1.conf: "type" is missing: this is a list ("plugins")`,
        details: "rename it to end in .conflist",
      }),
    );
  });
});
