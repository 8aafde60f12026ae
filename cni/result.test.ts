import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../inet/address.ts";
import { parsePrefix } from "../inet/prefix.ts";
import { decodeJson } from "./configuration.ts";
import { decodeResult } from "./previous-result.ts";
import { formatResult, isDnsEmpty, refuseUnsayable, type Result } from "./result.ts";
import { versions, type Version } from "./version.ts";

const full: Result = {
  interfaces: [
    { name: "cni0", mac: "02:00:00:00:00:01", mtu: 1500 },
    {
      name: "eth0",
      mac: "02:00:00:00:00:02",
      mtu: 1500,
      sandbox: "/run/netns/c1",
      socketPath: "/run/vhost.sock",
      pciID: "0000:00:1f.6",
    },
  ],
  ips: [
    { interface: 1, address: parsePrefix("10.1.0.4/16"), gateway: parseAddress("10.1.0.1") },
    { interface: 0, address: parsePrefix("2001:db8::4/64") },
  ],
  routes: [
    {
      dst: parsePrefix("0.0.0.0/0"),
      gw: parseAddress("10.1.0.1"),
      mtu: 1400,
      advmss: 1360,
      priority: 10,
      table: 0,
      scope: 0,
    },
    { dst: parsePrefix("::/0"), mtu: 0, priority: 0 },
  ],
  dns: { nameservers: ["192.0.2.53"], domain: "example.net", search: ["a", "b"], options: ["ndots:2"] },
};
const empty: Result = { interfaces: [], ips: [], routes: [], dns: {} };
const dns = { nameservers: ["192.0.2.53"], domain: "example.net", search: ["a", "b"], options: ["ndots:2"] };

const plainInterfaces = [
  { name: "cni0", mac: "02:00:00:00:00:01" },
  { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/c1" },
];
const plainRoutes = [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }, { dst: "::/0" }];

const expectedOld = {
  ip4: { ip: "10.1.0.4/16", gateway: "10.1.0.1", routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }] },
  ip6: { ip: "2001:db8::4/64", routes: [{ dst: "::/0" }] },
  dns,
};
const expectedMiddle = {
  interfaces: plainInterfaces,
  ips: [
    { version: "4", interface: 1, address: "10.1.0.4/16", gateway: "10.1.0.1" },
    { version: "6", interface: 0, address: "2001:db8::4/64" },
  ],
  routes: plainRoutes,
  dns,
};
const expectedNew = {
  ...expectedMiddle,
  ips: [
    { interface: 1, address: "10.1.0.4/16", gateway: "10.1.0.1" },
    { interface: 0, address: "2001:db8::4/64" },
  ],
};
const expectedNewest = {
  ...expectedNew,
  interfaces: [
    { name: "cni0", mac: "02:00:00:00:00:01", mtu: 1500 },
    {
      name: "eth0",
      mac: "02:00:00:00:00:02",
      mtu: 1500,
      sandbox: "/run/netns/c1",
      socketPath: "/run/vhost.sock",
      pciID: "0000:00:1f.6",
    },
  ],
  routes: [
    { dst: "0.0.0.0/0", gw: "10.1.0.1", mtu: 1400, advmss: 1360, priority: 10, table: 0, scope: 0 },
    { dst: "::/0" },
  ],
};

const parse = (result: Result, version: Version) => decodeJson(formatResult(result, version));

describe("formatResult()", () => {
  test.each<[Version, object]>([
    ["0.1.0", expectedOld],
    ["0.2.0", expectedOld],
    ["0.3.0", expectedMiddle],
    ["0.3.1", expectedMiddle],
    ["0.4.0", expectedMiddle],
    ["1.0.0", expectedNew],
    ["1.1.0", expectedNewest],
  ])("writes the shape of %s", (version, expected) => {
    expect(parse(full, version)).toEqual({ cniVersion: version, ...expected });
  });

  test.each<[Version, object]>([
    ["0.1.0", { dns: {} }],
    ["0.2.0", { dns: {} }],
    ["0.3.0", { dns: {} }],
    ["0.3.1", { dns: {} }],
    ["0.4.0", { dns: {} }],
    ["1.0.0", {}],
    ["1.1.0", {}],
  ])("leaves out what is empty in %s", (version, expected) => {
    expect(parse(empty, version)).toEqual({ cniVersion: version, ...expected });
  });

  test("ends with a line break and holds one document", () => {
    const text = formatResult(full, "1.1.0");
    expect(text.endsWith("}\n")).toBe(true);
    expect(() => decodeJson(text)).not.toThrow();
  });
});

describe("decodeResult()", () => {
  test.each(versions)("reads back what formatResult() wrote for %s", (version) => {
    const json = parse(full, version);
    expect(parse(decodeResult(json, "prevResult", "1.1.0"), version)).toEqual(json);
  });

  test.each(versions)("reads back an empty result of %s", (version) => {
    expect(decodeResult(parse(empty, version), "prevResult", "1.1.0")).toEqual(empty);
  });
});

describe("refuseUnsayable()", () => {
  const v4 = { family: 4 } as const;
  const v6 = { family: 6 } as const;

  test.each<[Version, readonly { family: 4 | 6 }[]]>([
    ["0.1.0", [v4]],
    ["0.2.0", [v6]],
    ["0.2.0", [v4, v6]],
    ["0.3.0", [v4, v4, v6, v6]],
    ["0.3.1", []],
    ["1.1.0", []],
  ])("accepts for %s %j", (version, ips) => {
    expect(() => refuseUnsayable(ips, version)).not.toThrow();
  });

  test.each<[Version, readonly { family: 4 | 6 }[], string]>([
    ["0.1.0", [v4, v4], "CNI version 0.1.0 does not support more than 1 address per family"],
    ["0.2.0", [v4, v6, v6], "CNI version 0.2.0 does not support more than 1 address per family"],
    ["0.2.0", [], "CNI version 0.2.0 cannot describe an attachment without IP addresses"],
  ])("refuses for %s %j", (version, ips, message) => {
    expect(() => refuseUnsayable(ips, version)).toThrow(expect.objectContaining({ code: 7, message }));
  });
});

test.each([
  [{}, true],
  [{ nameservers: [], domain: "" }, true],
  [{ domain: undefined }, true],
  [{ domain: "x" }, false],
  [{ search: ["x"] }, false],
])("isDnsEmpty(%j) is %p", (value, expected) => {
  expect(isDnsEmpty(value)).toBe(expected);
});
