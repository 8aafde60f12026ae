/** HLO-64: how GC takes leases back. */
import type { JsonObject } from "../../cni/json-object.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { claimLeases, folderOf, putLeases, textOf } from "./host-local-files.ts";
import { caller, claimLeased, lease, network, subnetOf, types } from "./host-local-network.ts";
import { listKey, oldListKey } from "./stranded.ts";

const gc = { types, since: "1.1.0", section: "2 GC" } as const;

function attachments(...ids: readonly string[]): readonly JsonObject[] {
  return ids.map((containerID) => ({ containerID, ifname: "eth0" }));
}

const leasesOfThree = ["10.1.2.2", "10.1.2.3", "10.1.2.4", "fd00::2", "fd00::3", "fd00::4"];

/** Three containers with a lease of each family. */
async function leaseThree(trial: Trial): Promise<JsonObject> {
  const config = network(trial, { ranges: [[{ subnet: "10.1.2.0/24" }], [{ subnet: "fd00::/64" }]] });
  for (const id of ["one", "two", "three"]) await lease(trial, config, id);
  await claimLeases(trial, "after ADD", leasesOfThree);
  return config;
}

/** GC knows of no container. */
async function collect(trial: Trial, config: JsonObject, lists: JsonObject): Promise<void> {
  const env = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined };
  await trial.succeed("GC", { config: { ...config, ...lists }, env });
}

export const collectionClauses: readonly Clause[] = [
  {
    id: "HLO-64a",
    ...gc,
    strength: "SHOULD",
    profile: "spec",
    statement:
      "GC takes back the leases of attachments that are not in the list of valid ones, and no others.",
    observed: "Three containers with two leases each, GC with one of them as valid: its leases are left.",
    run: async (trial) => {
      const config = await leaseThree(trial);
      await collect(trial, config, { [listKey]: attachments("two") });
      await claimLeases(trial, "after GC", ["10.1.2.3", "fd00::3"]);
    },
  },
  {
    id: "HLO-64b",
    ...gc,
    strength: "SHOULD",
    profile: "spec",
    statement: "GC with an empty list takes back every lease of the network, old ones included.",
    observed: "Three containers and a lease of old, GC with an empty list: no lease, the last address stays.",
    run: async (trial) => {
      const config = await leaseThree(trial);
      trial.node.write(`${folderOf()}/10.1.2.9`, "older");
      await collect(trial, config, { [listKey]: [] });
      await claimLeases(trial, "after GC", []);
      claimSame("the last address", textOf(trial, "last_reserved_ip.0"), "10.1.2.4");
    },
  },
  {
    id: "HLO-64c",
    ...gc,
    strength: "SHOULD",
    profile: "spec",
    statement: "GC tells the interfaces of one container apart.",
    observed: "ADD of eth0 and eth1, GC with eth0 as valid: the lease of eth1 is gone.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      for (const ifname of ["eth0", "eth1"]) await trial.add({ of: caller(trial, "one", ifname), config });
      await collect(trial, config, { [listKey]: attachments("one") });
      await claimLeases(trial, "after GC", ["10.1.2.2"]);
    },
  },
  {
    id: "HLO-64d",
    ...gc,
    strength: "MUST",
    profile: "spec",
    statement: "GC of a network leaves the leases of others alone.",
    observed: "ADD in two networks, GC of one with an empty list: its lease is gone, the other's is there.",
    run: async (trial) => {
      const [config, other] = ["conformance", "other"].map((name) =>
        subnetOf(trial, "10.1.2.0/24", { name }),
      );
      await lease(trial, config ?? {}, "one");
      await lease(trial, other ?? {}, "one");
      await collect(trial, config ?? {}, { [listKey]: [] });
      await claimLeases(trial, "of the network", []);
      await claimLeases(trial, "of the other network", ["10.1.2.2"], "other");
    },
  },
  {
    id: "HLO-64e",
    ...gc,
    strength: "MUST",
    profile: "quality",
    statement: "GC without a list takes nothing, because cnitool sends none.",
    observed: "Three containers, GC without a list: all leases are there; GC with an empty list: none.",
    run: async (trial) => {
      const config = await leaseThree(trial);
      await collect(trial, config, {});
      await claimLeases(trial, "after GC without a list", leasesOfThree);
      await collect(trial, config, { [listKey]: [] });
      await claimLeases(trial, "after GC with an empty list", []);
    },
  },
  {
    id: "HLO-64f",
    ...gc,
    strength: "SHOULD",
    profile: "quality",
    statement:
      "GC knows the list by the key of the specification's first text as well, and prefers the present one.",
    observed:
      "Three containers, GC with the old key and two of them: two are left; with both keys the present one counts.",
    run: async (trial) => {
      const config = await leaseThree(trial);
      await collect(trial, config, { [oldListKey]: attachments("one", "two") });
      await claimLeases(trial, "after GC with the old key", ["10.1.2.2", "10.1.2.3", "fd00::2", "fd00::3"]);
      await collect(trial, config, { [oldListKey]: [], [listKey]: attachments("two") });
      await claimLeases(trial, "after GC with both keys", ["10.1.2.3", "fd00::3"]);
    },
  },
  {
    id: "HLO-64g",
    ...gc,
    strength: "MUST",
    profile: "quality",
    statement: "After GC the addresses that it took back are given again.",
    observed: "A subnet of one address, leased by a container that is gone: ADD fails, works after GC.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/30");
      putLeases(trial, ["10.1.2.2"]);
      await trial.fail("ADD", { config });
      await collect(trial, config, { [listKey]: [] });
      await claimLeased(trial, config, "one", ["10.1.2.2/30"]);
    },
  },
  {
    id: "HLO-64h",
    ...gc,
    strength: "SHOULD",
    profile: "spec",
    statement: "GC goes on past a lease that cannot be removed, and tells it.",
    observed:
      "Three containers with two leases each, one of them mounted upon so that nobody can remove it: GC with an empty list fails and leaves that one; without the mount it succeeds.",
    run: async (trial) => {
      const config = await leaseThree(trial);
      const stuck = `${folderOf()}/10.1.2.3`;
      await trial.node.run("mount", ["--bind", stuck, stuck]);
      await trial.fail("GC", { config: { ...config, [listKey]: [] } });
      await claimLeases(trial, "after a GC that failed", ["10.1.2.3"]);
      await trial.node.run("umount", [stuck]);
      await collect(trial, config, { [listKey]: [] });
      await claimLeases(trial, "after GC", []);
    },
  },
];
