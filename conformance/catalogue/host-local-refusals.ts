/** HLO-20 to 23: configurations that host-local must not take. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Version } from "../../cni/version.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { claimLeases, defaultDataDir, namesIn } from "./host-local-files.ts";
import { caller, claimLeased, claimServes, network, types } from "./host-local-network.ts";

/** One kind of mistake. */
interface Mistake {
  readonly id: string;
  /** As the end of "ADD refuses ...". */
  readonly what: string;
  /** `ipam` of configurations with the mistake, each with a text that the error must hold. */
  readonly ipams: readonly (readonly [ipam: JsonObject, naming: string])[];
  readonly since?: Version;
}

const pool = { subnet: "192.0.2.0/24" };

function ranges(...sets: readonly (readonly JsonObject[])[]): JsonObject {
  return { ranges: sets };
}

/** Where the naming is empty, there is nothing that a reader would look for. */
const mistakes: readonly Mistake[] = [
  {
    id: "HLO-20b",
    what: "a configuration without any range",
    ipams: [
      [{}, "no IP ranges specified"],
      [{ ranges: [] }, "no IP ranges specified"],
    ],
  },
  { id: "HLO-20c", what: "a range set without ranges", ipams: [[ranges([]), "empty range set"]] },
  {
    id: "HLO-20d",
    what: "a range set of two address families",
    ipams: [[ranges([pool, { subnet: "2001:db8::/64" }]), "mixed address families"]],
  },
  {
    id: "HLO-20e",
    what: "ranges of one set that overlap",
    ipams: [
      [ranges([pool, { subnet: "192.0.2.128/25" }]), "overlap"],
      [
        ranges([
          { ...pool, rangeEnd: "192.0.2.9" },
          { ...pool, rangeStart: "192.0.2.9" },
        ]),
        "overlap",
      ],
      [ranges([{ subnet: "2001:db8::/48" }, { subnet: "2001:db8::/64" }]), "overlap"],
    ],
  },
  {
    id: "HLO-20f",
    what: "range sets that overlap",
    since: "0.3.0",
    ipams: [
      [ranges([{ subnet: "10.2.0.0/16" }], [{ subnet: "10.2.4.0/24" }]), "range set 0 overlaps with 1"],
      [{ ...pool, ...ranges([{ subnet: "10.2.0.0/16" }], [pool]) }, "range set 0 overlaps with 2"],
    ],
  },
  {
    id: "HLO-20g",
    what: "a subnet with no address besides its gateway",
    ipams: [
      [ranges([{ subnet: "192.0.2.0/31" }]), "192.0.2.0/31 too small"],
      [ranges([{ subnet: "192.0.2.1/32" }]), "192.0.2.1/32 too small"],
      [ranges([{ subnet: "2001:db8::/127" }]), "2001:db8::/127 too small"],
      [{ subnet: "2001:db8::1/128" }, "2001:db8::1/128 too small"],
    ],
  },
  {
    id: "HLO-20h",
    what: "a subnet with host bits",
    ipams: [
      [ranges([{ subnet: "192.0.2.12/24" }]), "the network address is 192.0.2.0"],
      [ranges([{ subnet: "2001:db8:1::24/64" }]), "the network address is 2001:db8:1::"],
    ],
  },
  {
    id: "HLO-20i",
    what: "a rangeStart outside of the subnet",
    ipams: [
      [ranges([{ ...pool, rangeStart: "192.0.3.1" }]), "192.0.3.1"],
      [ranges([{ ...pool, rangeStart: "2001:db8::1" }]), "2001:db8::1"],
    ],
  },
  {
    id: "HLO-20j",
    what: "a rangeEnd outside of the subnet",
    ipams: [
      [ranges([{ ...pool, rangeEnd: "192.0.1.254" }]), "192.0.1.254"],
      [{ ...pool, rangeEnd: "192.0.4.1" }, "192.0.4.1"],
    ],
  },
  {
    id: "HLO-20k",
    what: "a rangeStart behind the rangeEnd",
    ipams: [[ranges([{ ...pool, rangeStart: "192.0.2.50", rangeEnd: "192.0.2.40" }]), "not in network"]],
  },
  {
    id: "HLO-20l",
    what: "a range without a subnet",
    ipams: [
      [ranges([{}]), ""],
      [ranges([{ rangeStart: "192.0.2.40" }]), ""],
      [{ rangeStart: "192.0.2.40" }, ""],
    ],
  },
  {
    id: "HLO-20m",
    what: "a subnet that is not in CIDR notation",
    ipams: [
      [ranges([{ subnet: "192.0.2.0" }]), "192.0.2.0"],
      [ranges([{ subnet: "192.0.2.0/33" }]), "192.0.2.0/33"],
      [ranges([{ subnet: "192.0.02.0/24" }]), "192.0.02.0"],
      [ranges([{ subnet: "2001:db8::/129" }]), "2001:db8::/129"],
      [{ subnet: "everything" }, "everything"],
    ],
  },
  {
    id: "HLO-20n",
    what: "a bound or gateway that is no address",
    ipams: ["rangeStart", "rangeEnd", "gateway"].map((key) => [
      ranges([{ ...pool, [key]: "first" }]),
      "first",
    ]),
  },
  {
    id: "HLO-20o",
    what: "a value of another type than the key has",
    ipams: [
      [{ ranges: { ...pool } }, ""],
      [{ ranges: [pool] }, ""],
      [{ subnet: 24 }, ""],
      [{ ...pool, routes: "0.0.0.0/0" }, ""],
      [{ ...pool, dataDir: true }, ""],
    ],
  },
  {
    id: "HLO-20p",
    what: "a route whose destination is no network",
    ipams: [[{ ...pool, routes: [{ dst: "everywhere" }] }, "everywhere"]],
  },
];

