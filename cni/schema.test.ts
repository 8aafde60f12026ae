import { describe, expect, test } from "@jest/globals";
import { formatAddress } from "../inet/address.ts";
import { formatMac } from "../inet/mac.ts";
import { formatPrefix } from "../inet/prefix.ts";
import type { JsonObject } from "./json-object.ts";
import {
  addressText,
  decodeWith,
  dnsSchema,
  flag,
  interfaceNameText,
  lenientFlag,
  list,
  macText,
  object,
  oneOf,
  optional,
  prefixText,
  wholeNumber,
} from "./schema.ts";

const schema = object({
  bridge: optional(interfaceNameText, "cni0"),
  mtu: optional(wholeNumber({ from: 68, to: 65535 })),
  isGateway: flag,
  backend: optional(oneOf("iptables", "nftables")),
  mac: optional(macText),
  gateway: optional(addressText),
  ranges: optional(list(object({ subnet: prefixText })), []),
  promisc: optional(lenientFlag),
  dns: optional(dnsSchema, {}),
});

describe("decodeWith()", () => {
  test("fills in defaults", () => {
    expect(decodeWith(schema, {})).toEqual({ bridge: "cni0", isGateway: false, ranges: [], dns: {} });
  });

  test("folds keys at every depth, takes null as absent and drops what it does not know", () => {
    const json = {
      BRIDGE: "br0",
      mtu: null,
      unknown: 1,
      Ranges: [{ SUBNET: "10.1.0.0/16", more: 1 }],
      DNS: { NameServers: ["192.0.2.1"] },
    };
    const { ranges, ...rest } = decodeWith(schema, json);
    expect(rest).toEqual({ bridge: "br0", isGateway: false, dns: { nameservers: ["192.0.2.1"] } });
    expect(ranges.map(({ subnet }) => formatPrefix(subnet))).toEqual(["10.1.0.0/16"]);
  });

  test("reads network values", () => {
    const { mac, gateway } = decodeWith(schema, { mac: "02-00-5E-10-00-01", gateway: "2001:DB8::1" });
    expect(mac === undefined ? "" : formatMac(mac)).toBe("02:00:5e:10:00:01");
    expect(gateway === undefined ? "" : formatAddress(gateway)).toBe("2001:db8::1");
  });

  test.each([
    [true, true],
    ["true", true],
    [false, false],
    ["false", false],
  ])("reads the lenient flag %j", (value, expected) => {
    expect(decodeWith(schema, { promisc: value }).promisc).toBe(expected);
  });

  test.each<[JsonObject, string]>([
    [{ bridge: 5 }, '"bridge" is 5: must be a string'],
    [{ bridge: "a/b" }, '"bridge" is "a/b": as an interface name it contains a slash'],
    [{ bridge: "" }, '"bridge" is "": as an interface name it is empty'],
    [{ mtu: 67 }, '"mtu" is 67: must be a whole number from 68 to 65535'],
    [{ mtu: 65536 }, '"mtu" is 65536: must be a whole number from 68 to 65535'],
    [{ mtu: 1500.5 }, '"mtu" is 1500.5: must be a whole number from 68 to 65535'],
    [{ mtu: "1500" }, '"mtu" is "1500": must be a number'],
    [{ isGateway: "yes" }, '"isGateway" is "yes": must be true or false'],
    [{ isGateway: 1 }, '"isGateway" is 1: must be true or false'],
    [{ backend: "ipchains" }, '"backend" is "ipchains": must be "iptables" or "nftables"'],
    [{ mac: "02:00" }, '"mac" is "02:00": "02:00" is not a MAC address'],
    [{ gateway: "10.1.0" }, '"gateway" is "10.1.0": "10.1.0" is not an IP address'],
    [{ gateway: { ip: 1 } }, '"gateway" is {"ip":1}: must be a string'],
    [{ ranges: {} }, '"ranges" is {}: must be an array'],
    [{ ranges: ["x"] }, '"ranges[0]" is "x": must be an object'],
    [{ ranges: [{}] }, '"ranges[0].subnet" is missing'],
    [
      { ranges: [{ subnet: "10.0.0.0/33" }] },
      '"ranges[0].subnet" is "10.0.0.0/33": "10.0.0.0/33" has a prefix length above 32',
    ],
    [{ promisc: "yes" }, '"promisc" is "yes": must be true or false or "true" or "false"'],
    [{ dns: { search: [1] } }, '"dns.search[0]" is 1: must be a string'],
  ])("refuses %j", (json, message) => {
    expect(() => decodeWith(schema, json)).toThrow(
      expect.objectContaining({
        code: 7,
        message: expect.stringContaining(`invalid network configuration: ${message}`),
      }),
    );
  });

  test("names every fault at once", () => {
    expect(() => decodeWith(schema, { mtu: 1, isGateway: "no" })).toThrow(
      'invalid network configuration: "mtu" is 1: must be a whole number from 68 to 65535; "isGateway" is "no": must be true or false',
    );
  });

  test("shortens long values", () => {
    expect(() => decodeWith(schema, { ranges: "x".repeat(1000) })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,160}\.\.\.: must be an array$/) }),
    );
  });
});
