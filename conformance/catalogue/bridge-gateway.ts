/** BRG-30 to BRG-33: the bridge as gateway of its containers. */
import type { JsonObject } from "../../cni/configuration.ts";
import { addressTexts, leases, setting } from "../node/state.ts";
import { claimSame, claimNone } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Box } from "../suite/box.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  claimAddresses,
  claimReaches,
  firstText,
  four,
  gatewayText,
  hostLocal,
  linkNames,
  listed,
  network,
  otherSix,
  shell,
  six,
  vethNames,
  type Subnet,
} from "./bridge-network.ts";

const section = "bridge: isGateway";
const forced = "bridge: forceAddress";

/** In the way of {@link four} and of {@link six}. */
const otherFour: Subnet = {
  subnet: "10.99.0.0/16",
  length: 16,
  gateway: "10.99.0.1",
  first: "10.99.0.2",
  second: "10.99.0.3",
};
const widerSix: Subnet = {
  subnet: "fd00:88::/48",
  length: 48,
  gateway: "fd00:88::1",
  first: "fd00:88::2",
  second: "fd00:88::3",
};

export const bridgeGatewayClauses: readonly Clause[] = [
  {
    id: "BRG-30a",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "With isGateway the bridge has the gateway's IPv4 address, and containers reach it.",
    observed: "ADD with a subnet of IPv4; then the addresses of bridge and container, and a ping.",
    run: async (trial) => claimGateways(trial, [four]),
  },
  {
    id: "BRG-30b",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ipv6"],
    statement: "The same for IPv6.",
    observed: "ADD with a subnet of IPv6; then the addresses of bridge and container, and a ping.",
    run: async (trial) => claimGateways(trial, [six]),
  },
  {
    id: "BRG-30c",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ipv6"],
    statement: "A network of both families has a gateway address of each.",
    observed: "ADD with a subnet of each; then the addresses of bridge and container, and a ping of each.",
    run: async (trial) => claimGateways(trial, [four, six]),
  },
  {
    id: "BRG-30d",
    strength: "MUST",
    profile: "compat",
    section,
    since: "0.3.0",
    needs: ["ipv6"],
    statement: "Each of several ranges has its gateway address on the bridge.",
    observed: "ADD with one subnet of IPv4 and two of IPv6; then the addresses of bridge and container.",
    run: async (trial) => claimGateways(trial, [four, six, otherSix]),
  },
  {
    id: "BRG-30e",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "The gateway that IPAM names is taken, wherever it is in the subnet.",
    observed: "ADD with a range whose gateway is its last address; then the bridge's address and a ping.",
    run: async (trial) => {
      const ipam = { type: "host-local", ranges: [[{ subnet: four.subnet, gateway: "10.88.0.254" }]] };
      await trial.add({ config: network(trial, { ipam }) });
      await claimBridgeAddresses(trial, ["10.88.0.254/24"]);
      await claimReaches(trial, "one", "10.88.0.254");
    },
  },
  {
    id: "BRG-30f",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "Without isGateway the bridge has no address, also where the result names a gateway.",
    observed:
      "ADD of a network with addresses and without the key; the container has its own, the bridge none.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { isGateway: false }) });
      claimSame("addresses of eth0", await addressTexts(trial.node, "one", "eth0"), [firstText(four)]);
      await claimBridgeAddresses(trial, []);
    },
  },
  {
    id: "BRG-30g",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A second container of the network shares the gateway address, and both reach it.",
    observed: "Two ADDs; then the bridge's addresses and a ping from both, and between them.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await trial.add({ config: network(trial), of: await trial.addBox("two") });
      await claimBridgeAddresses(trial, [gatewayText(four)]);
      for (const name of ["one", "two"]) await claimReaches(trial, name, four.gateway);
      await claimReaches(trial, "one", four.second);
    },
  },
  {
    id: "BRG-31a",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A gateway of IPv4 forwards.",
    observed: "ADD without isGateway leaves ip_forward at 0, with it it becomes 1.",
    run: async (trial) => claimForwarding(trial, four, "ipv4/ip_forward"),
  },
  {
    id: "BRG-31b",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ipv6"],
    statement: "A gateway of IPv6 forwards.",
    observed: "ADD without isGateway leaves forwarding of all interfaces at 0, with it it becomes 1.",
    run: async (trial) => claimForwarding(trial, six, "ipv6/conf/all/forwarding"),
  },
  {
    id: "BRG-32a",
    strength: "MUST",
    profile: "compat",
    section: forced,
    statement: "Another IPv4 address on the bridge is a reason to refuse, and stays.",
    observed:
      "A second network of another subnet on the bridge: ADD fails, the bridge's address stays and the first container reaches it.",
    run: async (trial) => claimConflict(trial, four, otherFour),
  },
  {
    id: "BRG-32b",
    strength: "MUST",
    profile: "compat",
    section: forced,
    statement: "With forceAddress another IPv4 address on the bridge is replaced.",
    observed: "A second network of another subnet with the key: the bridge has its gateway address alone.",
    run: async (trial) => claimReplaced(trial, four, otherFour),
  },
  {
    id: "BRG-32c",
    strength: "MUST",
    profile: "compat",
    section: forced,
    needs: ["ipv6"],
    statement: "An IPv6 address of an overlapping subnet on the bridge is a reason to refuse, and stays.",
    observed: "A second network of a wider subnet on the bridge: ADD fails and the bridge's address stays.",
    run: async (trial) => claimConflict(trial, six, widerSix),
  },
  {
    id: "BRG-32d",
    strength: "MUST",
    profile: "compat",
    section: forced,
    needs: ["ipv6"],
    statement: "With forceAddress an IPv6 address of an overlapping subnet is replaced.",
    observed: "A second network of a wider subnet with the key: the bridge has its gateway address alone.",
    run: async (trial) => claimReplaced(trial, six, widerSix),
  },
  {
    id: "BRG-32e",
    strength: "MUST",
    profile: "compat",
    section: forced,
    needs: ["ipv6"],
    statement: "IPv6 subnets that do not overlap share a bridge, with and without forceAddress.",
    observed: "Networks of two subnets and then one with the key: the bridge has both gateway addresses.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { ipam: hostLocal([six]) }) });
      const other = secondNetwork(trial, otherSix);
      const both = [six, otherSix].map(gatewayText);
      await trial.add({ config: other, of: await trial.addBox("two") });
      await claimBridgeAddresses(trial, both);
      await trial.add({ config: { ...other, forceAddress: true }, of: await trial.addBox("three") });
      await claimBridgeAddresses(trial, both);
    },
  },
  {
    id: "BRG-33a",
    strength: "MUST",
    profile: "compat",
    section: forced,
    statement: "The address of an ADD that fails after IPAM is given back.",
    observed: "ADD of a network whose gateway address is refused; then host-local's leases of that network.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await trial.fail("ADD", { config: secondNetwork(trial, otherFour), of: await trial.addBox("two") });
      claimNone("leases of the network that failed", await leases(trial.node, "other"));
      claimSame("leases of the other one", await leases(trial.node, "conformance"), [four.first]);
    },
  },
  {
    id: "BRG-33b",
    strength: "MUST",
    profile: "quality",
    section: forced,
    statement: "An ADD that fails after IPAM leaves no link, and can be repeated when its cause is gone.",
    observed:
      "ADD of a network whose gateway address is refused: no new links. The bridge's address removed by hand, the same ADD succeeds.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const veths = await vethNames(trial);
      const two = await trial.addBox("two");
      await trial.fail("ADD", { config: secondNetwork(trial, otherFour), of: two });
      claimSame("links of the container", await linkNames(trial, "two"), ["lo"]);
      claimSame("pairs on the host", await vethNames(trial), veths);
      await shell(trial, `ip addr del ${gatewayText(four)} dev ${bridgeName}`);
      await trial.add({ config: secondNetwork(trial, otherFour), of: two });
      await claimReaches(trial, "two", otherFour.gateway);
    },
  },
];