/** ADD of each must fail with its text, after an ADD that works, and leave nothing on disk. */
async function claimRefused(
  trial: Trial,
  configs: readonly (readonly [config: JsonObject, naming: string])[],
): Promise<void> {
  await claimServes(trial);
  for (const [config, text] of configs) {
    await trial.fail("ADD", { config }, { naming: text === "" ? [] : [text] });
  }
  await claimLeases(trial, "after the refusals", []);
  claimSame("folders of networks", namesIn(trial, defaultDataDir), ["control"]);
}

function mistakeClause({ id, what, ipams, since = "0.1.0" }: Mistake): Clause {
  return {
    id,
    types,
    strength: "MUST",
    profile: "compat",
    section: "reference host-local",
    since,
    isVersionless: true,
    statement: `ADD refuses ${what}, and says what is wrong.`,
    observed: `ADD works in a network apart, fails with each of ${ipams.length} configurations of this kind, and makes nothing on disk.`,
    run: async (trial) => {
      await claimRefused(
        trial,
        ipams.map(([ipam, text]) => [network(trial, ipam), text]),
      );
    },
  };
}

export const refusalClauses: readonly Clause[] = [
  {
    id: "HLO-20a",
    types,
    strength: "MUST",
    profile: "compat",
    section: "reference host-local",
    statement: 'ADD refuses a configuration without "ipam", and says so.',
    observed: 'ADD works in a network apart, fails without "ipam" naming it, and makes nothing on disk.',
    run: async (trial) => {
      const config = { cniVersion: trial.version, name: "conformance", type: "bridge" };
      await claimRefused(trial, [[config, "ipam"]]);
    },
  },
  ...mistakes.map(mistakeClause),
  {
    id: "HLO-21",
    types,
    strength: "SHOULD",
    profile: "compat",
    section: "reference host-local",
    since: "0.4.0",
    statement: "CHECK refuses a configuration that ADD would refuse, although the lease is there.",
    observed:
      "ADD and CHECK work; CHECK with host bits, without ranges and with a set of two families fails.",
    run: async (trial) => {
      const config = network(trial, ranges([pool]));
      const previous = await trial.add({ config });
      await trial.succeed("CHECK", { config, previous });
      for (const ipam of [{}, { subnet: "192.0.2.9/24" }, ranges([pool, { subnet: "fd00::/64" }])]) {
        await trial.fail("CHECK", { config: network(trial, ipam), previous });
      }
    },
  },
  {
    id: "HLO-22",
    types,
    strength: "SHOULD",
    profile: "spec",
    section: "5 Error",
    statement: "A configuration that a plugin finds invalid is refused with code 7.",
    observed:
      "ADD works in a network apart; without ranges, with host bits and with overlapping ranges it fails with 7.",
    run: async (trial) => {
      await claimServes(trial);
      for (const ipam of [{}, { subnet: "192.0.2.9/24" }, ranges([pool, pool])]) {
        await trial.fail("ADD", { config: network(trial, ipam) }, { code: 7 });
      }
    },
  },
  {
    id: "HLO-23a",
    types,
    strength: "MUST",
    profile: "compat",
    section: "reference host-local",
    statement: "Ranges of one subnet that have no address in common may form a set.",
    observed: "ADD with two halves of a subnet in one set: the first address of the first half.",
    run: async (trial) => {
      const halves = [
        { ...pool, rangeEnd: "192.0.2.9" },
        { ...pool, rangeStart: "192.0.2.10" },
      ];
      await claimLeased(trial, network(trial, ranges(halves)), "first", ["192.0.2.2/24"]);
    },
  },
  {
    id: "HLO-23b",
    types,
    strength: "MUST",
    profile: "compat",
    section: "reference host-local",
    since: "0.3.0",
    statement: "Ranges of one subnet that have no address in common may be in two sets.",
    observed: "Two ADDs with two halves of a subnet in a set each: two addresses each, one of each half.",
    run: async (trial) => {
      const halves = ranges([{ ...pool, rangeEnd: "192.0.2.9" }], [{ ...pool, rangeStart: "192.0.2.10" }]);
      await claimLeased(trial, network(trial, halves), "first", ["192.0.2.2/24", "192.0.2.10/24"]);
      await claimLeased(trial, network(trial, halves), "second", ["192.0.2.3/24", "192.0.2.11/24"]);
      await trial.fail("ADD", { of: caller(trial, "first"), config: network(trial, halves) });
    },
  },
];
