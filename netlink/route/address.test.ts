import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { formatPrefix, parsePrefix } from "../../inet/prefix.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import {
  addAddress,
  decodeInterfaceAddress,
  interfaceAddressFlags,
  listAddresses,
  removeAddress,
} from "./address.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";

function golden(name: string): Message {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

describe("decodeInterfaceAddress()", () => {
  test.each([
    { file: "address-inet", prefix: "10.1.0.4/16", set: 0 },
    // The peer's address is in IFA_ADDRESS, the own one in IFA_LOCAL.
    { file: "address-inet-peer", prefix: "10.1.0.4/32", set: 0 },
    { file: "address-inet6", prefix: "2001:db8::4/64", set: interfaceAddressFlags.noDad },
  ])("reads $file", ({ file, prefix, set }) => {
    const address = decodeInterfaceAddress(golden(file));
    expect(address).toMatchObject({ index: 10, scope: 0 });
    expect(address && formatPrefix(address.prefix)).toBe(prefix);
    expect((address?.flags ?? 0) & (interfaceAddressFlags.noDad | interfaceAddressFlags.tentative)).toBe(set);
  });

  test("passes over an entry without an address", () => {
    const message = { type: 20, flags: 0, sequence: 0, body: new Uint8Array(8) };
    expect(decodeInterfaceAddress(message)).toBeUndefined();
  });
});

const on = (prefix: string) => ({ index: 10, interfaceName: "br0", prefix: parsePrefix(prefix) });

/** Requests beside the recorded ones of ip(8); `ours` is where we differ by intent. */
const requests: { file: string; request: Request; ours?: Record<string, string> }[] = [
  { file: "add-address-inet", request: addAddress({ ...on("10.1.0.4/16"), duplicateDetection: false }) },
  {
    file: "add-address-noprefixroute",
    request: addAddress({ ...on("10.1.0.4/16"), duplicateDetection: true, prefixRoute: false }),
  },
  {
    file: "add-address-inet6",
    request: addAddress({ ...on("2001:db8::4/64"), duplicateDetection: false }),
    // IFA_FLAGS says the same as the header's byte.
    ours: { header: "0a4000000a000000", "8": "02000000" },
  },
  { file: "remove-address", request: removeAddress(on("10.1.0.4/16")) },
];

test.each(requests)("$request.purpose: says what ip(8) says in $file", ({ file, request, ours }) => {
  const flags = request.flags | messageFlags.request | messageFlags.acknowledge;
  expect(layOut({ ...request, flags })).toEqual({ ...layOut(golden(file)), ...ours });
});

test.each([
  { prefix: "10.1.0.4/30", duplicateDetection: true, broadcast: "0a010007", flags: undefined },
  { prefix: "10.1.0.4/31", duplicateDetection: true, broadcast: undefined, flags: undefined },
  { prefix: "10.1.0.4/32", duplicateDetection: false, broadcast: undefined, flags: undefined },
  { prefix: "2001:db8::4/64", duplicateDetection: true, broadcast: undefined, flags: undefined },
  { prefix: "2001:db8::4/64", duplicateDetection: false, broadcast: undefined, flags: "02000000" },
])("addAddress() of $prefix, duplicate detection $duplicateDetection", (given) => {
  const { "4": broadcast, "8": flags } = layOut(
    addAddress({ ...on(given.prefix), duplicateDetection: given.duplicateDetection }),
  );
  expect({ broadcast, flags }).toEqual({ broadcast: given.broadcast, flags: given.flags });
});

test("addAddress() without duplicate detection and without a route says both in one attribute", () => {
  const options = { duplicateDetection: false, prefixRoute: false };
  expect(layOut(addAddress({ ...on("2001:db8::4/64"), ...options }))["8"]).toBe("02020000");
});

test("listAddresses() filters by link in the kernel, whatever the family", () => {
  expect(layOut(listAddresses({ index: 10 }))).toEqual({
    type: "22",
    flags: "0x0",
    header: "000000000a000000",
  });
});
