import { describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../../cni/json-object.ts";
import { CniError } from "../../cni/error.ts";
import { formatAddress } from "../../inet/address.ts";
import { readDataDir, readWithRanges, requestedAddresses } from "./configuration.ts";
import { formatRangeSet } from "./ranges.ts";
import { sampleRequest, type RequestTexts } from "./sample-request.ts";

const ranges = [[{ subnet: "10.1.2.0/24" }]];

function setsOf(texts: RequestTexts): string[] {
  return readWithRanges(sampleRequest(texts)).sets.map(formatRangeSet);
}

function requestedBy(texts: RequestTexts): string[] {
  const request = sampleRequest({ ipam: { ranges }, ...texts });
  return requestedAddresses(readWithRanges(request), request).map(formatAddress);
}

function faultOf(action: () => unknown): CniError {
  try {
    action();
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("readWithRanges()", () => {
  test("reads the old form", () => {
    const ipam = {
      type: "host-local",
      subnet: "10.1.2.0/24",
      rangeStart: "10.1.2.9",
      rangeEnd: "10.1.2.20",
      gateway: "10.1.2.30",
    };
    const { sets, dataDir } = readWithRanges(sampleRequest({ ipam }));
    expect(sets.map(formatRangeSet)).toEqual(["10.1.2.9-10.1.2.20"]);
    expect(sets.map(([range]) => formatAddress(range.gateway))).toEqual(["10.1.2.30"]);
    expect(dataDir).toBe("/var/lib/cni/networks");
  });

  test("puts the runtime's ranges first, then the old form, then ranges", () => {
    const more = { runtimeConfig: { ipRanges: [[{ subnet: "11.1.2.0/24" }], [{ subnet: "11.3.2.0/24" }]] } };
    const ipam = {
      subnet: "10.1.2.0/24",
      ranges: [[{ subnet: "10.1.3.0/28" }, { subnet: "10.1.4.0/28" }], [{ subnet: "2001:db8::/126" }]],
    };
    expect(setsOf({ ipam, more })).toEqual([
      "11.1.2.1-11.1.2.254",
      "11.3.2.1-11.3.2.254",
      "10.1.2.1-10.1.2.254",
      "10.1.3.1-10.1.3.14,10.1.4.1-10.1.4.14",
      "2001:db8::1-2001:db8::3",
    ]);
  });

  test("reads keys in any case, null and empty text as absent", () => {
    const ipam = { Ranges: [[{ SubNet: "10.1.2.0/24", gateway: "", rangestart: null }]], datadir: "" };
    expect(setsOf({ ipam })).toEqual(["10.1.2.1-10.1.2.254"]);
  });

  test("drops a slash at the end of dataDir", () => {
    expect(readWithRanges(sampleRequest({ ipam: { ranges, dataDir: "/run/leases//" } })).dataDir).toBe(
      "/run/leases",
    );
  });

  test.each<[string, RequestTexts, string]>([
    ["no ipam", {}, "IPAM config missing 'ipam' key"],
    ["no ranges", { ipam: {} }, "no IP ranges specified"],
    ["no ranges but an empty list", { ipam: { ranges: [] } }, "no IP ranges specified"],
    ["an empty set", { ipam: { ranges: [[]] } }, "invalid range set 0: empty range set"],
    [
      "a fault in the second set",
      { ipam: { ranges: [...ranges, [{ subnet: "10.2.0.0/31" }]] } },
      "invalid range set 1: Network 10.2.0.0/31 too small to allocate from",
    ],
    [
      "mixed families",
      { ipam: { ranges: [[{ subnet: "10.1.2.0/24" }, { subnet: "2001:db8::/64" }]] } },
      "invalid range set 0: mixed address families",
    ],
    ["sets that overlap", { ipam: { subnet: "10.1.2.0/25", ranges } }, "range set 0 overlaps with 1"],
    [
      "a gateway outside of its subnet",
      { ipam: { subnet: "10.1.2.0/24", gateway: "10.1.3.1" } },
      "invalid range set 0: gateway 10.1.3.1 not in network 10.1.2.0/24",
    ],
    [
      "two IPv4 sets for 0.2.0",
      { version: "0.2.0", ipam: { ranges: [...ranges, [{ subnet: "10.2.0.0/24" }]] } },
      "CNI version 0.2.0 does not support more than 1 address per family",
    ],
    [
      "a subnet that is none",
      { ipam: { ranges: [[{ subnet: "10.1.2.0" }]] } },
      'invalid network configuration: "ipam.ranges[0][0].subnet" is "10.1.2.0": "10.1.2.0" is not an address with a prefix length, such as 10.1.0.0/16',
    ],
    [
      "ranges that are not lists of lists",
      { ipam: { ranges: [{ subnet: "10.1.2.0/24" }] } },
      'invalid network configuration: "ipam.ranges[0]" is {"subnet":"10.1.2.0/24"}: must be an array',
    ],
    [
      "a dataDir that is no text",
      { ipam: { ranges, dataDir: 5 } },
      'invalid network configuration: "ipam.dataDir" is 5: must be a string',
    ],
    [
      "an ipam that is no object",
      { ipam: "host-local" },
      'invalid network configuration: "ipam" is "host-local": must be an object',
    ],
    [
      "a route without destination",
      { ipam: { ranges, routes: [{ gw: "10.1.2.1" }] } },
      'invalid network configuration: "ipam.routes[0].dst" is missing',
    ],
  ])("refuses %s", (_what, texts, message) => {
    expect(faultOf(() => readWithRanges(sampleRequest(texts)))).toMatchObject({ code: 7, message });
  });

  test.each(["0.1.0", "0.2.0"] as const)("accepts one set of each family for %s", (version) => {
    const ipam = { ranges: [...ranges, [{ subnet: "2001:db8::/64" }]] };
    expect(setsOf({ version, ipam })).toHaveLength(2);
  });
});

describe("requestedAddresses()", () => {
  const args = { cni: { ips: ["10.1.2.11/24", "10.1.2.12"] } };
  const runtimeConfig = { ips: ["10.1.2.13/24", "10.1.2.14", "2001:DB8::5/64"] };

  test.each<[string, RequestTexts, string[]]>([
    ["nothing", {}, []],
    ["CNI_ARGS", { args: "IP=10.1.2.10" }, ["10.1.2.10"]],
    ["CNI_ARGS with a prefix", { args: "IgnoreUnknown=1;IP=10.1.2.10/24;FOO=1" }, ["10.1.2.10"]],
    ["an empty IP in CNI_ARGS", { args: "IP=" }, []],
    ["args.cni.ips", { more: { args } }, ["10.1.2.11", "10.1.2.12"]],
    ["runtimeConfig.ips", { more: { runtimeConfig } }, ["10.1.2.13", "10.1.2.14", "2001:db8::5"]],
    [
      "all of them, each address once",
      { args: "IP=10.1.2.12", more: { args, runtimeConfig } },
      ["10.1.2.12", "10.1.2.11", "10.1.2.13", "10.1.2.14", "2001:db8::5"],
    ],
  ])("reads %s", (_what, texts, expected) => {
    expect(requestedBy(texts)).toEqual(expected);
  });

  test.each<[string, RequestTexts, number, string]>([
    ["IP", { args: "IP=10.1.2" }, 4, "cannot understand ip: invalid IP address 10.1.2"],
    ["a key", { args: "ip=10.1.2.3" }, 4, 'invalid CNI_ARGS: unknown args ["ip=10.1.2.3"]'],
    [
      "args.cni.ips",
      { more: { args: { cni: { ips: ["x/8"] } } } },
      7,
      "cannot understand ip: invalid IP address x/8",
    ],
    [
      "runtimeConfig.ips",
      { more: { runtimeConfig: { ips: [7] } } },
      7,
      'invalid network configuration: "runtimeConfig.ips[0]" is 7: must be a string',
    ],
  ])("refuses an invalid %s", (_what, texts, code, message) => {
    expect(faultOf(() => requestedBy(texts))).toMatchObject({ code, message });
  });
});

test.each<[JsonObject, string]>([
  [{ ipam: { dataDir: "/run/leases/" } }, "/run/leases"],
  [{ IPAM: { DATADIR: "/run/leases" } }, "/run/leases"],
  [{ ipam: { dataDir: "", ranges: "broken" } }, "/var/lib/cni/networks"],
  [{ ipam: { dataDir: 7 } }, "/var/lib/cni/networks"],
  [{ ipam: [] }, "/var/lib/cni/networks"],
  [{}, "/var/lib/cni/networks"],
])("readDataDir() of %j is %s", (json, dataDir) => {
  expect(readDataDir(json)).toBe(dataDir);
});