async function claimBridgeAddresses(trial: Trial, expected: readonly string[]): Promise<void> {
  claimAddresses("addresses of the bridge", await addressTexts(trial.node, null, bridgeName), expected);
}

async function claimGateways(trial: Trial, subnets: readonly Subnet[]): Promise<void> {
  const result = await trial.add({ config: network(trial, { ipam: hostLocal(subnets) }) });
  await claimBridgeAddresses(trial, subnets.map(gatewayText));
  const found = await addressTexts(trial.node, "one", "eth0");
  claimAddresses("addresses of eth0", found, subnets.map(firstText));
  for (const { gateway } of subnets) await claimReaches(trial, "one", gateway);
  if (trial.isAtLeast("0.3.0")) {
    claimSame(
      "gateways of the result",
      gatewaysOf(result),
      subnets.map(({ gateway }) => gateway),
    );
  }
}

function gatewaysOf(result: JsonObject): readonly unknown[] {
  return listed(result, "ips").map(({ gateway }) => gateway);
}

async function claimForwarding(trial: Trial, subnet: Subnet, path: string): Promise<void> {
  const ipam = hostLocal([subnet]);
  await trial.add({ config: network(trial, { isGateway: false, ipam }) });
  claimSame(`${path} without isGateway`, await setting(trial.node, null, path), "0");
  await trial.add({ config: network(trial, { ipam }), of: await trial.addBox("two") });
  claimSame(`${path} with isGateway`, await setting(trial.node, null, path), "1");
}

/** A network of another name on the same bridge. */
function secondNetwork(trial: Trial, subnet: Subnet): JsonObject {
  return network(trial, { name: "other", ipam: hostLocal([subnet]) });
}

async function claimConflict(trial: Trial, present: Subnet, other: Subnet): Promise<void> {
  await trial.add({ config: network(trial, { ipam: hostLocal([present]) }) });
  await trial.fail("ADD", { config: secondNetwork(trial, other), of: await trial.addBox("two") });
  await claimBridgeAddresses(trial, [gatewayText(present)]);
  await claimReaches(trial, "one", present.gateway);
}

async function claimReplaced(trial: Trial, present: Subnet, other: Subnet): Promise<void> {
  await trial.add({ config: network(trial, { ipam: hostLocal([present]) }) });
  const two: Box = await trial.addBox("two");
  await trial.add({ config: { ...secondNetwork(trial, other), forceAddress: true }, of: two });
  await claimBridgeAddresses(trial, [gatewayText(other)]);
}
