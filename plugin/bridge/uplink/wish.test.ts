import { describe, expect, test } from "@jest/globals";
import { readUplinkWish, uplinkContradiction, type UplinkContext } from "./wish.ts";

const keys: UplinkContext = {
  uplink: "eth1",
  uplinkMode: undefined,
  uplinkAddress: undefined,
  isGateway: false,
  bridge: "br0",
  vlan: undefined,
  hasTrunk: false,
};

const subinterface = { ...keys, uplinkMode: "subinterface", vlan: 10 } as const;

describe("readUplinkWish()", () => {
  test.each([
    { what: "nothing", keys: { ...keys, uplink: undefined }, wish: undefined },
    {
      what: "the interface itself",
      keys,
      wish: { name: "eth1", port: "eth1", subinterfaceVlan: undefined, movesAddresses: false },
    },
    {
      what: "the interface as a trunk, with its addresses",
      keys: { ...keys, uplinkMode: "trunk", vlan: 10, uplinkAddress: "move" } as const,
      wish: { name: "eth1", port: "eth1", subinterfaceVlan: undefined, movesAddresses: true },
    },
    {
      what: "its sub-interface",
      keys: subinterface,
      wish: { name: "eth1", port: "eth1.10", subinterfaceVlan: 10, movesAddresses: false },
    },
  ])("reads $what", ({ keys: given, wish }) => {
    expect(uplinkContradiction(given)).toBeUndefined();
    expect(readUplinkWish(given)).toEqual(wish);
  });
});

describe("uplinkContradiction()", () => {
  test.each<{ keys: UplinkContext; says: RegExp }>([
    { keys: { ...keys, uplink: undefined, uplinkMode: "trunk" }, says: /"uplinkMode" without "uplink"/ },
    { keys: { ...keys, uplink: undefined, uplinkAddress: "move" }, says: /"uplinkAddress" without/ },
    { keys: { ...keys, uplink: "br0" }, says: /both "br0"/ },
    { keys: { ...subinterface, vlan: undefined }, says: /without "vlan"/ },
    { keys: { ...subinterface, hasTrunk: true }, says: /"vlanTrunk"/ },
    { keys: { ...subinterface, uplink: "enp175s0f1np1", vlan: 100 }, says: /enp175s0f1np1\.100.*too long/ },
    { keys: { ...keys, uplinkAddress: "move", isGateway: true }, says: /"isGateway"/ },
    { keys: { ...subinterface, uplinkAddress: "move", isGateway: true }, says: /"isGateway"/ },
  ])("says $says", ({ keys: given, says }) => {
    const fault = uplinkContradiction(given);
    expect(fault?.message).toMatch(says);
    expect(fault?.mend).not.toBe("");
  });

  test("lets the gateway of a VLAN be beside the host's addresses", () => {
    expect(
      uplinkContradiction({ ...keys, uplinkAddress: "move", isGateway: true, vlan: 10 }),
    ).toBeUndefined();
  });
});
