import { describe, expect, test } from "@jest/globals";
import { CniError } from "../../cni/error.ts";
import { formatAddress, parseAddress } from "../../inet/address.ts";
import { formatPrefix, parsePrefix } from "../../inet/prefix.ts";
import {
  formatRangeSet,
  rangeFor,
  refuseOverlappingSets,
  toRange,
  toRangeSet,
  type RangeInput,
} from "./ranges.ts";

interface RangeText {
  subnet: string;
  rangeStart?: string;
  rangeEnd?: string;
  gateway?: string;
}

function input({ subnet, rangeStart, rangeEnd, gateway }: RangeText): RangeInput {
  const address = (text: string | undefined) => (text === undefined ? undefined : parseAddress(text));
  return {
    subnet: parsePrefix(subnet),
    rangeStart: address(rangeStart),
    rangeEnd: address(rangeEnd),
    gateway: address(gateway),
  };
}

function faultOf(action: () => unknown): { code: number; message: string; details: string | undefined } {
  try {
    action();
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const set = (...texts: RangeText[]) => toRangeSet(texts.map(input));

describe("toRange()", () => {
  test.each<[RangeText, [start: string, end: string, gateway: string]]>([
    [{ subnet: "192.0.2.0/24" }, ["192.0.2.1", "192.0.2.254", "192.0.2.1"]],
    [{ subnet: "192.0.2.0/25" }, ["192.0.2.1", "192.0.2.126", "192.0.2.1"]],
    [{ subnet: "192.0.2.128/25" }, ["192.0.2.129", "192.0.2.254", "192.0.2.129"]],
    [{ subnet: "192.0.2.0/30" }, ["192.0.2.1", "192.0.2.2", "192.0.2.1"]],
    [{ subnet: "10.0.0.0/8" }, ["10.0.0.1", "10.255.255.254", "10.0.0.1"]],
    [{ subnet: "2001:DB8:1::/64" }, ["2001:db8:1::1", "2001:db8:1:0:ffff:ffff:ffff:ffff", "2001:db8:1::1"]],
    [{ subnet: "2001:db8::/126" }, ["2001:db8::1", "2001:db8::3", "2001:db8::1"]],
    [
      { subnet: "192.0.2.0/24", rangeStart: "192.0.2.40", rangeEnd: "192.0.2.50", gateway: "192.0.2.254" },
      ["192.0.2.40", "192.0.2.50", "192.0.2.254"],
    ],
    [
      { subnet: "2001:db8::/64", gateway: "fe80::1" },
      ["2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", "fe80::1"],
    ],
  ])("fills in %j", (text, [start, end, gateway]) => {
    const range = toRange(input(text));
    expect([range.start, range.end, range.gateway].map(formatAddress)).toEqual([start, end, gateway]);
    expect(formatPrefix(range.subnet)).toBe(formatPrefix(parsePrefix(text.subnet)));
  });

  const hostBits = "Network has host bits set. For a subnet mask of length";
  test.each<[RangeText, string]>([
    [{ subnet: "192.0.2.12/24" }, `${hostBits} 24 the network address is 192.0.2.0`],
    [{ subnet: "192.168.127.0/23" }, `${hostBits} 23 the network address is 192.168.126.0`],
    [{ subnet: "2001:DB8:24:19ff::/63" }, `${hostBits} 63 the network address is 2001:db8:24:19fe::`],
    [{ subnet: "2001:DB8:1::24:19ff:fee1:c44a/64" }, `${hostBits} 64 the network address is 2001:db8:1::`],
    [{ subnet: "192.0.2.0/31" }, "Network 192.0.2.0/31 too small to allocate from"],
    [{ subnet: "192.0.2.1/32" }, "Network 192.0.2.1/32 too small to allocate from"],
    [{ subnet: "2001:db8::/127" }, "Network 2001:db8::/127 too small to allocate from"],
    [{ subnet: "192.0.2.0/24", rangeStart: "192.0.3.0" }, "RangeStart 192.0.3.0 not in network 192.0.2.0/24"],
    [{ subnet: "192.0.2.0/24", rangeEnd: "192.0.4.0" }, "RangeEnd 192.0.4.0 not in network 192.0.2.0/24"],
    [
      { subnet: "192.0.2.0/24", rangeStart: "192.0.2.50", rangeEnd: "192.0.2.40" },
      "RangeStart 192.0.2.50 not in network 192.0.2.0/24",
    ],
    [{ subnet: "192.0.2.0/24", rangeEnd: "192.0.2.0" }, "RangeEnd 192.0.2.0 not in network 192.0.2.0/24"],
    [
      { subnet: "192.0.2.0/24", rangeStart: "192.0.2.255" },
      "RangeStart 192.0.2.255 not in network 192.0.2.0/24",
    ],
    [
      { subnet: "192.0.2.0/24", rangeStart: "2001:db8::1" },
      "RangeStart 2001:db8::1 not in network 192.0.2.0/24",
    ],
    [{ subnet: "192.0.2.0/24", gateway: "192.0.3.1" }, "gateway 192.0.3.1 not in network 192.0.2.0/24"],
    [{ subnet: "192.0.2.0/24", gateway: "fe80::1" }, "gateway fe80::1 not in network 192.0.2.0/24"],
    [
      { subnet: "2001:db8::/64", gateway: "2001:db8:1::1" },
      "gateway 2001:db8:1::1 not in network 2001:db8::/64",
    ],
  ])("refuses %j", (text, message) => {
    const fault = faultOf(() => toRange(input(text)));
    expect(fault).toMatchObject({ code: 7, message });
    expect(fault.details).toBeTruthy();
  });
});

describe("toRangeSet()", () => {
  test.each<[string, RangeText[], string]>([
    ["no ranges", [], "empty range set"],
    ["two families", [{ subnet: "10.0.0.0/24" }, { subnet: "2001:db8::/64" }], "mixed address families"],
    [
      "the same range twice",
      [{ subnet: "10.0.0.0/24" }, { subnet: "10.0.0.0/24" }],
      "subnets 10.0.0.1-10.0.0.254 and 10.0.0.1-10.0.0.254 overlap",
    ],
    [
      "a range inside another",
      [{ subnet: "10.0.0.0/20" }, { subnet: "10.0.1.0/24" }],
      "subnets 10.0.0.1-10.0.15.254 and 10.0.1.1-10.0.1.254 overlap",
    ],
    [
      "ranges that share one address",
      [
        { subnet: "10.0.0.0/24", rangeEnd: "10.0.0.127" },
        { subnet: "10.0.0.0/24", rangeStart: "10.0.0.127" },
      ],
      "subnets 10.0.0.1-10.0.0.127 and 10.0.0.127-10.0.0.254 overlap",
    ],
  ])("refuses %s", (_what, texts, message) => {
    expect(faultOf(() => set(...texts))).toMatchObject({ code: 7, message });
    expect(faultOf(() => set(...texts.toReversed()))).toMatchObject({ code: 7 });
  });

  test("accepts ranges of one subnet that touch", () => {
    const ranges = set(
      { subnet: "10.0.0.0/24", rangeEnd: "10.0.0.127" },
      { subnet: "10.0.0.0/24", rangeStart: "10.0.0.128" },
    );
    expect(formatRangeSet(ranges)).toBe("10.0.0.1-10.0.0.127,10.0.0.128-10.0.0.254");
  });
});

test.each([
  ["192.0.3.0", false],
  ["192.0.2.39", false],
  ["192.0.2.40", true],
  ["192.0.2.50", true],
  ["192.0.2.51", false],
  ["2001:db8::41", false],
])("rangeFor() finds the range of %s: %p", (text, inside) => {
  const ranges = set({ subnet: "192.0.2.0/24", rangeStart: "192.0.2.40", rangeEnd: "192.0.2.50" });
  expect(rangeFor(ranges, parseAddress(text)) !== undefined).toBe(inside);
});

test.each([
  ["2001:db8:1::3f", false],
  ["2001:db8:1::40", true],
  ["2001:db8:1::50", true],
  ["2001:db8:1::51", false],
  ["2001:db8:2::40", false],
])("rangeFor() finds the range of %s: %p", (text, inside) => {
  const ranges = set({ subnet: "2001:DB8:1::/64", rangeStart: "2001:db8:1::40", rangeEnd: "2001:db8:1::50" });
  expect(rangeFor(ranges, parseAddress(text)) !== undefined).toBe(inside);
});

describe("refuseOverlappingSets()", () => {
  test.each<[string, RangeText[][]]>([
    ["disjoint ranges", [[{ subnet: "10.0.0.0/24" }], [{ subnet: "10.0.1.0/24" }]]],
    ["families whose bits are alike", [[{ subnet: "0.0.0.0/24" }], [{ subnet: "::/24" }]]],
  ])("accepts %s", (_what, sets) => {
    expect(() => refuseOverlappingSets(sets.map((texts) => set(...texts)))).not.toThrow();
  });

  test("names both sets", () => {
    const sets = [
      set({ subnet: "10.0.0.0/24" }),
      set({ subnet: "10.0.1.0/24" }),
      set({ subnet: "10.0.2.0/24" }, { subnet: "10.0.1.0/28" }),
    ];
    expect(faultOf(() => refuseOverlappingSets(sets))).toMatchObject({
      code: 7,
      message: "range set 1 overlaps with 2",
      details: "10.0.1.1-10.0.1.254 and 10.0.2.1-10.0.2.254,10.0.1.1-10.0.1.14 have addresses in common",
    });
  });
});
