import { describe, expect, test } from "@jest/globals";
import { formatAddress, parseAddress } from "../../inet/address.ts";
import { formatPrefix, parsePrefix } from "../../inet/prefix.ts";
import { chooseAddresses, nextFree, roundRobin, type Ledger } from "./allocator.ts";
import { toRangeSet, type RangeSet } from "./ranges.ts";

const me = { containerId: "ID", ifname: "eth0" };

function setOf(...subnets: string[]): RangeSet {
  return toRangeSet(subnets.map((subnet) => ({ subnet: parsePrefix(subnet) })));
}

/** A ledger in which `taken` are held by someone else and `mine` by "ID". */
function ledgerOf({
  taken = [],
  mine = [],
  last,
}: {
  taken?: string[];
  mine?: string[];
  last?: string;
}): Ledger {
  return {
    isTaken: (name) => taken.includes(name) || mine.includes(name),
    describeHolder: () => "container other, interface eth0",
    addressesOf: () => mine.map(parseAddress),
    lastReserved: () => (last === undefined ? undefined : parseAddress(last)),
  };
}

function choose(sets: RangeSet[], ledger: Ledger, ...requested: string[]): string[] {
  const choices = chooseAddresses({ sets, requested: requested.map(parseAddress) }, me, ledger);
  return choices.map(({ address, range }) => `${formatAddress(address)}/${range.subnet.length}`);
}

/** The names of all addresses in the order of the walk. */
function walk(set: Parameters<typeof roundRobin>[0], last: Parameters<typeof roundRobin>[1]): string[] {
  const names: string[] = [];
  roundRobin(set, last, ({ name }) => {
    names.push(name);
    return false;
  });
  return names;
}

describe("roundRobin()", () => {
  test.each([
    ["the beginning", undefined, [1, 2, 3, 4, 5, 6]],
    ["the end", "192.168.1.6", [1, 2, 3, 4, 5, 6]],
    ["the middle", "192.168.1.3", [4, 5, 6, 1, 2, 3]],
    ["an address outside", "192.168.2.3", [1, 2, 3, 4, 5, 6]],
    ["an address of the other family", "2001:db8::3", [1, 2, 3, 4, 5, 6]],
  ])("walks every address once from %s", (_from, last, order) => {
    const start = last === undefined ? undefined : parseAddress(last);
    const names = walk(setOf("192.168.1.0/29"), start);
    expect(names).toEqual(order.map((host) => `192.168.1.${host}`));
  });

  test("goes on to the next range and back to the first", () => {
    const set = setOf("10.0.0.0/30", "10.0.1.0/30");
    const names = walk(set, parseAddress("10.0.1.1"));
    expect(names).toEqual(["10.0.1.2", "10.0.0.1", "10.0.0.2", "10.0.1.1"]);
  });

  test("builds no list of a large range", () => {
    const first = roundRobin(setOf("2001:db8::/64"), undefined, () => true);
    expect(first?.name).toBe("2001:db8::1");
    expect(nextFree(setOf("10.0.0.0/8"), undefined, (name) => name !== "10.0.1.0")?.name).toBe("10.0.1.0");
  });
});

