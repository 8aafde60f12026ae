/** HLO-01 to 08: which addresses a configuration of host-local gives. */
import type { JsonObject } from "../../cni/json-object.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause, Strength } from "../suite/clause.ts";
import { claimLeases, textOf } from "./host-local-files.ts";
import { caller, claimLeased, lease, network, subnetOf, types, type Grant } from "./host-local-network.ts";

const section = "host-local documentation, network configuration reference";

/** A promise about the first address that a range gives. */
interface FirstLease {
  readonly id: string;
  readonly statement: string;
  readonly range: JsonObject;
  readonly grant: Grant;
  readonly strength?: Strength;
}

const firstLeases: readonly FirstLease[] = [
  {
    id: "HLO-02a",
    statement:
      "The first address of an IPv4 subnet is the gateway unless another is configured, and the second is leased first.",
    range: { subnet: "192.0.2.128/25" },
    grant: { address: "192.0.2.130/25", gateway: "192.0.2.129" },
  },
  {
    id: "HLO-02b",
    statement: "An IPv6 subnet has the same defaults as an IPv4 one.",
    range: { subnet: "2001:db8:1::/64" },
    grant: { address: "2001:db8:1::2/64", gateway: "2001:db8:1::1" },
  },
  {
    id: "HLO-02c",
    statement: "Addresses are printed in their canonical form, however the configuration spells the subnet.",
    range: { subnet: "2001:DB8:1:0:0::/80" },
    grant: { address: "2001:db8:1::2/80", gateway: "2001:db8:1::1" },
  },
  {
    id: "HLO-02d",
    statement:
      "A configured gateway is returned with the address, also from outside of rangeStart and rangeEnd.",
    range: {
      subnet: "192.0.2.0/24",
      rangeStart: "192.0.2.40",
      rangeEnd: "192.0.2.50",
      gateway: "192.0.2.254",
    },
    grant: { address: "192.0.2.40/24", gateway: "192.0.2.254" },
  },
  {
    id: "HLO-02e",
    statement: "A configured gateway is never leased.",
    range: { subnet: "192.0.2.0/24", rangeStart: "192.0.2.40", gateway: "192.0.2.40" },
    grant: { address: "192.0.2.41/24", gateway: "192.0.2.40" },
  },
  {
    id: "HLO-02f",
    statement: "Where the gateway is elsewhere, the first address of the subnet is leased like any other.",
    range: { subnet: "192.0.2.0/24", gateway: "192.0.2.2" },
    grant: { address: "192.0.2.1/24", gateway: "192.0.2.2" },
  },
  {
    id: "HLO-02g",
    strength: "quirk",
    statement: "A gateway outside of the subnet is accepted as it is.",
    range: { subnet: "192.0.2.0/24", gateway: "198.51.100.1" },
    grant: { address: "192.0.2.1/24", gateway: "198.51.100.1" },
  },
];

function firstLeaseClause({ id, statement, range, grant, strength = "MUST" }: FirstLease): Clause {
  return {
    id,
    types,
    strength,
    profile: "compat",
    section,
    statement,
    observed: `ADD with the range ${JSON.stringify(range)}: ${grant.address}, gateway ${grant.gateway}.`,
    run: async (trial) => {
      claimSame("the lease", await lease(trial, network(trial, { ranges: [[range]] }), "first"), [grant]);
    },
  };
}

