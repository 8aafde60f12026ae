import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { messageFlags, type Message } from "../message.ts";
import { addAddressTo, movableAddresses, removeAddressFrom, type MovableAddress } from "./address-move.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";

function golden(name: string): Message {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

function moved(name: string): MovableAddress {
  const [address] = movableAddresses([golden(name)], 10);
  if (address === undefined) throw new Error(`${name} is not movable`);
  return address;
}

const places = { from: { index: 10, name: "br0" }, to: { index: 12, name: "br7" } };

/** The entry with some bytes of its header changed. */
function changed(name: string, bytes: Readonly<Record<number, number>>): Message {
  const message = golden(name);
  const body = message.body.slice();
  for (const [at, byte] of Object.entries(bytes)) body[Number(at)] = byte;
  return { ...message, body };
}

describe("movableAddresses()", () => {
  test.each([
    { file: "address-inet", text: "10.1.0.4/16", family: 4 },
    { file: "address-inet-peer", text: "10.1.0.4/32", family: 4 },
    { file: "address-inet6", text: "2001:db8::4/64", family: 6 },
  ])("finds $text", ({ file, text, family }) => {
    expect(movableAddresses([golden(file)], 10)).toEqual([
      expect.objectContaining({ text, family, isDuplicate: false }),
    ]);
    expect(movableAddresses([golden(file)], 11)).toEqual([]);
  });

  test("leaves IPv6 addresses of the link, not IPv4 ones", () => {
    const scopeLink = { 3: 253 };
    expect(movableAddresses([changed("address-inet6", scopeLink)], 10)).toEqual([]);
    expect(movableAddresses([changed("address-inet", scopeLink)], 10)).toHaveLength(1);
  });

  test("tells a duplicate", () => {
    const message = golden("address-inet6-plain");
    const body = message.body.slice();
    const flagsAt = body.length - 4;
    body[flagsAt] = 0x88; // IFA_F_DADFAILED
    expect(movableAddresses([{ ...message, body }], 10)).toMatchObject([{ isDuplicate: true }]);
  });
});

describe("addAddressTo()", () => {
  test("keeps everything of an IPv4 address but the interface, with a label of its own", () => {
    const { flags: _flags, header: _header, "8": _states, ...kept } = layOut(golden("address-label"));
    const [request, ...others] = addAddressTo(moved("address-label"), places);
    expect(others).toEqual([]);
    expect(request && layOut(request)).toEqual({
      ...kept,
      flags: `0x${(messageFlags.create | messageFlags.exclusive).toString(16)}`,
      header: "021000000c000000",
      "8": "00000000",
    });
  });

  test("names an address after its new interface that was named after the old one", () => {
    const [request] = addAddressTo(moved("address-inet"), places);
    expect(request && layOut(request)["3"]).toBe(Buffer.from("br7\0").toString("hex"));
  });

  test("adds an IPv6 address without duplicate address detection, and takes that flag back", () => {
    const requests = addAddressTo(moved("address-inet6-plain"), places);
    expect(requests.map((request) => layOut(request)["8"])).toEqual(["02020000", "00020000"]);
    expect(requests.map(({ flags }) => flags)).toEqual([
      messageFlags.create | messageFlags.exclusive,
      messageFlags.replace,
    ]);
  });

  test("leaves the flag to an address that had it", () => {
    const requests = addAddressTo(moved("address-inet6"), places);
    expect(requests.map((request) => layOut(request)["8"])).toEqual(["02000000"]);
  });
});

test("removeAddressFrom() names address, peer and length", () => {
  const request = removeAddressFrom(moved("address-inet-peer"), places.from);
  expect(layOut(request)).toEqual({
    type: "21",
    flags: "0x0",
    header: "022000000a000000",
    "1": "0a010005",
    "2": "0a010004",
  });
});
