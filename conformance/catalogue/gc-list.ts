/** GC-08 and 11: how GC reads the list of attachments. */
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimAttached } from "./footprint.ts";
import { leasesOf, ownLeases } from "./own-leases.ts";
import { leaseNames } from "./result-parts.ts";
import { listKey, oldListKey, strand, valid } from "./stranded.ts";

const section = "2 GC";
const since = "1.1.0";

export const gcListClauses: readonly Clause[] = [
  {
    id: "GC-08",
    strength: "MUST",
    profile: "quality",
    section,
    since,
    statement: "Without a list GC removes nothing: some runtimes send none.",
    observed: "Two containers are attached, GC without a list: success, both are as they were.",
    run: async (trial) => {
      const other = await trial.addBox("two");
      const [one, two] = [await trial.add(), await trial.add({ of: other })];
      const before = await trial.snapshot();
      await trial.succeed("GC");
      await trial.claimUnchanged("GC removed something", before);
      await claimAttached(trial, one);
      await claimAttached(trial, two, other);
    },
  },
  {
    id: "GC-08b",
    strength: "SHOULD",
    profile: "quality",
    section: "Go library",
    since,
    kinds: ["interface", "ipam"],
    statement: "The list is understood under its old name too, which early runtimes of 1.1.0 send.",
    observed:
      'Two stranded containers and a valid one, GC with the list as "cni.dev/attachments": the leases of the valid one are left.',
    run: async (trial) => {
      const { config, kept, stale } = await strand(trial);
      claimSame("leases before the GC", await leasesOf(trial), leaseNames(kept, ...stale));
      await trial.succeed("GC", { config: { ...config, [oldListKey]: valid(trial.box) } });
      claimSame("leases", await ownLeases(trial), leaseNames(kept));
    },
  },
  {
    id: "GC-08c",
    strength: "SHOULD",
    profile: "quality",
    section: "Go library",
    since,
    kinds: ["interface", "ipam"],
    statement: "Where the list comes under both names, the new one counts.",
    observed:
      "Two stranded containers and a valid one, GC with the valid one in the new list and all in the old one: its leases are left; the other way round they go.",
    run: async (trial) => {
      const { config, kept, stale } = await strand(trial);
      claimSame("leases before the GC", await leasesOf(trial), leaseNames(kept, ...stale));
      const all = ["one", "two", "three"].map((name) => ({ ...trial.box, containerId: `container-${name}` }));
      const lists = { [listKey]: valid(trial.box), [oldListKey]: valid(...all) };
      await trial.succeed("GC", { config: { ...config, ...lists } });
      claimSame("leases", await ownLeases(trial), leaseNames(kept));
      await trial.succeed("GC", { config: { ...config, [listKey]: [], [oldListKey]: valid(...all) } });
      claimSame("leases after an empty list", await ownLeases(trial), []);
    },
  },
  {
    id: "GC-11",
    strength: "MUST",
    profile: "quality",
    section,
    since,
    statement: "What is not a list of attachments is no reason to remove anything.",
    observed:
      "GC with a text, a number and an object as the list, and with an entry that is a text: an attachment is as it was; plugins that have something to collect, of addresses and interfaces, say an error.",
    run: async (trial) => {
      const added = await trial.add();
      const before = await trial.snapshot();
      const isCollector = trial.subject.kind === "interface" || trial.subject.kind === "ipam";
      for (const list of ["all", 5, { containerID: "a" }, ["a"]]) {
        const config = trial.configuration({ [listKey]: list });
        if (isCollector) await trial.fail("GC", { config });
        else await trial.call("GC", { config });
      }
      await trial.claimUnchanged("a refused GC changed the host", before);
      await claimAttached(trial, added);
    },
  },
];