export const rangeClauses: readonly Clause[] = [
  {
    id: "HLO-01",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A subnet beside the type, without a list of ranges, is a whole configuration.",
    observed:
      "ADD with a subnet of 24 bits: its second address with its length and the first as gateway, and one lease on disk.",
    run: async (trial) => {
      const grants = await lease(trial, network(trial, { subnet: "10.88.0.0/24" }), "first");
      claimSame("the lease", grants, [{ address: "10.88.0.2/24", gateway: "10.88.0.1" }]);
      await claimLeases(trial, "after ADD", ["10.88.0.2"]);
    },
  },
  ...firstLeases.map(firstLeaseClause),
  {
    id: "HLO-03",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "rangeStart and rangeEnd are the first and the last address that are leased.",
    observed:
      "ADDs from a range of two addresses, in the single form and in a list: both are given, the third ADD fails.",
    run: async (trial) => {
      const range = { subnet: "192.0.2.0/24", rangeStart: "192.0.2.40", rangeEnd: "192.0.2.41" };
      const configs = [network(trial, range), network(trial, { ranges: [[range]] }, { name: "listed" })];
      for (const config of configs) {
        await claimLeased(trial, config, "first", ["192.0.2.40/24"]);
        await claimLeased(trial, config, "second", ["192.0.2.41/24"]);
        await trial.fail("ADD", { of: caller(trial, "third"), config });
      }
    },
  },
  {
    id: "HLO-04a",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement:
      "Every range set gives one address, so that a set of each family makes a container dual stack.",
    observed: "ADD with an IPv4 and an IPv6 set: one address and gateway of each, and a lease for each.",
    run: async (trial) => {
      const config = network(trial, {
        ranges: [[{ subnet: "10.1.2.0/24" }], [{ subnet: "2001:db8:1::/64" }]],
      });
      claimSame("the leases", await lease(trial, config, "first"), [
        { address: "10.1.2.2/24", gateway: "10.1.2.1" },
        { address: "2001:db8:1::2/64", gateway: "2001:db8:1::1" },
      ]);
      await claimLeases(trial, "after ADD", ["10.1.2.2", "2001:db8:1::2"]);
    },
  },
  {
    id: "HLO-04b",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    since: "0.3.0",
    statement: "Sets of one family each give an address, in the order of the configuration.",
    observed:
      "ADD with sets of an IPv6 subnet and two IPv4 subnets, the higher one first: three addresses in that order.",
    run: async (trial) => {
      const ranges = ["2001:db8:1::/64", "10.9.0.0/24", "10.1.0.0/24"].map((subnet) => [{ subnet }]);
      await claimLeased(trial, network(trial, { ranges }), "first", [
        "2001:db8:1::2/64",
        "10.9.0.2/24",
        "10.1.0.2/24",
      ]);
    },
  },
  {
    id: "HLO-05a",
    types,
    strength: "MUST",
    profile: "compat",
    section: "CNI conventions, ipRanges",
    statement: "Ranges of runtimeConfig.ipRanges serve where the configuration has none.",
    observed: "ADD with runtimeConfig.ipRanges alone: the first address of it.",
    run: async (trial) => {
      const runtimeConfig = { ipRanges: [[{ subnet: "10.1.0.0/24" }]] };
      await claimLeased(trial, network(trial, {}, { runtimeConfig }), "first", ["10.1.0.2/24"]);
    },
  },
  {
    id: "HLO-05b",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    since: "0.3.0",
    statement:
      "The sets are those of runtimeConfig.ipRanges, then the single form, then ranges, and are numbered in this order.",
    observed:
      "ADD with all three: three addresses in that order, and the note on the last address of each set.",
    run: async (trial) => {
      const ipam = { subnet: "10.2.0.0/24", gateway: "10.2.0.200", ranges: [[{ subnet: "10.3.0.0/24" }]] };
      const runtimeConfig = { ipRanges: [[{ subnet: "10.1.0.0/24" }]] };
      claimSame("the leases", await lease(trial, network(trial, ipam, { runtimeConfig }), "first"), [
        { address: "10.1.0.2/24", gateway: "10.1.0.1" },
        { address: "10.2.0.1/24", gateway: "10.2.0.200" },
        { address: "10.3.0.2/24", gateway: "10.3.0.1" },
      ]);
      const notes = [0, 1, 2].map((set) => textOf(trial, `last_reserved_ip.${set}`));
      claimSame("the last address of each set", notes, ["10.1.0.2", "10.2.0.1", "10.3.0.2"]);
    },
  },
  {
    id: "HLO-06",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement:
      "The ranges of one set give one address together, the next range once the one before is used up.",
    observed:
      "Two ADDs from a set of two subnets with one free address each: one address of each, with its own gateway.",
    run: async (trial) => {
      const config = network(trial, { ranges: [[{ subnet: "10.0.0.0/30" }, { subnet: "10.0.1.0/30" }]] });
      claimSame("the first lease", await lease(trial, config, "first"), [
        { address: "10.0.0.2/30", gateway: "10.0.0.1" },
      ]);
      claimSame("the second lease", await lease(trial, config, "second"), [
        { address: "10.0.1.2/30", gateway: "10.0.1.1" },
      ]);
    },
  },
  {
    id: "HLO-07",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "IPv6 has no broadcast address, so the last address of its subnet is leased as well.",
    observed: "Three ADDs from a subnet of 126 bits: the third and fourth address of it, then a failure.",
    run: async (trial) => {
      const config = subnetOf(trial, "2001:db8::/126");
      await claimLeased(trial, config, "first", ["2001:db8::2/126"]);
      await claimLeased(trial, config, "second", ["2001:db8::3/126"]);
      await trial.fail("ADD", { of: caller(trial, "third"), config });
    },
  },
  {
    id: "HLO-08",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    until: "0.2.0",
    statement: "Two addresses of one family are refused in versions whose results have room for one of each.",
    observed:
      "ADD with an IPv4 and an IPv6 set works; with two IPv4 sets it fails, names the limit and keeps no lease.",
    run: async (trial) => {
      const sets = ["10.1.0.0/24", "fd00::/64", "10.2.0.0/24"].map((subnet) => [{ subnet }]);
      const [first, second] = [sets.slice(0, 2), sets].map((ranges) => network(trial, { ranges }));
      await claimLeased(trial, first ?? {}, "first", ["10.1.0.2/24", "fd00::2/64"]);
      const other = { of: caller(trial, "second"), config: second ?? {} };
      await trial.fail("ADD", other, { naming: ["does not support more than 1 address per family"] });
      await claimLeases(trial, "after the refusal", ["10.1.0.2", "fd00::2"]);
    },
  },
];