describe("chooseAddresses()", () => {
  test.each<[string, string[], { taken?: string[]; last?: string }, string]>([
    ["fresh", ["10.0.0.0/29"], {}, "10.0.0.2/29"],
    ["fresh IPv6", ["2001:db8:1::0/64"], {}, "2001:db8:1::2/64"],
    ["fresh /30", ["10.0.0.0/30"], {}, "10.0.0.2/30"],
    ["skips what is taken", ["10.0.0.0/29"], { taken: ["10.0.0.2"] }, "10.0.0.3/29"],
    ["goes on behind the last", ["10.0.0.0/29"], { last: "10.0.0.5" }, "10.0.0.6/29"],
    [
      "goes on behind the last and skips a run",
      ["10.0.0.0/29"],
      { last: "10.0.0.3", taken: ["10.0.0.4", "10.0.0.5"] },
      "10.0.0.6/29",
    ],
    ["wraps round", ["10.0.0.0/29"], { last: "10.0.0.5", taken: ["10.0.0.6"] }, "10.0.0.2/29"],
    [
      "starts over when the last is not in the set",
      ["10.0.0.0/29"],
      { last: "10.0.0.128", taken: ["10.0.0.2"] },
      "10.0.0.3/29",
    ],
    [
      "gives the last when nothing else is free",
      ["10.0.0.0/29"],
      { last: "10.0.0.3", taken: ["10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"] },
      "10.0.0.3/29",
    ],
    ["first of several ranges", ["10.0.0.0/30", "10.0.1.0/30"], {}, "10.0.0.2/30"],
    ["advances to the next range", ["10.0.0.0/30", "10.0.1.0/30"], { last: "10.0.0.2" }, "10.0.1.2/30"],
    [
      "rolls over to the first range",
      ["10.0.0.0/30", "10.0.1.0/30", "10.0.2.0/30"],
      { last: "10.0.2.2" },
      "10.0.0.2/30",
    ],
  ])("%s", (_what, subnets, ledger, expected) => {
    expect(choose([setOf(...subnets)], ledgerOf(ledger))).toEqual([expected]);
  });

  test("gives every address but network, gateway and broadcast, then refuses", () => {
    const taken: string[] = [];
    for (const host of [2, 3, 4, 5, 6]) {
      expect(choose([setOf("192.168.1.0/29")], ledgerOf({ taken }))).toEqual([`192.168.1.${host}/29`]);
      taken.push(`192.168.1.${host}`);
    }
    expect(() => choose([setOf("192.168.1.0/29")], ledgerOf({ taken }))).toThrow("no IP addresses available");
  });

  test("never gives a gateway, even that of another range", () => {
    const gateway = parseAddress("10.0.0.5");
    const [low, high] = [
      { rangeStart: parseAddress("10.0.0.9"), rangeEnd: parseAddress("10.0.0.9"), gateway },
      { rangeStart: parseAddress("10.0.0.5"), rangeEnd: parseAddress("10.0.0.6") },
    ].map((bounds) => ({ subnet: parsePrefix("10.0.0.0/24"), ...bounds }));
    if (low === undefined || high === undefined) throw new Error("two ranges are needed");
    expect(choose([toRangeSet([low, high])], ledgerOf({ last: "10.0.0.9" }))).toEqual(["10.0.0.6/24"]);
    expect(choose([toRangeSet([high]), toRangeSet([low])], ledgerOf({}))).toEqual([
      "10.0.0.6/24",
      "10.0.0.9/24",
    ]);
  });

  test.each([
    [["10.0.0.0/30"], "10.0.0.1-10.0.0.2"],
    [["10.0.0.0/30", "10.0.1.0/30"], "10.0.0.1-10.0.0.2,10.0.1.1-10.0.1.2"],
  ])("says that %j are exhausted", (subnets, ranges) => {
    const ledger = ledgerOf({ taken: ["10.0.0.2", "10.0.1.2"] });
    expect(() => choose([setOf(...subnets)], ledger)).toThrow(
      expect.objectContaining({
        code: 101,
        message: `failed to allocate for range 0: no IP addresses available in range set: ${ranges}`,
      }),
    );
  });

  test("refuses a second address of a set to the same owner", () => {
    const sets = [setOf("10.0.0.0/24"), setOf("10.0.1.0/24")];
    expect(choose(sets, ledgerOf({ mine: ["10.0.9.9"] }))).toEqual(["10.0.0.2/24", "10.0.1.2/24"]);
    expect(() => choose(sets, ledgerOf({ mine: ["10.0.1.7"] }))).toThrow(
      expect.objectContaining({
        code: 102,
        message:
          "failed to allocate for range 1: 10.0.1.7 has been allocated to ID, duplicate allocation is not allowed",
        details: "run DEL for container ID, interface eth0 before another ADD",
      }),
    );
  });
});

describe("chooseAddresses() with requested addresses", () => {
  const sets = [setOf("192.168.1.0/29", "10.9.0.0/30"), setOf("2001:db8:1::/64")];
  const only = [setOf("192.168.1.0/29")];

  test.each([
    [["192.168.1.5"], ["192.168.1.5/29", "2001:db8:1::2/64"]],
    [["10.9.0.2"], ["10.9.0.2/30", "2001:db8:1::2/64"]],
    [
      ["2001:db8:1::999", "192.168.1.6"],
      ["192.168.1.6/29", "2001:db8:1::999/64"],
    ],
  ])("%j gives %j", (requested, expected) => {
    expect(choose(sets, ledgerOf({}), ...requested)).toEqual(expected);
  });

  test.each<[string, string[], string[], string]>([
    [
      "taken",
      ["192.168.1.5"],
      ["192.168.1.5"],
      "failed to allocate for range 0: requested IP address 192.168.1.5 is not available in range set 192.168.1.1-192.168.1.6",
    ],
    [
      "the gateway",
      [],
      ["192.168.1.1"],
      "failed to allocate for range 0: requested ip 192.168.1.1 is subnet's gateway",
    ],
    ["outside of the range", [], ["192.168.1.7"], "failed to allocate all requested IPs: 192.168.1.7"],
    [
      "two in one set",
      [],
      ["192.168.1.2", "192.168.1.3"],
      "failed to allocate all requested IPs: 192.168.1.3",
    ],
  ])("refuses what is %s", (_what, taken, requested, message) => {
    expect(() => choose(only, ledgerOf({ taken }), ...requested)).toThrow(
      expect.objectContaining({ code: 102, message, details: expect.any(String) }),
    );
  });

  test("names the holder of a taken address", () => {
    expect(() => choose(only, ledgerOf({ taken: ["192.168.1.5"] }), "192.168.1.5")).toThrow(
      expect.objectContaining({ details: "it is held by container other, interface eth0" }),
    );
  });

  test("keeps the subnet's prefix length", () => {
    const [choice] = chooseAddresses(
      { sets: only, requested: [parseAddress("192.168.1.4")] },
      me,
      ledgerOf({}),
    );
    expect(choice === undefined ? "" : formatPrefix(choice.range.subnet)).toBe("192.168.1.0/29");
  });
});
