/** BRG-32 and BRG-33: networks whose gateway addresses are in each other's way. */
import type { JsonObject } from "../../cni/json-object.ts";
import { leases } from "../node/state.ts";
import { claimSame, claimNone } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Box } from "../suite/box.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  claimBridgeAddresses,
  claimReaches,
  four,
  gatewayText,
  hostLocal,
  linkNames,
  network,
  otherSix,
  shell,
  six,
  vethNames,
  type Subnet,
} from "./bridge-network.ts";

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

export const bridgeConflictClauses: readonly Clause[] = [
  {
    id: "BRG-32a",
    strength: "MUST",
    profile: "compat",
    section: forced,
    needs: ["ping"],
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
    needs: ["ipv6", "ping"],
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
    needs: ["ping"],
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
