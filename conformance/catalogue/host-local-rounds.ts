/** HLO-50 to 55: in which order addresses are given, and when none is left. */
import type { JsonObject } from "../../cni/json-object.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimLeases, putLeases, textOf } from "./host-local-files.ts";
import { caller, claimLeased, network, subnetOf, types } from "./host-local-network.ts";

const section = "reference host-local, allocation";

/** What is there, and which addresses the ADDs that follow get. */
interface Round {
  readonly id: string;
  readonly what: string;
  readonly ranges: readonly JsonObject[];
  readonly taken?: readonly string[];
  /** The address given last. */
  readonly last?: string;
  readonly next: readonly string[];
}

const eight = [{ subnet: "10.0.0.0/29" }];
const twoPools = [{ subnet: "10.0.0.0/30" }, { subnet: "10.0.1.0/30" }];

const rounds: readonly Round[] = [
  {
    id: "HLO-50a",
    what: "Without a last address the first range is begun at its start",
    ranges: [{ subnet: "10.0.0.0/29", rangeStart: "10.0.0.4" }],
    next: ["10.0.0.4/29", "10.0.0.5/29", "10.0.0.6/29"],
  },
  {
    id: "HLO-50b",
    what: "Addresses that are taken are passed over",
    ranges: eight,
    taken: ["10.0.0.2"],
    next: ["10.0.0.3/29"],
  },
  {
    id: "HLO-50c",
    what: "The address behind the last one comes next, also where earlier ones are free",
    ranges: eight,
    taken: ["10.0.0.2"],
    last: "10.0.0.3",
    next: ["10.0.0.4/29"],
  },
  {
    id: "HLO-50d",
    what: "A run of taken addresses behind the last one is passed over",
    ranges: eight,
    taken: ["10.0.0.4", "10.0.0.5"],
    last: "10.0.0.3",
    next: ["10.0.0.6/29"],
  },
  {
    id: "HLO-50e",
    what: "Behind the end of the range it goes on at the start",
    ranges: eight,
    taken: ["10.0.0.4", "10.0.0.5", "10.0.0.6"],
    last: "10.0.0.3",
    next: ["10.0.0.2/29"],
  },
  {
    id: "HLO-50f",
    what: "After the last address of the range every address is given once, from its start",
    ranges: eight,
    last: "10.0.0.6",
    next: ["10.0.0.2/29", "10.0.0.3/29", "10.0.0.4/29", "10.0.0.5/29", "10.0.0.6/29"],
  },
  {
    id: "HLO-50g",
    what: "From the middle of the range every address is given once, the last one at the end",
    ranges: eight,
    last: "10.0.0.3",
    next: ["10.0.0.4/29", "10.0.0.5/29", "10.0.0.6/29", "10.0.0.2/29", "10.0.0.3/29"],
  },
  {
    id: "HLO-50h",
    what: "A last address outside of the range counts for nothing",
    ranges: eight,
    last: "10.0.0.128",
    next: ["10.0.0.2/29"],
  },
  {
    id: "HLO-50i",
    what: "A last address that is no address counts for nothing",
    ranges: eight,
    last: "nonsense",
    next: ["10.0.0.2/29"],
  },
  {
    id: "HLO-50j",
    what: "The last address itself is given where it alone is free",
    ranges: eight,
    taken: ["10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"],
    last: "10.0.0.3",
    next: ["10.0.0.3/29"],
  },
  {
    id: "HLO-50k",
    what: "Of several ranges the first is begun with",
    ranges: twoPools,
    next: ["10.0.0.2/30"],
  },
  {
    id: "HLO-50l",
    what: "Behind the end of a range the next range of the set follows",
    ranges: twoPools,
    taken: ["10.0.0.2"],
    last: "10.0.0.2",
    next: ["10.0.1.2/30"],
  },
  {
    id: "HLO-50m",
    what: "Behind the end of the last range the first one follows",
    ranges: twoPools,
    taken: ["10.0.1.2"],
    last: "10.0.1.2",
    next: ["10.0.0.2/30"],
  },
  {
    id: "HLO-50n",
    what: "IPv6 addresses go round as well",
    ranges: [{ subnet: "2001:db8::/64", rangeEnd: "2001:db8::4" }],
    taken: ["2001:db8::4"],
    last: "2001:db8::3",
    next: ["2001:db8::2/64", "2001:db8::3/64"],
  },
];

