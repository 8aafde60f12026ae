import { describe, expect, test } from "@jest/globals";
import { formatPrefix } from "../inet/prefix.ts";
import type { JsonObject } from "./json-object.ts";
import { silentLog } from "./log.ts";
import { decodeResult, demandPreviousResult, readPreviousResult } from "./previous-result.ts";
import type { Request } from "./request.ts";

describe("readPreviousResult()", () => {
  test.each([{}, { prevResult: null }])("is undefined for %j", (json) => {
    expect(readPreviousResult(json, "1.1.0")).toBeUndefined();
  });

  test("takes the configuration's version for a result that has none", () => {
    const old = { prevResult: { ip4: { ip: "10.1.0.4/16" } } };
    expect(readPreviousResult(old, "0.2.0")?.ips.map((ip) => formatPrefix(ip.address))).toEqual([
      "10.1.0.4/16",
    ]);
    expect(readPreviousResult(old, "1.0.0")?.ips).toEqual([]);
  });

  test("reads another version than the configuration's", () => {
    const json = { prevResult: { cniVersion: "0.2.0", ip6: { ip: "2001:db8::4/64" } } };
    expect(readPreviousResult(json, "1.1.0")?.ips).toHaveLength(1);
  });

  test("reads keys in any case, and empty addresses as absent", () => {
    const json = {
      PrevResult: { CNIVersion: "1.0.0", IPs: [{ Address: "10.1.0.4/16", gateway: "" }], Routes: null },
    };
    const result = readPreviousResult(json, "1.0.0");
    expect(result?.ips.map(({ gateway }) => gateway)).toEqual([undefined]);
    expect(result?.routes).toEqual([]);
  });

  test.each(["x", 5, [], true])("refuses %j", (prevResult) => {
    expect(() => readPreviousResult({ prevResult }, "1.1.0")).toThrow(
      expect.objectContaining({ code: 6, message: "cannot decode prevResult: it is not an object" }),
    );
  });
});

describe("demandPreviousResult()", () => {
  const request = (command: "ADD" | "CHECK", json: JsonObject): Request => ({
    command,
    containerId: "one",
    netns: "",
    ifname: "eth0",
    args: "",
    path: [],
    configuration: { name: "net", version: "1.1.0", json, text: "" },
    environment: {},
    log: silentLog,
  });

  test("reads it", () => {
    const json = { prevResult: { ips: [{ address: "10.1.0.4/16" }] } };
    expect(demandPreviousResult(request("CHECK", json)).ips).toHaveLength(1);
  });

  test.each([
    ["CHECK", {}, 7, "the result of the ADD"],
    ["ADD", { prevResult: null }, 7, "the result of the plugin before it"],
    ["ADD", { prevResult: 1 }, 6, "what the ADD printed"],
  ] as const)("%s with %j is refused", (command, json, code, details) => {
    expect(() => demandPreviousResult(request(command, json))).toThrow(
      expect.objectContaining({ code, details: expect.stringContaining(details) }),
    );
  });
});

describe("decodeResult()", () => {
  test.each<[JsonObject, string]>([
    [{ cniVersion: "9.9.9" }, 'cannot decode prevResult: unknown cniVersion "9.9.9"'],
    [{ cniVersion: 1 }, "cannot decode prevResult: unknown cniVersion 1"],
    [
      { ips: [{ address: "10.1.0.4" }] },
      'cannot decode prevResult: "ips[0].address" is "10.1.0.4": "10.1.0.4" is not an address with a prefix length',
    ],
    [{ ips: [{}] }, 'cannot decode prevResult: "ips[0].address" is missing'],
    [{ ips: {} }, 'cannot decode prevResult: "ips" is {}: must be an array'],
    [{ interfaces: [{ mac: "x" }] }, 'cannot decode prevResult: "interfaces[0].name" is missing'],
    [{ routes: [{ dst: "x/y" }] }, 'cannot decode prevResult: "routes[0].dst" is "x/y"'],
    [{ dns: { search: "x" } }, 'cannot decode prevResult: "dns.search" is "x": must be an array'],
    [{ cniVersion: "0.2.0", ip4: {} }, 'cannot decode prevResult: "ip4.ip" is missing'],
  ])("refuses %j", (json, message) => {
    expect(() => decodeResult(json, "prevResult", "1.1.0")).toThrow(
      expect.objectContaining({ code: 6, message: expect.stringContaining(message) }),
    );
  });
});
