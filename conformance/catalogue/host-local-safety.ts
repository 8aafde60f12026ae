/** HLO-80 to 87: several at once, failures half-way, and folders that something else has been at. */
import { setTimeout as delay } from "node:timers/promises";
import type { Background } from "../node/background.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { claimLeases, folderOf, leaseText, namesIn, putLeases, textOf } from "./host-local-files.ts";
import { caller, claimLeased, grantsIn, lease, network, subnetOf, types } from "./host-local-network.ts";

const quality = { types, profile: "quality", section: "reference host-local" } as const;

/** Long enough for a plugin that does not wait to be done. */
const holdMs = 150;

/** A process of somebody else that has the lock, as flock(1) takes it. */
async function holdLock(trial: Trial): Promise<Background> {
  const script = "echo held; exec sleep 30";
  const holder = await trial.node.background("flock", ["-o", `${folderOf()}/lock`, "-c", script]);
  while (!holder.stdout().includes("held")) {
    claim(holder.isRunning(), `flock(1) could not take the lock: ${holder.stderr()}`);
    await delay(5);
  }
  return holder;
}

/** A command that must do nothing while the lock is held, and succeed when it is free. */
async function claimWaits(trial: Trial, running: Promise<unknown>, holder: Background): Promise<void> {
  const names = namesIn(trial);
  let hasEnded = false;
  const ending = running.finally(() => (hasEnded = true));
  await Promise.race([delay(holdMs), ending.catch(() => undefined)]);
  claim(!hasEnded, "the command ended while another process had the lock");
  claimSame("names in the folder while the lock is held", namesIn(trial), names);
  await holder.stop("KILL");
  await ending;
}

