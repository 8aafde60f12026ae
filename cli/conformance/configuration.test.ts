import { describe, expect, test } from "@jest/globals";
import { configurationFor, delegateOf } from "./configuration.ts";

const bridge = { type: "bridge", ipam: { type: "host-local" } };

describe("configurationFor()", () => {
  test.each([
    ["the plugin's own", "bridge", bridge, bridge],
    ["one that delegates to it", "host-local", bridge, bridge],
    ["one without a type", "mine", { key: 1 }, { key: 1 }],
    ["a list", "bridge", { name: "n", plugins: [{ type: "x" }, bridge] }, { ...bridge, name: "n" }],
  ])("takes %s", (_what, type, given, expected) => {
    expect(configurationFor(type, given)).toEqual(expected);
  });

  test.each([
    [{ type: "ptp" }, 'neither "type" ("ptp") nor "ipam.type" is "bridge"'],
    [{ plugins: [{ type: "ptp" }] }, 'none of the list\'s "plugins" has the type or the ipam.type "bridge"'],
    [{ plugins: {} }, 'none of the list\'s "plugins"'],
  ])("%j is about another plugin", (given, message) => {
    expect(() => configurationFor("bridge", given)).toThrow(message);
  });
});

test("delegateOf() names the other executable", () => {
  expect(delegateOf("bridge", bridge)).toBe("host-local");
  expect(delegateOf("host-local", bridge)).toBeUndefined();
  expect(delegateOf("bridge", { type: "bridge", ipam: {} })).toBeUndefined();
});
