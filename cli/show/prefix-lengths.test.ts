import { expect, test } from "@jest/globals";
import type { Bridge, Port } from "./description.ts";
import { withPrefixLengths } from "./prefix-lengths.ts";
import { container, sampleDescription, samplePort, untagged } from "./sample-description.ts";

const owner = { network: "net", containerId: "vm-1", ifname: "tap0" };
const neighbour = container(2, { network: "net", containerId: "c1", address: "10.1.0.2/25", vlan: 10 });

function told(addresses: readonly string[], more: Partial<Bridge>, vlans = [untagged(10)]): Port | undefined {
  const [bridge] = sampleDescription.bridges;
  if (bridge === undefined) throw new Error("the sample has no bridge");
  const guest = samplePort(1, { role: "guest", owner, vlans, endpoint: { addresses } });
  const whole = { ...bridge, addresses: [], gateways: [], ...more };
  return withPrefixLengths({ ...whole, ports: [guest, ...(more.ports ?? [])] }).ports[0];
}

const gateway = {
  name: "br0.10",
  mtu: 1500,
  state: "up",
  addresses: ["10.1.0.1/26"],
  vlan: 10,
  isOurs: true,
} as const;

test.each<[string, Partial<Bridge>, string]>([
  ["another attachment of its network", { ports: [neighbour], gateways: [gateway] }, "10.1.0.9/25"],
  ["the gateway in its VLAN", { gateways: [gateway], addresses: ["10.1.0.1/16"] }, "10.1.0.9/26"],
  ["the bridge", { addresses: ["fd00::1/64", "10.1.0.1/16"] }, "10.1.0.9/16"],
  ["nobody: a network that it is not in", { addresses: ["10.2.0.1/16"] }, "10.1.0.9"],
  ["nobody: the gateway of another VLAN", { gateways: [{ ...gateway, vlan: 20 }] }, "10.1.0.9"],
])("a leased address has the prefix length of %s", (_whose, more, expected) => {
  expect(told(["10.1.0.9"], more)?.endpoint?.addresses).toEqual([expected]);
});

test("an address that has its prefix length keeps it", () => {
  expect(told(["10.1.0.9/30"], { addresses: ["10.1.0.1/16"] })?.endpoint?.addresses).toEqual(["10.1.0.9/30"]);
});
