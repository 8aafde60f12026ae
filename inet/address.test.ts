import { describe, expect, test } from "@jest/globals";
import {
  addressFromBytes,
  compareAddresses,
  formatAddress,
  InetError,
  neighbour,
  parseAddress,
  sameAddress,
} from "./address.ts";

describe("parseAddress()", () => {
  test.each([
    ["10.1.0.4", "10.1.0.4"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["2001:DB8::000A", "2001:db8::a"],
    ["64:ff9b::10.1.0.4", "64:ff9b::a01:4"],
    ["1:2:3:4:5:6:10.1.0.4", "1:2:3:4:5:6:a01:4"],
    // IPv4-compatible addresses are deprecated but not IPv4: RFC 4291 section 2.5.5.1
    ["::10.1.0.4", "::a01:4"],
    // IPv4-mapped ones are: RFC 4291 section 2.5.5.2
    ["::ffff:10.1.0.4", "10.1.0.4"],
    ["::FFFF:a01:4", "10.1.0.4"],
    ["0:0:0:0:0:ffff:10.1.0.4", "10.1.0.4"],
  ])("reads %j", (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  test.each([
    "",
    " ",
    "10.1",
    "10.1.0",
    "10.1.0.4.5",
    "10.1.0.",
    ".10.1.0.4",
    "10..1.4",
    "010.1.0.4",
    "10.01.0.4",
    "10.1.0.00",
    "0x0a.1.0.4",
    "1e1.1.0.4",
    "+10.1.0.4",
    "-1.1.0.4",
    "10.1.0.256",
    "10.1.0.4 ",
    " 10.1.0.4",
    "10.1.0.4\n",
    "10.1.0.4\0",
    "10.1.0.4/16",
    "167837700",
    "١٠.1.0.4",
    ":",
    ":::",
    ":1",
    "1:",
    "1",
    "::1:",
    ":1::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "00001::",
    "12345::",
    "::g",
    "::-1",
    "::0x1",
    ":: 1",
    "::1\n",
    "[::1]",
    "fe80::1%eth0",
    "fe80::1%2",
    "::ffff:10.1",
    "::ffff:010.1.0.4",
    "::ffff:0x0a.1.0.4",
    "::ffff:10.1.0.256",
    "10.1.0.4::",
    "::10.1.0.4:1",
    "1:2:3:4:5:6:7:10.1.0.4",
  ])("refuses %j", (text) => {
    expect(() => parseAddress(text)).toThrow(new InetError(`"${text}" is not an IP address`));
  });
});

describe("formatAddress()", () => {
  test.each([
    // RFC 5952 sections 4.1 to 4.3
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["0:0:1:2:3:4:0:0", "::1:2:3:4:0:0"],
    ["1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"],
    ["2001:DB8:ABCD::", "2001:db8:abcd::"],
  ])("writes %s as %s", (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  test("keeps the dots of a mapped address that came from the kernel", () => {
    const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 0, 4);
    expect(formatAddress({ family: 6, bytes })).toBe("::ffff:10.1.0.4");
  });

  test("is read back as the same address", () => {
    let seed = 5952;
    const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
    for (let round = 0; round < 2000; round++) {
      // Many zeros, so that runs of every place and length occur.
      const bytes = new Uint8Array(round % 4 === 0 ? 4 : 16).map(() => (random() % 3 === 0 ? random() : 0));
      const address = addressFromBytes(bytes);
      expect(parseAddress(formatAddress(address))).toEqual(address);
    }
  });
});

test.each([0, 3, 5, 15, 17])("addressFromBytes() refuses %d bytes", (length) => {
  expect(() => addressFromBytes(new Uint8Array(length))).toThrow(InetError);
});

test("addressFromBytes() keeps bytes of its own", () => {
  const bytes = Uint8Array.of(10, 1, 0, 4);
  const address = addressFromBytes(bytes);
  bytes[3] = 5;
  expect(formatAddress(address)).toBe("10.1.0.4");
});

test("compareAddresses() sorts IPv4 before IPv6, then by number", () => {
  const sorted = ["9.255.255.255", "10.1.0.4", "10.1.0.10", "::", "::1", "2001:db8::"];
  const shuffled = ["::1", "10.1.0.10", "2001:db8::", "9.255.255.255", "::", "10.1.0.4"].map(parseAddress);
  expect(shuffled.toSorted(compareAddresses).map(formatAddress)).toEqual(sorted);
});

test.each([
  ["10.1.0.4", "::ffff:10.1.0.4", true],
  ["::1", "0:0:0:0:0:0:0:1", true],
  ["0.0.0.0", "::", false],
  ["10.1.0.4", "10.1.0.5", false],
])("sameAddress(%s, %s) is %s", (one, other, same) => {
  expect(sameAddress(parseAddress(one), parseAddress(other))).toBe(same);
});

test.each([
  ["10.1.0.255", 1, "10.1.1.0"],
  ["10.1.1.0", -1, "10.1.0.255"],
  ["255.255.255.255", 1, "0.0.0.0"],
  ["0.0.0.0", -1, "255.255.255.255"],
  ["2001:db8::ffff:ffff", 1, "2001:db8::1:0:0"],
  ["::", -1, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
] as const)("neighbour() of %s at %d is %s", (text, distance, expected) => {
  expect(formatAddress(neighbour(parseAddress(text), distance))).toBe(expected);
});
