import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseMac } from "../../inet/mac.ts";
import { messageFlags } from "../message.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";
import { decodeLink } from "./link.ts";
import { createVlanLink, vlanIdOf } from "./vlan-link.ts";

function golden(name: string) {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

const text = (value: string) => Buffer.from(`${value}\0`).toString("hex");

describe("createVlanLink()", () => {
  test("says what ip(8) says", () => {
    const request = createVlanLink({ name: "br0.10", lower: 10, id: 10, isUp: true, mtu: 1400 });
    const flags = request.flags | messageFlags.request | messageFlags.acknowledge;
    expect(layOut({ ...request, flags })).toEqual({
      ...layOut(golden("create-vlan-link")),
      "18/1": text("vlan"),
    });
    expect(request.purpose).toBe('create "br0.10" for VLAN 10');
  });

  test("puts it into a namespace, down, with a MAC address", () => {
    const mac = parseMac("02:00:00:00:00:09");
    const link = { name: "eth0", lower: 3, id: 4094, isUp: false, mac, namespaceDescriptor: 7 };
    expect(layOut(createVlanLink(link))).toMatchObject({
      header: "00".repeat(16),
      "1": "020000000009",
      "5": "03000000",
      "28": "07000000",
      "18/2/1": "fe0f",
      "18/2/5": "8100",
    });
  });
});

describe("vlanIdOf()", () => {
  const ofVlan = (data: string) => ({
    index: 12,
    flags: 0,
    linkInfo: { kind: "vlan", data: new Uint8Array(Buffer.from(data, "hex")) },
  });
  const id = "060001000a000000";

  test.each([
    { what: "of 802.1Q", data: `${id}0600050081000000`, found: 10 },
    { what: "with flags beside", data: `0c00020001000000ffffffff${id}0600050081000000`, found: 10 },
    { what: "of 802.1ad", data: `${id}0600050088a80000`, found: undefined },
    { what: "without data", data: "", found: undefined },
  ])("of an interface $what", ({ data, found }) => {
    expect(vlanIdOf(ofVlan(data))).toBe(found);
  });

  test("of a link of another kind", () => {
    expect(vlanIdOf(decodeLink(golden("link-bridge")))).toBeUndefined();
  });
});
