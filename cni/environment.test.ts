import { describe, expect, test } from "@jest/globals";
import { commands, nameFault, readCommand, readParameters, type Command } from "./environment.ts";

const full = {
  CNI_CONTAINERID: "c-1",
  CNI_NETNS: "/run/netns/c1",
  CNI_IFNAME: "eth0",
  CNI_ARGS: "IgnoreUnknown=1",
  CNI_PATH: "/opt/cni/bin::/usr/lib/cni",
};

describe("readCommand()", () => {
  test.each(commands)("reads %s", (command) => {
    expect(readCommand({ CNI_COMMAND: command })).toBe(command);
  });

  test.each(["add", "ADD ", "REMOVE", ""])("refuses %j", (value) => {
    expect(() => readCommand({ CNI_COMMAND: value })).toThrow(
      expect.objectContaining({
        code: 4,
        message: `unknown CNI_COMMAND: ${value}`,
        details: "CNI_COMMAND must be one of ADD, CHECK, DEL, GC, STATUS, VERSION",
      }),
    );
  });
});

describe("readParameters()", () => {
  test.each(commands)("reads all parameters of %s", (command) => {
    expect(readParameters(command, full)).toEqual({
      command,
      containerId: "c-1",
      netns: "/run/netns/c1",
      ifname: "eth0",
      args: "IgnoreUnknown=1",
      path: ["/opt/cni/bin", "/usr/lib/cni"],
    });
  });

  const [cid, netns, ifname] = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"];
  test.each<[Command, string[]]>([
    ["ADD", [cid]],
    ["ADD", [netns]],
    ["ADD", [ifname]],
    ["ADD", [cid, netns]],
    ["ADD", [cid, ifname]],
    ["ADD", [netns, ifname]],
    ["ADD", [cid, netns, ifname]],
    ["CHECK", [netns]],
    ["CHECK", [cid, netns, ifname]],
    ["DEL", [cid]],
    ["DEL", [cid, ifname]],
  ])("%s names all of the missing %j", (command, missing) => {
    const fault = expect.objectContaining({
      code: 4,
      message: `required env variables [${missing.join(",")}] missing`,
      details: expect.stringContaining(`CNI_COMMAND ${command} needs`),
    });
    const unset = Object.fromEntries(missing.map((name) => [name, undefined]));
    const empty = Object.fromEntries(missing.map((name) => [name, ""]));
    expect(() => readParameters(command, { ...full, ...unset })).toThrow(fault);
    expect(() => readParameters(command, { ...full, ...empty })).toThrow(fault);
  });

  test.each<[Command, object]>([
    ["DEL", { CNI_NETNS: "" }],
    ["GC", { CNI_CONTAINERID: "", CNI_NETNS: "", CNI_IFNAME: "" }],
    ["STATUS", { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined }],
    ["GC", { CNI_CONTAINERID: "../x", CNI_IFNAME: "a/b" }],
    ["ADD", { CNI_ARGS: undefined, CNI_PATH: undefined }],
  ])("%s does without %j", (command, changes) => {
    expect(readParameters(command, { ...full, ...changes }).command).toBe(command);
  });

  test.each([
    ["CNI_CONTAINERID", "../etc", 'invalid CNI_CONTAINERID: "../etc" must start with a letter or digit'],
    ["CNI_CONTAINERID", "a b", 'invalid CNI_CONTAINERID: "a b" must start with'],
    ["CNI_CONTAINERID", "-x", 'invalid CNI_CONTAINERID: "-x" must start with'],
    ["CNI_IFNAME", "a/b", 'invalid CNI_IFNAME: "a/b" contains a slash'],
    ["CNI_IFNAME", "..", 'invalid CNI_IFNAME: ".." is a folder'],
    ["CNI_IFNAME", "sixteen-bytes-16", 'invalid CNI_IFNAME: "sixteen-bytes-16" is longer than 15 bytes'],
  ])("refuses an invalid %s %j", (name, value, message) => {
    for (const command of ["ADD", "CHECK", "DEL"] as const) {
      expect(() => readParameters(command, { ...full, [name]: value })).toThrow(
        expect.objectContaining({ code: 4, message: expect.stringContaining(message), details: value }),
      );
    }
  });

  test("reports an invalid variable before a missing one", () => {
    expect(() => readParameters("ADD", { ...full, CNI_NETNS: "", CNI_IFNAME: "a:b" })).toThrow(
      "invalid CNI_IFNAME",
    );
  });
});

test.each([
  ["a", true],
  ["9", true],
  ["Net_1.2-x", true],
  ["", false],
  [".", false],
  ["_a", false],
  ["a/b", false],
  ["a\n", false],
  ["é", false],
])("nameFault() accepts %j: %p", (name, accepted) => {
  expect(nameFault(name) === undefined).toBe(accepted);
});