function roundClause({ id, what, ranges, taken = [], last, next }: Round): Clause {
  return {
    id,
    types,
    strength: "MUST",
    profile: "compat",
    section,
    isVersionless: true,
    statement: `${what}.`,
    observed: `ADD with leases of ${taken.join(", ") || "nobody"}, last address ${last ?? "unknown"}: ${next.join(", ")}.`,
    run: async (trial) => {
      putLeases(trial, taken, { last });
      for (const [at, address] of next.entries()) {
        await claimLeased(trial, network(trial, { ranges: [ranges] }), `new${at}`, [address]);
        claimSame("the last address", textOf(trial, "last_reserved_ip.0"), address.split("/")[0]);
      }
    },
  };
}

/** A network without a free address, and how it is called. */
const full: readonly (readonly [
  id: string,
  what: string,
  ranges: readonly JsonObject[],
  free: string,
  named: string,
])[] = [
  ["HLO-53a", "a subnet", [{ subnet: "10.0.0.0/30" }], "10.0.0.2/30", "10.0.0.1-10.0.0.2"],
  ["HLO-53b", "several ranges", twoPools, "10.0.0.2/30", "10.0.0.1-10.0.0.2,10.0.1.1-10.0.1.2"],
  [
    "HLO-53c",
    "a part of a subnet",
    [{ subnet: "10.0.0.0/24", rangeStart: "10.0.0.9", rangeEnd: "10.0.0.9" }],
    "10.0.0.9/24",
    "10.0.0.9-10.0.0.9",
  ],
];

function fullClause([id, what, ranges, free, named]: (typeof full)[number]): Clause {
  return {
    id,
    types,
    strength: "MUST",
    profile: "compat",
    section,
    isVersionless: true,
    statement: `When ${what} is used up ADD fails and names the ranges, and a DEL makes room again.`,
    observed: `ADD of the one free address, ADD that fails, DEL, ADD that gets ${free}; leases throughout.`,
    run: async (trial) => {
      const others = ranges.length > 1 ? ["10.0.1.2"] : [];
      putLeases(trial, others);
      const config = network(trial, { ranges: [ranges] });
      const leases = [free.split("/")[0] ?? "", ...others];
      await claimLeased(trial, config, "first", [free]);
      const naming = [`no IP addresses available in range set: ${named}`];
      await trial.fail("ADD", { of: caller(trial, "second"), config }, { naming });
      await claimLeases(trial, "after the failure", leases);
      await trial.succeed("DEL", { of: caller(trial, "first"), config });
      await claimLeased(trial, config, "second", [free]);
      await claimLeases(trial, "in the end", leases);
    },
  };
}

export const roundClauses: readonly Clause[] = [
  ...rounds.map(roundClause),
  {
    id: "HLO-51",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement:
      "Every address but those of the network, the gateway and broadcast is given, each to one container.",
    observed: "Five ADDs from a subnet of eight addresses: all different, the sixth ADD fails.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/29");
      for (const host of [2, 3, 4, 5, 6]) await claimLeased(trial, config, `c${host}`, [`10.1.2.${host}/29`]);
      await trial.fail("ADD", { of: caller(trial, "late"), config });
      await claimLeases(trial, "in the end", ["10.1.2.2", "10.1.2.3", "10.1.2.4", "10.1.2.5", "10.1.2.6"]);
    },
  },
  {
    id: "HLO-52",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "An address that was given back rests while others are free.",
    observed: "ADD, DEL, ADD: the second ADD gets the next address.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/29");
      await claimLeased(trial, config, "one", ["10.1.2.2/29"]);
      await trial.succeed("DEL", { of: caller(trial, "one"), config });
      await claimLeased(trial, config, "one", ["10.1.2.3/29"]);
    },
  },
  ...full.map(fullClause),
  {
    id: "HLO-54",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A second ADD of an attachment without DEL is refused by name, while others are served.",
    observed: "ADD of a container between ADDs of others: refused each time, its first lease stays.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/29");
      const naming = ["10.1.2.2 has been allocated to one, duplicate allocation is not allowed"];
      await claimLeased(trial, config, "one", ["10.1.2.2/29"]);
      await trial.fail("ADD", { of: caller(trial, "one"), config }, { naming });
      await claimLeased(trial, config, "two", ["10.1.2.3/29"]);
      await trial.fail("ADD", { of: caller(trial, "one"), config }, { naming });
      await claimLeases(trial, "in the end", ["10.1.2.2", "10.1.2.3"]);
    },
  },
];
