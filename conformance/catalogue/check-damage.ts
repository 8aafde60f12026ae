/** CHK-04 and 05: what CHECK finds. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { four } from "./bridge-network.ts";
import { FakeIpam, leaseOf } from "./fake-ipam.ts";
import { folderOf } from "./host-local-files.ts";
import { leasedNetwork, leasingTypes } from "./leased-network.ts";
import { addressesIn } from "./result-parts.ts";

const section = "2 CHECK";
const since = "0.4.0";

/** Runs shell commands on the host: `$1` is the container's namespace, `$2` its interface. */
export async function damage(
  trial: Trial,
  script: string,
  options: { readonly allowFailure?: boolean } = {},
) {
  const { name, ifname } = trial.box;
  return trial.node.run("sh", ["-ec", script, "sh", name, ifname], options);
}

/** ADD, a CHECK that must succeed, something is broken, a CHECK that must not. */
async function breakAfterAdd(
  trial: Trial,
  script: string,
  config: JsonObject = trial.configuration(),
): Promise<void> {
  const added = await trial.add({ config });
  await trial.succeed("CHECK", { config, previous: added });
  await damage(trial, script);
  await trial.fail("CHECK", { config, previous: added });
}

export const checkDamageClauses: readonly Clause[] = [
  {
    id: "CHK-04",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    kinds: ["interface"],
    statement: "CHECK fails when the container's interface is gone.",
    observed: "ADD, CHECK succeeds; the interface is removed; CHECK fails.",
    run: async (trial) => breakAfterAdd(trial, 'ip -n "$1" link del "$2"'),
  },
  {
    id: "CHK-04b",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    kinds: ["interface"],
    statement: "CHECK fails when an address of the result is gone.",
    observed: "ADD, CHECK succeeds; the interface's addresses of both families are removed; CHECK fails.",
    run: async (trial) => {
      const added = await trial.add();
      if (addressesIn(added).length === 0) trial.notApplicable("its result has no address");
      await trial.succeed("CHECK", { previous: added });
      await damage(trial, 'ip -n "$1" addr flush dev "$2" scope global');
      await trial.fail("CHECK", { previous: added });
    },
  },
  {
    id: "CHK-04c",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    kinds: ["interface"],
    statement: "CHECK fails when a route of the result is gone.",
    observed: "An IPAM plugin names a route; ADD, CHECK succeeds; the route is removed; CHECK fails.",
    run: async (trial) => {
      const routes = [{ dst: "10.99.0.0/16", gw: "10.88.0.1" }];
      const { options } = await FakeIpam.install(trial, { ADD: { out: leaseOf(trial.version, routes) } });
      const added = await trial.add(options);
      await trial.succeed("CHECK", { ...options, previous: added });
      await trial.node.run("ip", ["-n", trial.box.name, "route", "del", "10.99.0.0/16"]);
      await trial.fail("CHECK", { ...options, previous: added });
    },
  },
  {
    id: "CHK-04d",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    kinds: ["loopback"],
    statement: 'CHECK fails when "lo" is down.',
    observed: 'ADD, CHECK succeeds; "lo" is set down; CHECK fails.',
    run: async (trial) => breakAfterAdd(trial, 'ip -n "$1" link set lo down'),
  },
  {
    id: "CHK-05",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    types: leasingTypes,
    statement: "CHECK fails when what no result tells is gone: the reservation of the address.",
    observed: "ADD, CHECK succeeds; the lease's file is removed; CHECK fails.",
    run: async (trial) => {
      const config = leasedNetwork(trial);
      await breakAfterAdd(trial, `rm ${folderOf()}/${four.first}`, config);
    },
  },
  {
    id: "CHK-05b",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    types: ["bridge", "trestle"],
    needs: ["nf_tables"],
    statement: "CHECK fails when what no result tells is gone: the rules of the masquerade.",
    observed: "ADD with ipMasq, CHECK succeeds; nf_tables and iptables are emptied; CHECK fails.",
    run: async (trial) =>
      breakAfterAdd(
        trial,
        "nft flush ruleset; iptables -t nat -F || true",
        leasedNetwork(trial, { ipMasq: true }),
      ),
  },
];
