import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { formatMac } from "../../inet/mac.ts";
import { encodeAttributes } from "../attributes.ts";
import { binary, u16, u32 } from "../payload.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";
import { decodeForwarding, listForwarding } from "./neighbour.ts";

function golden(name: string) {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

test.each([
  ["forwarding-learned", { mac: "02:00:00:00:00:03", bridge: 10, vlan: undefined, isLearned: true }],
  ["forwarding-static", { mac: "02:00:00:00:00:07", bridge: 10, vlan: undefined, isLearned: false }],
])("decodeForwarding() reads %s", (file, expected) => {
  const entry = decodeForwarding(golden(file));
  expect(entry && { ...entry, mac: formatMac(entry.mac), port: undefined }).toEqual({
    ...expected,
    port: undefined,
  });
  expect(entry?.port).toBeGreaterThan(0);
});

test("decodeForwarding() passes over what a device keeps for itself", () => {
  expect(decodeForwarding(golden("forwarding-self"))).toBeUndefined();
});

/** As the kernel sends it where a bridge filters by VLAN, which not every kernel can. */
test("decodeForwarding() reads the VLAN", () => {
  const learned = golden("forwarding-learned");
  const table = { linkAddress: [2, binary], vlan: [5, u16], master: [9, u32] } as const;
  const attributes = encodeAttributes(table, { linkAddress: new Uint8Array(6), vlan: 20, master: 10 });
  const body = new Uint8Array([...learned.body.subarray(0, 12), ...attributes]);
  expect(decodeForwarding({ ...learned, body })).toMatchObject({ vlan: 20, isLearned: true });
});

test("listForwarding() says what bridge(8) says", () => {
  const { type, header } = layOut(golden("list-forwarding"));
  expect(layOut(listForwarding())).toEqual({ type, header, flags: "0x0" });
});
