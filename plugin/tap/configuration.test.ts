import { expect, test } from "@jest/globals";
import { isForHost, refuseHostKeys } from "./configuration.ts";

const asking: [key: string, value: unknown][] = [
  ["vlan", 10],
  ["vlan", "10"],
  ["vlanTrunk", [{ id: 30 }]],
  ["uplink", "eth1"],
  ["isGateway", true],
  ["isDefaultGateway", true],
  ["ipMasq", true],
  ["macspoofchk", true],
  ["hairpinMode", true],
  ["portIsolation", "true"],
  ["promiscMode", true],
  ["IPMASQ", true],
];

test.each(asking)("refuseHostKeys() names %s, which is %j", (key, value) => {
  const refusal = () => refuseHostKeys({ type: "tap", bridge: "br0", [key]: value });
  const named = new RegExp(`"${key}" is ${JSON.stringify(value).replaceAll(/[[\]{}]/g, "\\$&")}: a tap`, "i");
  expect(refusal).toThrow(named);
  expect(refusal).toThrow(
    expect.objectContaining({ code: 7, details: expect.stringContaining("CNI_NETNS") }),
  );
  expect(isForHost({ [key]: value })).toBe(true);
});

const nothing = {
  vlan: 0,
  vlanTrunk: [],
  uplink: "",
  isGateway: false,
  ipMasq: null,
  ipMasqBackend: "iptables",
  nonMasqueradeCIDRs: ["10.0.0.0/8"],
  portIsolation: "false",
  macspoofchk: false,
  forceAddress: true,
  someBodysOwn: true,
};

test.each([{}, { bridge: "br0" }, nothing])("refuseHostKeys() passes over %j", (json) => {
  refuseHostKeys(json);
  expect(isForHost(json)).toBe(false);
});

test("refuseHostKeys() names all at once", () => {
  expect(() => refuseHostKeys({ vlan: 10, ipMasq: true })).toThrow(/"vlan" is 10.*"ipMasq" is true/);
});
