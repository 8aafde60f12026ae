import { describe, expect, test } from "@jest/globals";
import { formatAddress, InetError, parseAddress } from "./address.ts";
import {
  contains,
  everything,
  formatPrefix,
  lastAddress,
  networkAddress,
  networkOf,
  overlaps,
  parsePrefix,
  samePrefix,
} from "./prefix.ts";

describe("parsePrefix()", () => {
  test.each(["0.0.0.0/0", "10.1.0.4/16", "10.1.0.4/32", "::/0", "2001:db8::4/64", "2001:db8::4/128"])(
    "reads %s",
    (text) => {
      expect(formatPrefix(parsePrefix(text))).toBe(text);
    },
  );

  test.each([
    ["10.1.0.4", "is not an address with a prefix length"],
    ["10.1.0.4/", "is not an address with a prefix length"],
    ["10.1.0.4/016", "is not an address with a prefix length"],
    ["10.1.0.4/+16", "is not an address with a prefix length"],
    ["10.1.0.4/ 16", "is not an address with a prefix length"],
    ["10.1.0.4/16 ", "is not an address with a prefix length"],
    ["10.1.0.4/1e1", "is not an address with a prefix length"],
    ["10.1.0.4/-1", "is not an address with a prefix length"],
    ["10.1.0.4/16/16", "is not an address with a prefix length"],
    ["10.1.0.4/255.255.0.0", "is not an address with a prefix length"],
    ["10.1.0.4/33", "has a prefix length above 32"],
    ["2001:db8::4/129", "has a prefix length above 128"],
    ["::ffff:10.1.0.4/112", "has a prefix length above 32"],
    ["/16", "is not an IP address"],
    ["10.1/16", "is not an IP address"],
    ["fe80::1%eth0/64", "is not an IP address"],
  ])("refuses %j", (text, reason) => {
    expect(() => parsePrefix(text)).toThrow(InetError);
    expect(() => parsePrefix(text)).toThrow(reason);
  });
});

test.each([
  ["10.1.0.4/16", "10.1.0.0", "10.1.255.255"],
  ["10.1.0.4/0", "0.0.0.0", "255.255.255.255"],
  ["10.1.0.5/31", "10.1.0.4", "10.1.0.5"],
  ["10.1.0.4/32", "10.1.0.4", "10.1.0.4"],
  ["10.1.127.4/17", "10.1.0.0", "10.1.127.255"],
  ["2001:db8::4/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"],
  ["2001:db8::ff/121", "2001:db8::80", "2001:db8::ff"],
])("%s goes from %s to %s", (text, first, last) => {
  const prefix = parsePrefix(text);
  expect(formatAddress(networkAddress(prefix))).toBe(first);
  expect(formatAddress(lastAddress(prefix))).toBe(last);
  expect(formatPrefix(networkOf(prefix))).toBe(`${first}/${prefix.length}`);
});

test.each([
  ["10.1.0.0/16", "10.1.0.0", true],
  ["10.1.0.0/16", "10.1.255.255", true],
  ["10.1.0.0/16", "10.2.0.0", false],
  ["10.1.0.9/16", "10.1.7.7", true],
  ["0.0.0.0/0", "255.1.2.3", true],
  ["0.0.0.0/0", "::1", false],
  ["::/0", "10.1.0.4", false],
  ["10.1.0.4/32", "10.1.0.5", false],
  ["2001:db8::/33", "2001:db8:7fff::", true],
  ["2001:db8::/33", "2001:db8:8000::", false],
])("contains(%s, %s) is %s", (network, address, expected) => {
  expect(contains(parsePrefix(network), parseAddress(address))).toBe(expected);
});

test.each([
  ["10.1.0.0/16", "10.1.0.0/16", true],
  ["10.1.0.0/16", "10.1.128.0/17", true],
  ["10.1.0.0/16", "10.1.0.4/32", true],
  ["10.1.0.0/16", "10.0.0.0/8", true],
  ["10.1.0.0/16", "10.2.0.0/16", false],
  ["10.1.0.0/17", "10.1.128.0/17", false],
  ["10.1.3.3/16", "10.1.4.4/24", true],
  ["0.0.0.0/0", "192.0.2.0/24", true],
  ["0.0.0.0/0", "::/0", false],
  ["2001:db8::/64", "2001:db8::/48", true],
  ["2001:db8::/64", "2001:db8:0:1::/64", false],
])("overlaps(%s, %s) is %s, either way round", (one, other, expected) => {
  expect(overlaps(parsePrefix(one), parsePrefix(other))).toBe(expected);
  expect(overlaps(parsePrefix(other), parsePrefix(one))).toBe(expected);
});

test.each([
  ["10.1.0.0/16", "10.1.0.0/16", true],
  ["10.1.0.0/16", "10.1.0.0/17", false],
  ["10.1.0.0/16", "10.1.0.1/16", false],
  ["0.0.0.0/0", "::/0", false],
])("samePrefix(%s, %s) is %s", (one, other, expected) => {
  expect(samePrefix(parsePrefix(one), parsePrefix(other))).toBe(expected);
});

test("everything() is the default route's destination", () => {
  expect([everything(4), everything(6)].map(formatPrefix)).toEqual(["0.0.0.0/0", "::/0"]);
});
