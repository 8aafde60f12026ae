import { describe, expect, test } from "@jest/globals";
import { lackOf, needsOf } from "./needs.ts";
import { configurationOf } from "./subject.ts";

describe("needsOf()", () => {
  test.each([
    { type: "bridge", keys: undefined, needs: [] },
    { type: "bridge", keys: { vlan: 0 }, needs: [] },
    { type: "bridge", keys: { vlan: 10 }, needs: ["vlan filtering"] },
    { type: "trestle", keys: { vlanTrunk: [] }, needs: ["vlan filtering"] },
    { type: "bridge", keys: { vlan: 10, uplink: "uplink0", uplinkMode: "subinterface" }, needs: ["802.1Q"] },
    { type: "tap", keys: { bridge: "br0", vlan: 10 }, needs: ["tap", "vlan filtering"] },
    { type: "tap", keys: undefined, needs: ["tap"] },
    { type: "vlan", keys: undefined, needs: ["802.1Q"] },
    { type: "macvlan", keys: undefined, needs: ["macvlan"] },
    { type: "ptp", keys: undefined, needs: [] },
    // The main plugin's, where an IPAM plugin is judged.
    { type: "host-local", keys: { type: "macvlan" }, needs: ["macvlan"] },
    // Somebody's own key.
    { type: "my-plugin", keys: { vlan: 10 }, needs: [] },
    { type: "constructor", keys: {}, needs: [] },
  ])("of $type with $keys are $needs", ({ type, keys, needs }) => {
    expect(needsOf({ configuration: configurationOf(type, keys) })).toEqual(needs);
  });
});

test("lackOf() has the reason of the first need that is not met", () => {
  const lacks = new Map([["802.1Q", "no 802.1Q"]] as const);
  expect(lackOf(["ping", "802.1Q"], lacks)).toBe("no 802.1Q");
  expect(lackOf(["ping"], lacks)).toBeUndefined();
  expect(lackOf([], lacks)).toBeUndefined();
});
