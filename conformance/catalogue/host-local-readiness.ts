/** HLO-70 to 75: what CHECK and STATUS find. */
import type { JsonObject } from "../../cni/json-object.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { claimLeases, folderOf, leaseText, namesIn } from "./host-local-files.ts";
import { caller, claimLeased, lease, network, subnetOf, types } from "./host-local-network.ts";

const check = { types, since: "0.4.0", section: "2 CHECK" } as const;
const status = { types, since: "1.1.0", section: "2 STATUS" } as const;

/** An attachment of both families for which CHECK passes. */
async function checked(
  trial: Trial,
): Promise<{ readonly config: JsonObject; readonly previous: JsonObject }> {
  const config = network(trial, { ranges: [[{ subnet: "10.1.2.0/24" }], [{ subnet: "fd00::/64" }]] });
  const options = { config, previous: await trial.add({ config }) };
  await trial.succeed("CHECK", options);
  return options;
}

async function removeLease(trial: Trial, name: string): Promise<void> {
  await trial.node.run("rm", [`${folderOf()}/${name}`]);
}

/** STATUS knows of no container. */
const nobody = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined };

export const readinessClauses: readonly Clause[] = [
  {
    id: "HLO-70a",
    ...check,
    strength: "SHOULD",
    profile: "spec",
    statement: "CHECK fails when the leases belong to others.",
    observed: "ADD and CHECK work; both leases name another container, then another interface: CHECK fails.",
    run: async (trial) => {
      const options = await checked(trial);
      const { containerId, ifname } = trial.box;
      for (const text of [leaseText("another", ifname), leaseText(containerId, "eth9")]) {
        for (const name of ["10.1.2.2", "fd00::2"]) trial.node.write(`${folderOf()}/${name}`, text);
        await trial.fail("CHECK", options);
      }
    },
  },
  {
    id: "HLO-70b",
    ...check,
    strength: "SHOULD",
    profile: "spec",
    statement: "CHECK fails when one of the addresses in prevResult is leased no more.",
    observed: "ADD and CHECK work; one of two leases is removed: CHECK fails and names the address.",
    run: async (trial) => {
      const options = await checked(trial);
      await removeLease(trial, "fd00::2");
      await trial.fail("CHECK", options, { naming: ["fd00::2"] });
    },
  },
  {
    id: "HLO-70c",
    ...check,
    strength: "SHOULD",
    profile: "spec",
    statement: "CHECK fails when the container has a lease, but of another address than prevResult says.",
    observed: "ADD and CHECK work; the lease is moved to another address: CHECK fails.",
    run: async (trial) => {
      const options = await checked(trial);
      await trial.node.run("mv", [`${folderOf()}/10.1.2.2`, `${folderOf()}/10.1.2.77`]);
      await trial.fail("CHECK", options, { naming: ["10.1.2.2"] });
    },
  },
  {
    id: "HLO-71",
    ...check,
    section: "reference host-local",
    strength: "MUST",
    profile: "compat",
    statement: "CHECK knows a lease of old, which names the container alone.",
    observed: "ADD, the files rewritten as old releases wrote them: CHECK works; without them it fails.",
    run: async (trial) => {
      const options = await checked(trial);
      for (const name of ["10.1.2.2", "fd00::2"]) {
        trial.node.write(`${folderOf()}/${name}`, trial.box.containerId);
      }
      await trial.succeed("CHECK", options);
      for (const name of ["10.1.2.2", "fd00::2"]) await removeLease(trial, name);
      await trial.fail("CHECK", options);
    },
  },
  {
    id: "HLO-72",
    ...check,
    strength: "MUST",
    profile: "quality",
    statement: "CHECK changes nothing on disk.",
    observed: "ADD, CHECK, and CHECK in a network that was never used: the same names as before.",
    run: async (trial) => {
      const { config, previous } = await checked(trial);
      const names = namesIn(trial);
      await trial.succeed("CHECK", { config, previous });
      await trial.fail("CHECK", { config: { ...config, name: "unknown" }, previous });
      claimSame("names in the folder", namesIn(trial), names);
      claimSame("folders of networks", namesIn(trial, "/var/lib/cni/networks"), ["conformance"]);
    },
  },
  {
    id: "HLO-75a",
    ...status,
    strength: "MUST",
    profile: "spec",
    statement: "STATUS is silent where an ADD would find an address, and leases none.",
    observed: "STATUS before the first ADD, after it and with all but one address leased; the ADDs work.",
    run: async (trial) => {
      const config = network(trial, { ranges: [[{ subnet: "10.1.2.0/29", rangeStart: "10.1.2.5" }]] });
      await trial.succeed("STATUS", { config, env: nobody });
      await claimLeased(trial, config, "one", ["10.1.2.5/29"]);
      await trial.succeed("STATUS", { config, env: nobody });
      claimSame("names in the folder", namesIn(trial), ["10.1.2.5", "last_reserved_ip.0", "lock"]);
      await claimLeased(trial, config, "two", ["10.1.2.6/29"]);
    },
  },
  {
    id: "HLO-75b",
    ...status,
    strength: "MUST",
    profile: "spec",
    statement: "STATUS is 50 or 51 when no address is left, and silent again when one is given back.",
    observed: "ADD of the only address: STATUS is 50 or 51; DEL: STATUS succeeds.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/30");
      await claimLeased(trial, config, "one", ["10.1.2.2/30"]);
      await trial.fail("STATUS", { config, env: nobody }, { code: [50, 51] });
      await trial.succeed("DEL", { of: caller(trial, "one"), config });
      await trial.succeed("STATUS", { config, env: nobody });
    },
  },
  {
    id: "HLO-75c",
    ...status,
    strength: "MUST",
    profile: "spec",
    statement: "STATUS is 50 or 51 when one of several range sets has no address left.",
    observed: "ADD from a large and a small set, which is used up then: STATUS is 50 or 51.",
    run: async (trial) => {
      const config = network(trial, { ranges: [[{ subnet: "fd00::/64" }], [{ subnet: "10.1.2.0/30" }]] });
      await lease(trial, config, "one");
      await trial.fail("STATUS", { config, env: nobody }, { code: [50, 51] });
    },
  },
  {
    id: "HLO-75d",
    ...status,
    strength: "MUST",
    profile: "spec",
    statement: "STATUS is 50 or 51 when leases cannot be written, and silent again when they can.",
    observed:
      "ADD works; the data folder becomes read-only: STATUS is 50 or 51; writable again: STATUS succeeds.",
    run: async (trial) => {
      const dataDir = "/var/lib/node/leases";
      const config = network(trial, { subnet: "10.1.2.0/24", dataDir });
      await claimLeased(trial, config, "one", ["10.1.2.2/24"]);
      await trial.node.run("sh", [
        "-ec",
        'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"',
        "sh",
        dataDir,
      ]);
      await trial.fail("STATUS", { config, env: nobody }, { code: [50, 51] });
      await trial.node.run("umount", [dataDir]);
      await trial.succeed("STATUS", { config, env: nobody });
    },
  },
  {
    id: "HLO-75e",
    ...status,
    strength: "MUST",
    profile: "spec",
    statement: "CHECK and DEL work while STATUS says that there is no address left.",
    observed: "ADD of the only address, STATUS fails, CHECK works, DEL takes the lease back.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/30");
      const previous = await trial.add({ config });
      await trial.fail("STATUS", { config, env: nobody });
      await trial.succeed("CHECK", { config, previous });
      await trial.succeed("DEL", { config, previous });
      await claimLeases(trial, "after DEL", []);
    },
  },
];
