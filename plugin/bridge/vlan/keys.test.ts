import { describe, expect, test } from "@jest/globals";
import { object, SchemaFault } from "../../../cni/schema.ts";
import { gatewayNameFault, usesVlans, vlanKeys } from "./keys.ts";

const read = (json: object) => object(vlanKeys)(json, "");

describe("the keys", () => {
  test.each([
    { json: {}, vlan: undefined, vlanTrunk: undefined, uses: false },
    { json: { vlan: 0 }, vlan: undefined, vlanTrunk: undefined, uses: false },
    { json: { vlan: null, vlanTrunk: null }, vlan: undefined, vlanTrunk: undefined, uses: false },
    { json: { vlan: 1 }, vlan: 1, vlanTrunk: undefined, uses: true },
    { json: { VLAN: 4094 }, vlan: 4094, vlanTrunk: undefined, uses: true },
    { json: { vlanTrunk: [] }, vlan: undefined, vlanTrunk: [], uses: true },
    {
      json: { vlan: 100, vlanTrunk: [{ minid: 200, MAXID: 210 }, { id: 101 }] },
      vlan: 100,
      vlanTrunk: [
        { first: 101, last: 101 },
        { first: 200, last: 210 },
      ],
      uses: true,
    },
    {
      json: { vlanTrunk: [{ id: 205 }, { minID: 200, maxID: 210 }, { id: 101, minID: 203, maxID: 207 }] },
      vlan: undefined,
      vlanTrunk: [
        { first: 101, last: 101 },
        { first: 200, last: 210 },
      ],
      uses: true,
    },
    { json: { vlanTrunk: [{ minID: 1, maxID: 4094 }] }, vlan: undefined, vlanTrunk: [all()], uses: true },
  ])("$json", ({ json, vlan, vlanTrunk, uses }) => {
    const keys = read(json);
    expect(keys).toEqual({ vlan, vlanTrunk, preserveDefaultVlan: false });
    expect(usesVlans(keys)).toBe(uses);
  });

  test.each([
    { vlan: 4095, says: '"vlan" is 4095: invalid VLAN ID 4095 (must be between 0 and 4094)' },
    { vlan: "x", says: '"vlan" is "x": invalid VLAN ID (must be between 0 and 4094)' },
    { vlan: [10], says: '"vlan" is [10]: invalid VLAN ID (must be between 0 and 4094)' },
  ])("$vlan is no VLAN", ({ vlan, says }) => {
    expect(() => read({ vlan })).toThrow(says);
  });

  test("what is wrong with several items is told at once", () => {
    const json = { vlanTrunk: [{ id: 0 }, { id: 1 }, { minID: 2 }] };
    expect(() => read(json)).toThrow(SchemaFault);
    expect(() => read(json)).toThrow(/vlanTrunk\[0\]\.id.*vlanTrunk\[2\].*maxID is missing/);
  });
});

function all() {
  return { first: 1, last: 4094 };
}

describe("gatewayNameFault()", () => {
  test.each([
    { bridge: "a".repeat(15), id: undefined },
    { bridge: "a".repeat(13), id: 9 },
    { bridge: "a".repeat(10), id: 4094 },
  ])("finds none for $bridge and $id", ({ bridge, id }) => {
    expect(gatewayNameFault(bridge, id)).toBeUndefined();
  });

  test.each([
    { bridge: "a".repeat(14), id: 9, room: 13 },
    { bridge: "ääääää", id: 100, room: 11 },
    { bridge: "a".repeat(11), id: 4094, room: 10 },
  ])("says how long $bridge may be for $id", ({ bridge, id, room }) => {
    const fault = gatewayNameFault(bridge, id);
    expect(fault?.message).toContain(`"${bridge}.${id}"`);
    expect(fault?.mend).toContain(`may have ${room} bytes`);
  });
});
