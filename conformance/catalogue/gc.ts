/** GC: removing what no attachment owns any more; specification section 2, "GC". */
import type { JsonObject } from "../../cni/json-object.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { bridgeName } from "./bridge-network.ts";
import { codesBefore } from "./early-command.ts";
import { FakeIpam, masqueradeOf } from "./fake-ipam.ts";
import { claimAttached, destroy, hasLink, mayRemain } from "./footprint.ts";
import { gcListClauses } from "./gc-list.ts";
import { inOrder } from "./in-order.ts";
import { leasedNetwork } from "./leased-network.ts";
import { leasesOf, otherNetwork, ownLeases } from "./own-leases.ts";
import { leaseNames } from "./result-parts.ts";
import { listKey, strand, valid } from "./stranded.ts";

const section = "2 GC";
const since = "1.1.0";

const removalClauses: readonly Clause[] = [
  {
    id: "GC-01",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "Attachments in the list are valid, and GC leaves them alone.",
    observed:
      "Two containers are attached, GC with both in the list: success, both are as they were, by CHECK too.",
    run: async (trial) => {
      const other = await trial.addBox("two");
      const [one, two] = [await trial.add(), await trial.add({ of: other })];
      const before = await trial.snapshot();
      await trial.succeed("GC", { config: trial.configuration({ [listKey]: valid(trial.box, other) }) });
      await trial.claimUnchanged("GC changed valid attachments", before);
      await claimAttached(trial, one);
      await trial.succeed("CHECK", { previous: one });
      await trial.succeed("CHECK", { of: other, previous: two });
    },
  },
  {
    id: "GC-02",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    statement: "GC removes what belongs to attachments that are not in the list.",
    observed:
      "Three containers are attached, the namespaces of two vanish, GC with the third in the list: the host is as it was when only that one was there.",
    run: async (trial) => {
      const { config, kept, before } = await strand(trial);
      await trial.succeed("GC", { config: { ...config, [listKey]: valid(trial.box) } });
      await trial.claimUnchanged("something of stale attachments stayed", before, mayRemain(trial));
      await trial.succeed("CHECK", { config, previous: kept });
    },
  },
  {
    id: "GC-02b",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    kinds: ["interface", "ipam"],
    statement: "An empty list means that no attachment is valid.",
    observed:
      "Two containers are attached and their namespaces vanish; GC with an empty list: no lease is left.",
    run: async (trial) => {
      const { config, kept, stale } = await strand(trial);
      claimSame("leases before the GC", await leasesOf(trial), leaseNames(kept, ...stale));
      await trial.succeed("GC", { config: { ...config, [listKey]: [] } });
      claimSame("leases", await ownLeases(trial), []);
    },
  },
  {
    id: "GC-02c",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    types: ["bridge", "trestle"],
    needs: ["nf_tables"],
    statement: "GC removes rules of the firewall as well.",
    observed: "As GC-02 with ipMasq and macspoofchk: no rule or set element of the stale containers is left.",
    run: async (trial) => {
      const guarded = leasedNetwork(trial, { ipMasq: true, macspoofchk: true });
      const { config, kept, before } = await strand(trial, guarded);
      await trial.succeed("GC", { config: { ...config, [listKey]: valid(trial.box) } });
      await trial.claimUnchanged(
        "something of stale attachments stayed",
        before,
        mayRemain(trial, bridgeName),
      );
      await trial.succeed("CHECK", { config, previous: kept });
    },
  },
  {
    id: "GC-02d",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    kinds: ["interface", "ipam"],
    statement:
      "An attachment is container and interface together: eth1 may be stale while eth0 of the same container is not.",
    observed:
      "One container with eth0 and eth1, GC with eth0 in the list: what eth0 leased is left, and nothing else.",
    run: async (trial) => {
      const second = { ...trial.box, ifname: "eth1" };
      const one = await trial.add();
      const two = await trial.add({ of: second });
      claimSame("leases before the GC", await leasesOf(trial), leaseNames(one, two));
      await trial.succeed("GC", { config: trial.configuration({ [listKey]: valid(trial.box) }) });
      claimSame("leases", await ownLeases(trial), leaseNames(one));
      await claimAttached(trial, one);
    },
  },
  {
    id: "GC-03",
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    kinds: ["interface"],
    needs: ["nf_tables"],
    statement: "GC goes on past an error, removes what it can, and tells the error.",
    observed:
      "An IPAM plugin whose GC fails: GC fails with its message, and no rule or link of the stale container is left.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, code: 120, msg: "no leases to be found" };
      const behaviour = { GC: { out, end: "exit 1" } };
      const { options } = await FakeIpam.install(trial, behaviour, masqueradeOf(trial));
      const before = await trial.snapshot();
      const of = await trial.addBox("two");
      await claimAttached(trial, await trial.add({ ...options, of }), of);
      await destroy(trial, of);
      const config = { ...options.config, [listKey]: [] };
      await trial.fail("GC", { ...options, config }, { naming: ["no leases to be found"] });
      await trial.claimUnchanged("something of the stale attachment stayed", before, mayRemain(trial));
    },
  },
  {
    id: "GC-04",
    strength: "MUST",
    profile: "spec",
    section: "4 Plugin delegation, GC",
    since,
    kinds: ["interface"],
    statement: "GC is passed on to the IPAM plugin, with the list.",
    observed: "An IPAM plugin sees one GC, with the list on standard input.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const { options } = ipam;
      const list = valid(trial.box);
      await trial.succeed("GC", { ...options, config: { ...options.config, [listKey]: list } });
      const seen = ipam.calls.filter(({ command }) => command === "GC");
      claimSame("the number of GCs that the IPAM plugin saw", seen.length, 1);
      const input = JSON.parse(seen[0]?.input ?? "{}") as JsonObject;
      claimSame("the list that it saw", input[listKey], list);
    },
  },
  {
    id: "GC-05",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "GC may be repeated, and says nothing when it succeeds.",
    observed: "After an ADD: GC three times with it in the list: success and silence, the attachment stays.",
    run: async (trial) => {
      const added = await trial.add();
      const config = trial.configuration({ [listKey]: valid(trial.box) });
      for (let again = 1; again <= 3; again++) await trial.succeed("GC", { config });
      await claimAttached(trial, added);
    },
  },
  {
    id: "GC-06",
    strength: "MUST",
    profile: "spec",
    section: "Version considerations",
    until: "1.0.0",
    statement: "GC came with 1.1.0: in earlier versions it is refused with code 1.",
    observed:
      "GC with a list: code 1, or from a plugin that speaks no version with GC also 4, an unknown command; an attachment is as it was.",
    run: async (trial) => {
      const added = await trial.add();
      const config = trial.configuration({ [listKey]: [] });
      await trial.fail("GC", { config }, { code: await codesBefore(trial, since) });
      await claimAttached(trial, added);
    },
  },
  {
    id: "GC-10",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "GC of one network leaves every other network's attachments alone.",
    observed:
      "Two networks with a container each, GC of the first with an empty list: the second's attachment is as it was.",
    run: async (trial) => {
      const config = otherNetwork(trial);
      const other = await trial.addBox("two");
      const kept = await trial.add({ of: other, config });
      await trial.add();
      await trial.succeed("GC", { config: trial.configuration({ [listKey]: [] }) });
      await claimAttached(trial, kept, other);
      await trial.succeed("CHECK", { of: other, config, previous: kept });
      if (trial.subject.kind === "interface")
        claim(await hasLink(trial, other), "its interface must be there");
    },
  },
];

/** In the order of their numbers. */
export const gcClauses = inOrder(removalClauses, gcListClauses);
