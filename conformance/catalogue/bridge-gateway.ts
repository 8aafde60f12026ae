/** BRG-30 and BRG-31: the bridge as gateway of its containers. */
import type { JsonObject } from "../../cni/json-object.ts";
import { addresses, addressTexts, setting } from "../node/state.ts";
import { claimSame, claimNone } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  claimBridgeAddresses,
  claimReaches,
  firstText,
  four,
  gatewayText,
  hostLocal,
  network,
  otherSix,
  six,
  type Subnet,
} from "./bridge-network.ts";
import { claimAddresses } from "./footprint.ts";
import { listed } from "./result-parts.ts";

const section = "bridge: isGateway";

export const bridgeGatewayClauses: readonly Clause[] = [
  {
    id: "BRG-30a",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ping"],
    statement: "With isGateway the bridge has the gateway's IPv4 address, and containers reach it.",
    observed: "ADD with a subnet of IPv4; then the addresses of bridge and container, and a ping.",
    run: async (trial) => claimGateways(trial, [four]),
  },
  {
    id: "BRG-30b",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ipv6", "ping"],
    statement: "With isGateway the bridge has the gateway's IPv6 address, and containers reach it.",
    observed: "ADD with a subnet of IPv6; then the addresses of bridge and container, and a ping.",
    run: async (trial) => claimGateways(trial, [six]),
  },
  {
    id: "BRG-30c",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ipv6", "ping"],
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
    needs: ["ipv6", "ping"],
    statement: "Each of several ranges has its gateway address on the bridge.",
    observed: "ADD with one subnet of IPv4 and two of IPv6; then the addresses of bridge and container.",
    run: async (trial) => claimGateways(trial, [four, six, otherSix]),
  },
  {
    id: "BRG-30e",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ping"],
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
    needs: ["ping"],
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
    id: "BRG-30h",
    strength: "SHOULD",
    profile: "quality",
    section,
    needs: ["ipv6"],
    statement: "A gateway address of IPv6 can be used when ADD returns.",
    observed: "ADD with a subnet of IPv6; the bridge's address is there and not tentative.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { ipam: hostLocal([six]) }) });
      const found = await addresses(trial.node, null, bridgeName);
      claimSame("the number of addresses", found.length, 1);
      const tentative = found.filter((address) => address.tentative === true).map(({ local }) => local);
      claimNone("addresses that cannot be used yet", tentative);
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
];

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
