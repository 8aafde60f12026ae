/** BRG-08: the MAC address of the container's end. */
import type { JsonObject } from "../../cni/json-object.ts";
import { leases, link } from "../node/state.ts";
import { claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { CallOptions, Trial } from "../suite/trial.ts";
import { linkNames, network, vethNames } from "./bridge-network.ts";
import { listed } from "./result-parts.ts";

const mac = {
  fromRuntime: "02:00:00:00:00:a1",
  fromArgs: "02:00:00:00:00:a2",
  fromVariable: "02:00:00:00:00:a3",
};

const variable = { args: `IgnoreUnknown=1;MAC=${mac.fromVariable}` };

const inArgs = { args: { cni: { mac: mac.fromArgs } } };

const runtimeConfig = { mac: mac.fromRuntime };

export const bridgeMacClauses: readonly Clause[] = [
  {
    id: "BRG-08a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: CNI_ARGS MAC",
    statement: "The container's interface gets the MAC address that CNI_ARGS asks for.",
    observed: "ADD with MAC in CNI_ARGS; then the container's link and the result.",
    run: async (trial) => claimMac(trial, { config: network(trial), ...variable }, mac.fromVariable),
  },
  {
    id: "BRG-08b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: args.cni.mac",
    statement: "A MAC address in args.cni is obeyed, and goes before that of CNI_ARGS.",
    observed: "ADD with both; then the container's link and the result.",
    run: async (trial) => claimMac(trial, { config: network(trial, inArgs), ...variable }, mac.fromArgs),
  },
  {
    id: "BRG-08c",
    strength: "MUST",
    profile: "compat",
    section: "bridge: runtimeConfig.mac",
    statement: "A MAC address in runtimeConfig is obeyed, and goes before all others.",
    observed: "ADD with all three; then the container's link and the result.",
    run: async (trial) => {
      await claimMac(
        trial,
        { config: network(trial, { ...inArgs, runtimeConfig }), ...variable },
        mac.fromRuntime,
      );
    },
  },
  {
    id: "BRG-08d",
    strength: "MUST",
    profile: "compat",
    section: "bridge: runtimeConfig.mac",
    statement: "What is not a MAC address is refused, wherever it comes from.",
    observed: "ADD with a bad one in each of the three places fails; with a good one it succeeds.",
    run: async (trial) => {
      for (const options of badMacs(trial)) await trial.fail("ADD", options);
      await claimMac(trial, { config: network(trial, { runtimeConfig }) }, mac.fromRuntime);
    },
  },
  {
    id: "BRG-08e",
    strength: "MUST",
    profile: "quality",
    section: "bridge: runtimeConfig.mac",
    statement: "An ADD that is refused for its MAC address leaves no link and no lease.",
    observed: "Links and leases after ADDs with a bad one in each place; then a good one succeeds.",
    run: async (trial) => {
      const inside = await linkNames(trial, trial.box.name);
      for (const options of badMacs(trial)) {
        await trial.fail("ADD", options);
        claimSame("links in the container", await linkNames(trial, trial.box.name), inside);
        claimNone("a refused ADD left links on the host", await vethNames(trial));
        claimNone("a refused ADD left leases", await leases(trial.node, "conformance"));
      }
      await claimMac(trial, { config: network(trial, { runtimeConfig }) }, mac.fromRuntime);
    },
  },
];

async function claimMac(trial: Trial, options: CallOptions, expected: string): Promise<void> {
  const result = await trial.add(options);
  claimSame(
    "the MAC address of the container's end",
    (await link(trial.node, "one", "eth0")).address,
    expected,
  );
  if (trial.isAtLeast("0.3.0")) {
    claimSame("the result's MAC address", macOf(result), expected);
  }
}

function macOf(result: JsonObject): unknown {
  return listed(result, "interfaces").find(({ sandbox }) => sandbox !== undefined && sandbox !== "")?.["mac"];
}

function badMacs(trial: Trial): readonly CallOptions[] {
  const bad = "02:00:00:00:00";
  return [
    { config: network(trial), args: `IgnoreUnknown=1;MAC=${bad}` },
    { config: network(trial, { args: { cni: { mac: bad } } }) },
    { config: network(trial, { runtimeConfig: { mac: bad } }) },
  ];
}
