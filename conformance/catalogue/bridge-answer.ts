/** BRG-43 and BRG-44: answers of IPAM that have too little or too much in them. */
import { resultShape } from "../../cni/version.ts";
import { delegateFolder, installDelegate } from "../node/delegate.ts";
import { addressTexts, leases } from "../node/state.ts";
import { claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  claimReaches,
  firstText,
  four,
  gatewayText,
  hostLocal,
  layer2,
  linkNames,
  network,
  vethNames,
  type Subnet,
} from "./bridge-network.ts";

const section = "bridge: result";
const secondFour: Subnet = {
  subnet: "10.89.0.0/24",
  length: 24,
  gateway: "10.89.0.1",
  first: "10.89.0.2",
  second: "10.89.0.3",
};

export const bridgeAnswerClauses: readonly Clause[] = [
  {
    id: "BRG-43a",
    strength: "MUST",
    profile: "compat",
    section,
    until: "0.2.0",
    statement:
      "A version whose results have no place for less than one address refuses networks without IPAM.",
    observed: "ADD without ipam fails; with ipam it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: layer2(trial) });
      await claimRecovers(trial);
    },
  },
  {
    id: "BRG-43b",
    strength: "MUST",
    profile: "quality",
    section,
    until: "0.2.0",
    statement: "An ADD that is refused for want of an address leaves no link.",
    observed: "Links after an ADD without ipam; then with ipam it succeeds in the same container.",
    run: async (trial) => {
      await trial.fail("ADD", { config: layer2(trial) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-43c",
    strength: "MUST",
    profile: "compat",
    section,
    until: "0.2.0",
    statement: "A version whose results have one place of a family refuses two addresses of it.",
    observed: "ADD with two subnets of IPv4 fails; with one it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: crowded(trial) });
      await claimRecovers(trial);
    },
  },
  {
    id: "BRG-43d",
    strength: "MUST",
    profile: "quality",
    section,
    until: "0.2.0",
    statement: "An ADD that is refused for two addresses of a family leaves no link and no lease.",
    observed: "Links and leases after an ADD with two subnets of IPv4; then with one it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: crowded(trial) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      claimNone("leases", await leases(trial.node, "conformance"));
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-43e",
    strength: "quirk",
    profile: "compat",
    section,
    until: "0.2.0",
    statement:
      "A version whose results have one place of a family refuses DEL as well with two subnets of it.",
    observed: "ADD and DEL with one subnet of IPv4 succeed; DEL with two fails.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await trial.succeed("DEL", { config: network(trial) });
      await trial.fail("DEL", { config: crowded(trial) });
    },
  },
  {
    id: "BRG-44a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    statement: "An answer of IPAM without an address is an error.",
    observed: "ADD with an IPAM plugin that gives none fails; with one that gives some it succeeds.",
    run: async (trial) => {
      const config = network(trial, { ipam: { type: "empty-ipam" } });
      const out = { cniVersion: trial.version, dns: {} };
      await installDelegate(trial.node, "empty-ipam", { ADD: { out } });
      await trial.fail("ADD", { config, path: `${delegateFolder}:${trial.subject.folder}` });
      await claimRecovers(trial);
    },
  },
  {
    id: "BRG-44b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: isGateway",
    needs: ["ping"],
    statement: "Where IPAM names no gateway it is the first address of the subnet.",
    observed: "ADD with an IPAM plugin that gives an address alone; then the bridge's address and a ping.",
    run: async (trial) => {
      const config = network(trial, { ipam: { type: "bare-ipam" } });
      await installDelegate(trial.node, "bare-ipam", { ADD: { out: bareLease(trial) } });
      await trial.add({ config, path: `${delegateFolder}:${trial.subject.folder}` });
      const found = await addressTexts(trial.node, null, bridgeName);
      claimSame("addresses of the bridge", found, [gatewayText(four)]);
      await claimReaches(trial, "one", four.gateway);
    },
  },
  {
    id: "BRG-44c",
    strength: "MUST",
    profile: "quality",
    section: "bridge: ipam",
    statement: "An ADD whose IPAM fails leaves no link, and can be repeated.",
    observed:
      "ADD with an IPAM plugin that fails: no link. With one that works it succeeds in the same container.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, code: 50, msg: "no address today" };
      await installDelegate(trial.node, "failing-ipam", { ADD: { out, end: "exit 1" } });
      const config = network(trial, { ipam: { type: "failing-ipam" } });
      await trial.fail("ADD", { config, path: `${delegateFolder}:${trial.subject.folder}` });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      await trial.add({ config: network(trial) });
    },
  },
];

/** An attachment of another container succeeds, so that it was not everything that is refused. */
async function claimRecovers(trial: Trial): Promise<void> {
  const other = await trial.addBox("other");
  await trial.add({ config: network(trial), of: other });
  claimSame("the number of addresses", (await addressTexts(trial.node, "other", "eth0")).length, 1);
}

function crowded(trial: Trial): ReturnType<typeof network> {
  return network(trial, { isGateway: false, ipam: hostLocal([four, secondFour]) });
}

function bareLease(trial: Trial): object {
  const address = firstText(four);
  const cniVersion = trial.version;
  const shape = resultShape(cniVersion);
  if (shape === "ip4/ip6") return { cniVersion, ip4: { ip: address }, dns: {} };
  const ip = shape === "ips with version" ? { version: "4", address } : { address };
  return { cniVersion, ips: [ip], dns: {} };
}
