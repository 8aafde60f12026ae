import { expect, test } from "@jest/globals";
import { isTaken } from "./taken-master.ts";

test.each(["bridge", "bond", "team", "openvswitch", undefined])(
  "isTaken() by a master of kind %s",
  (slaveKind) => {
    expect(isTaken({ master: 3, linkInfo: { kind: "veth", slaveKind } })).toBe(true);
  },
);

test("isTaken() not by a VRF, whatever kind of interface it has", () => {
  expect(isTaken({ master: 3, linkInfo: { kind: "veth", slaveKind: "vrf" } })).toBe(false);
  expect(isTaken({ master: 3, linkInfo: { slaveKind: "vrf" } })).toBe(false);
});

test("isTaken() not without a master", () => {
  expect(isTaken({ linkInfo: { kind: "veth" } })).toBe(false);
  expect(isTaken({})).toBe(false);
});
