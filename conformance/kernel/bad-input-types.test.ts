import { expect, describe, test } from "@jest/globals";
import { describeWith } from "../node/index.ts";
import { type Config, fullNetwork, hostLocal } from "./network.ts";
import { clean, sharedSubject } from "./refusal.ts";

const needs = { plugins: ["bridge", "host-local"], commands: ["nft"] };

/** A configuration with one value in the place that a path such as "ipam.ranges[0][0].subnet" names. */
function withValue(path: string, value: unknown): Config {
  const config: Record<string, unknown> = structuredClone({ ...base, ipam: { ...base.ipam } });
  const steps = path.split(/[.[\]]+/).filter(Boolean);
  let place = config;
  for (const step of steps.slice(0, -1)) {
    place[step] ??= {};
    place = place[step] as Record<string, unknown>;
  }
  place[steps.at(-1) ?? ""] = value;
  return config;
}

const base = {
  ...fullNetwork(),
  ipam: {
    ...hostLocal("10.1.0.0/24", "fd00:1::/64"),
    routes: [{ dst: "192.0.2.0/24" }],
  },
};

/** The innermost value: of a list in a list with a wrong item, the item. */
function innermost(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? innermost(value[0]) : value;
}

/** As an error quotes a value. */
function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
}

const flags = ["isGateway", "isDefaultGateway", "forceAddress", "ipMasq", "hairpinMode", "promiscMode"];
const moreFlags = ["macspoofchk", "disableContainerInterface", "enabledad"];
const notFlags = ["true", "", 1, [], {}];
const notTexts = [5, true, ["text"], { text: "" }];
const notLists = ["text", 5, true, {}];
const notObjects = ["text", 5, true, []];
const notPrefixes = [
  "",
  "10.1.0.0",
  "10.1.0.0/",
  "10.1.0.0/33",
  "10.1.0.0/-1",
  "10.1.0.0/24/24",
  "10.1.0.0/024",
  "10.1.00.0/24",
  "010.1.0.0/24",
  "10.1.0/24",
  "10.1.0.256/24",
  " 10.1.0.0/24",
  "10.1.0.0/24\u0000",
  "0x0a.1.0.0/24",
  "10.1.0.0/255.255.255.0",
  "fd00:1::/129",
  "fd00:1:::/64",
  "fd00::1::/64",
  "fd00:1::%eth0/64",
  "::ffff:10.1.0.0/120",
  "localhost/24",
];
const notAddresses = [
  "10.1.0",
  "10.1.0.300",
  "10.1.0.007",
  "10.1.0.9/24",
  "fd00:1",
  "::1%lo",
  "gateway",
  " ",
];

const cases: [path: string, values: readonly unknown[]][] = [
  ...[...flags, ...moreFlags].map((key): [string, unknown[]] => [key, notFlags]),
  ["portIsolation", ["yes", "TRUE", "", 1, [], {}]],
  ["bridge", [...notTexts, ""]],
  ["mtu", ["1500", "", 1500.5, -1, -1500, 1, 67, 65536, 1e10, 1e300, true, [], {}]],
  ["ipMasqBackend", ["ipvs", "", "NFTABLES", ...notTexts]],
  ["nonMasqueradeCIDRs", [...notLists, [5], ["10.0.0.0"], [["10.0.0.0/8"]]]],
  ["ipam", notObjects],
  ["ipam.type", notTexts],
  ["dns", notObjects],
  ["dns.nameservers", [...notLists, [5], [null]]],
  ["dns.domain", notTexts],
  ["dns.search", [...notLists, [5]]],
  ["dns.options", [...notLists, [{}]]],
  ["args", notObjects],
  ["args.cni", notObjects],
  ["args.cni.mac", [5, true, [], "02:00:00:00:00", "02:00:00:00:00:0g", "not a MAC", "01:00:5e:00:00:01"]],
  ["runtimeConfig", notObjects],
  ["runtimeConfig.mac", [5, true, [], "02:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"]],
];

const ipamCases: [path: string, values: readonly unknown[]][] = [
  ["ipam.ranges", [...notLists, [{ subnet: "10.1.0.0/24" }], [["10.1.0.0/24"]], [[5]], [null]]],
  ["ipam.ranges[0][0].subnet", [...notTexts, ...notPrefixes]],
  ["ipam.ranges[0][0].rangeStart", [...notTexts, ...notAddresses]],
  ["ipam.ranges[0][0].rangeEnd", [...notTexts, ...notAddresses]],
  ["ipam.ranges[0][0].gateway", [...notTexts, ...notAddresses]],
  ["ipam.subnet", [...notTexts, "10.2.0.0"]],
  ["ipam.routes", [...notLists, ["0.0.0.0/0"], [5]]],
  ["ipam.routes[0].dst", [...notTexts, "192.0.2.0", ""]],
  ["ipam.routes[0].gw", [...notTexts, "10.1.0", "10.1.0.1/24"]],
  ["ipam.routes[0].mtu", ["1400", -1, 1400.5, true, 2 ** 40]],
  ["ipam.routes[0].advmss", ["1400", -1, 2 ** 40]],
  ["ipam.routes[0].priority", ["1", -1, 0.5, 2 ** 40]],
  ["ipam.routes[0].table", ["main", -1, 2 ** 40]],
  ["ipam.routes[0].scope", ["link", -1, 256]],
  ["ipam.dataDir", notTexts],
  ["ipam.resolvConf", notTexts],
  ["args.cni.ips", [...notLists, [5], ["10.1.0.300"], ["10.1.0.9/33"], ["10.1.0.9/x"]]],
  ["runtimeConfig.ips", [...notLists, [5], [""], ["pod"]]],
  ["runtimeConfig.ipRanges", [...notLists, [{ subnet: "10.3.0.0/24" }], [[5]]]],
];

describeWith(needs, "values of the wrong type", () => {
  const subject = sharedSubject();

  describe.each([
    ["bridge", cases],
    ["host-local", ipamCases],
  ])("for %s", (_plugin, table) => {
    test.each(table)("%s", async (path, values) => {
      const key = path.replace(/\[.*/, "");
      expect(
        await subject.refusesAll(
          values.map((value) => ({
            what: JSON.stringify(value),
            call: { config: withValue(path, value) },
            refusal: { code: 7, says: [key, quoted(innermost(value))] },
          })),
        ),
      ).toEqual(clean);
    });
  });
});