export const safetyClauses: readonly Clause[] = [
  {
    id: "HLO-80a",
    types,
    strength: "MUST",
    profile: "compat",
    section: "reference host-local, files",
    statement: "ADD waits for whoever has the lock, by flock(2), and goes on then.",
    observed:
      "ADD while flock(1) holds the file lock: nothing changes; after its end the ADD has an address.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "one", ["10.1.2.2/24"]);
      await using holder = await holdLock(trial);
      await claimWaits(trial, claimLeased(trial, config, "two", ["10.1.2.3/24"]), holder);
    },
  },
  {
    id: "HLO-80b",
    types,
    strength: "MUST",
    profile: "compat",
    section: "reference host-local, files",
    statement: "DEL waits for whoever has the lock, by flock(2), and goes on then.",
    observed: "DEL while flock(1) holds the file lock: the lease stays; after its end it is gone.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "one", ["10.1.2.2/24"]);
      await using holder = await holdLock(trial);
      await claimWaits(trial, trial.succeed("DEL", { of: caller(trial, "one"), config }), holder);
      await claimLeases(trial, "after DEL", []);
    },
  },
  {
    id: "HLO-81",
    types,
    strength: "MUST",
    profile: "spec",
    section: "3 Lifecycle and ordering",
    statement: "ADDs of different containers at the same time get different addresses.",
    observed: "30 ADDs at once from a subnet with room for all: 30 addresses, a lease of its own each.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      const ids = Array.from({ length: 30 }, (_, at) => `c${at}`);
      const grants = await Promise.all(ids.map(async (id) => lease(trial, config, id)));
      const names = grants.flat().map(({ address }) => address?.split("/")[0] ?? "");
      claimSame("the number of different addresses", new Set(names).size, 30);
      const texts = names.map((name) => textOf(trial, name));
      claimSame(
        "the leases",
        texts,
        ids.map((id) => leaseText(id)),
      );
    },
  },
  {
    id: "HLO-82a",
    ...quality,
    strength: "SHOULD",
    statement: "An empty lease, which a loss of power leaves, is free.",
    observed: "An empty file of the only address: ADD gives it and writes the lease.",
    run: async (trial) => {
      trial.node.write(`${folderOf()}/10.1.2.2`, "");
      await claimLeased(trial, subnetOf(trial, "10.1.2.0/30"), "one", ["10.1.2.2/30"]);
      claimSame("the lease", textOf(trial, "10.1.2.2"), leaseText("one"));
    },
  },
  {
    id: "HLO-82b",
    ...quality,
    strength: "SHOULD",
    isVersionless: true,
    statement: "A lease of zero bytes only, which a loss of power leaves on some file systems, is free.",
    observed: "A file of 12 zero bytes at the only address: ADD gives it and writes the lease.",
    run: async (trial) => {
      trial.node.write(`${folderOf()}/10.1.2.2`, new Uint8Array(12));
      await claimLeased(trial, subnetOf(trial, "10.1.2.0/30"), "one", ["10.1.2.2/30"]);
      claimSame("the lease", textOf(trial, "10.1.2.2"), leaseText("one"));
    },
  },
  {
    id: "HLO-83",
    ...quality,
    strength: "MUST",
    statement: "An ADD that finds no address in one set keeps none of another.",
    observed: "The second of two sets is used up by the first ADD: the second ADD fails and leaves no lease.",
    run: async (trial) => {
      const config = network(trial, { ranges: [[{ subnet: "fd00::/64" }], [{ subnet: "10.1.2.0/30" }]] });
      await lease(trial, config, "one");
      await trial.fail("ADD", { of: caller(trial, "two"), config });
      await claimLeases(trial, "after the failure", ["10.1.2.2", "fd00::2"]);
    },
  },
  {
    id: "HLO-84",
    ...quality,
    strength: "MUST",
    statement: "An ADD that fails takes no lease that the attachment had before.",
    observed: "ADD of one family, then ADD of both: refused as a duplicate, and the first lease is there.",
    run: async (trial) => {
      const four = [{ subnet: "10.1.2.0/24" }];
      await claimLeased(trial, network(trial, { ranges: [four] }), "one", ["10.1.2.2/24"]);
      const both = network(trial, { ranges: [[{ subnet: "fd00::/64" }], four] });
      await trial.fail("ADD", { of: caller(trial, "one"), config: both });
      await claimLeases(trial, "after the refusal", ["10.1.2.2"]);
      claimSame("the lease", textOf(trial, "10.1.2.2"), leaseText("one"));
    },
  },
  {
    id: "HLO-85",
    ...quality,
    strength: "MUST",
    statement: "An ADD that a full disk stops leaves no lease, and the next one with room works.",
    observed:
      "A data folder with room for one block: ADD fails and no lease is there; with more room ADD works.",
    run: async (trial) => {
      const dataDir = "/var/lib/node/full";
      const mount = 'mkdir -p "$1"; mount -t tmpfs -o size=4k,mode=755 none "$1"';
      await trial.node.run("sh", ["-ec", mount, "sh", dataDir]);
      const config = network(trial, { subnet: "10.1.2.0/24", dataDir });
      await trial.fail("ADD", { config });
      const left = namesIn(trial, folderOf("conformance", dataDir)).filter((name) => name.startsWith("10."));
      claimSame("leases after the failure", left, []);
      await trial.node.run("mount", ["-o", "remount,size=1m", dataDir]);
      const grants = grantsIn(await trial.add({ config }));
      claimSame("the number of addresses", grants.length, 1);
    },
  },
  {
    id: "HLO-86a",
    ...quality,
    strength: "MUST",
    isVersionless: true,
    statement: "A symbolic link in the place of the last address is not written through.",
    observed:
      "last_reserved_ip.0 leads to a file elsewhere: whether ADD works or not, that file stays; beside it ADD works.",
    run: async (trial) => {
      const victim = "/var/lib/node/victim";
      trial.node.write(victim, "keep");
      putLeases(trial, ["10.1.2.9"]);
      await trial.node.run("ln", ["-s", victim, `${folderOf()}/last_reserved_ip.0`]);
      await claimLeased(trial, subnetOf(trial, "10.1.3.0/24", { name: "other" }), "one", ["10.1.3.2/24"]);
      await trial.call("ADD", { config: subnetOf(trial, "10.1.2.0/24") });
      claimSame("the file elsewhere", trial.node.read(victim), "keep");
    },
  },
  {
    id: "HLO-86b",
    ...quality,
    strength: "MUST",
    isVersionless: true,
    statement: "A symbolic link in the place of the lock makes no file elsewhere.",
    observed:
      "lock leads to a name elsewhere that is free: whether ADD works or not, it stays free; beside it ADD works.",
    run: async (trial) => {
      putLeases(trial, ["10.1.2.9"]);
      trial.node.write("/var/lib/node/place/other", "");
      await trial.node.run("ln", ["-s", "/var/lib/node/place/made", `${folderOf()}/lock`]);
      await claimLeased(trial, subnetOf(trial, "10.1.3.0/24", { name: "other" }), "one", ["10.1.3.2/24"]);
      await trial.call("ADD", { config: subnetOf(trial, "10.1.2.0/24") });
      claimSame("names elsewhere", namesIn(trial, "/var/lib/node/place"), ["other"]);
    },
  },
  {
    id: "HLO-86c",
    ...quality,
    strength: "SHOULD",
    isVersionless: true,
    statement: "A symbolic link in the place of a network's folder is not followed.",
    observed:
      "The folder of a network leads elsewhere: whether ADD works or not, nothing is made there; beside it ADD works.",
    run: async (trial) => {
      trial.node.write("/var/lib/node/place/other", "");
      await claimLeased(trial, subnetOf(trial, "10.1.3.0/24", { name: "other" }), "one", ["10.1.3.2/24"]);
      await trial.node.run("ln", ["-s", "/var/lib/node/place", folderOf()]);
      await trial.call("ADD", { config: subnetOf(trial, "10.1.2.0/24") });
      claimSame("names elsewhere", namesIn(trial, "/var/lib/node/place"), ["other"]);
    },
  },
  {
    id: "HLO-87",
    ...quality,
    strength: "MUST",
    isVersionless: true,
    statement:
      "What is no lease in the folder, a folder with a lease's name included, stops neither ADD nor DEL.",
    observed:
      "A folder named like the first address, a dangling link and a file of notes: ADD gives another address, DEL takes it back, all three stay.",
    run: async (trial) => {
      const script = 'mkdir -p "$1/10.1.2.2/deep"; ln -s nowhere "$1/10.1.2.3"; echo one > "$1/notes"';
      await trial.node.run("sh", ["-ec", script, "sh", folderOf()]);
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "two", ["10.1.2.4/24"]);
      await trial.succeed("DEL", { of: caller(trial, "two"), config });
      const strange = namesIn(trial).filter((name) => !/^l(ock|ast_)/.test(name));
      claimSame("what is left", strange, ["10.1.2.2", "10.1.2.3", "notes"]);
    },
  },
];
