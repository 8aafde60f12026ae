/** HLO-30 to 36: addresses that are asked for. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Version } from "../../cni/version.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { claimLeases, leaseText, putLeases, textOf } from "./host-local-files.ts";
import { caller, claimLeased, grantsIn, network, types } from "./host-local-network.ts";

const conventions = "CNI conventions, ips and IP";
const reference = "reference host-local";

const subnet = { subnet: "10.1.2.0/24" };
const both = [[subnet, { subnet: "10.1.4.0/24" }], [{ subnet: "2001:db8:1::/64" }]];

/** A request that is granted. */
interface Wish {
  readonly id: string;
  readonly section: string;
  readonly statement: string;
  readonly ranges: readonly (readonly JsonObject[])[];
  /** CNI_ARGS. */
  readonly args?: string;
  readonly more?: JsonObject;
  readonly addresses: readonly string[];
  readonly since?: Version;
}

const wishes: readonly Wish[] = [
  {
    id: "HLO-30a",
    section: conventions,
    statement: "IP of CNI_ARGS asks for an address.",
    ranges: [[subnet]],
    args: "IP=10.1.2.88",
    addresses: ["10.1.2.88/24"],
  },
  {
    id: "HLO-30b",
    section: conventions,
    statement: "args.cni.ips asks for an address.",
    ranges: [[subnet]],
    more: { args: { cni: { ips: ["10.1.2.88"] } } },
    addresses: ["10.1.2.88/24"],
  },
  {
    id: "HLO-30c",
    section: conventions,
    statement: "runtimeConfig.ips asks for an address.",
    ranges: [[subnet]],
    more: { runtimeConfig: { ips: ["10.1.2.88"] } },
    addresses: ["10.1.2.88/24"],
  },
  {
    id: "HLO-30d",
    section: reference,
    statement:
      "A prefix length of a requested address is dropped for that of the range, whichever way it was asked for.",
    ranges: [[subnet], [{ subnet: "2001:db8:1::/64" }]],
    args: "IP=10.1.2.88/16",
    more: { runtimeConfig: { ips: ["2001:db8:1::99/128"] } },
    addresses: ["10.1.2.88/24", "2001:db8:1::99/64"],
  },
  {
    id: "HLO-30e",
    section: reference,
    statement: "A requested address may lie in any range of a set, and each family can be asked for.",
    ranges: both,
    more: { args: { cni: { ips: ["2001:db8:1::999", "10.1.4.88"] } } },
    addresses: ["10.1.4.88/24", "2001:db8:1::999/64"],
  },
  {
    id: "HLO-30f",
    section: reference,
    statement: "A set that nothing was asked of gives its next address.",
    ranges: both,
    more: { runtimeConfig: { ips: ["2001:db8:1::999"] } },
    addresses: ["10.1.2.2/24", "2001:db8:1::999/64"],
  },
  {
    id: "HLO-30g",
    section: reference,
    since: "0.3.0",
    statement: "Addresses that are asked for in all three ways are all given, each out of its set.",
    ranges: [[subnet], [{ subnet: "10.1.3.0/24" }], [{ subnet: "10.1.4.0/24" }]],
    args: "IP=10.1.4.4",
    more: { args: { cni: { ips: ["10.1.3.3"] } }, runtimeConfig: { ips: ["10.1.2.22"] } },
    addresses: ["10.1.2.22/24", "10.1.3.3/24", "10.1.4.4/24"],
  },
  {
    id: "HLO-30h",
    section: reference,
    statement: "The first and the last address of a range can be asked for.",
    ranges: [
      [{ ...subnet, rangeStart: "10.1.2.10", rangeEnd: "10.1.2.20" }],
      [{ subnet: "2001:db8:1::/126", gateway: "2001:db8:1::2" }],
    ],
    more: { runtimeConfig: { ips: ["10.1.2.20", "2001:db8:1::1"] } },
    addresses: ["10.1.2.20/24", "2001:db8:1::1/126"],
  },
];

function wishClause({
  id,
  section,
  statement,
  ranges,
  args,
  more,
  addresses,
  since = "0.1.0",
}: Wish): Clause {
  const asked = [args ?? [], more === undefined ? [] : JSON.stringify(more)].flat().join(" and ");
  return {
    id,
    types,
    strength: "MUST",
    profile: "compat",
    section,
    since,
    statement,
    observed: `ADD with ${asked}: ${addresses.join(" and ")}, and leases of these.`,
    run: async (trial) => {
      const config = network(trial, { ranges }, more);
      const result = await trial.add({ config, ...(args === undefined ? {} : { args }) });
      claimSame(
        "the addresses",
        grantsIn(result).map(({ address }) => address),
        addresses,
      );
      const names = addresses.map((address) => address.slice(0, address.indexOf("/")));
      await claimLeases(trial, "after ADD", names);
    },
  };
}

/** A request that cannot be granted. */
interface Refusal {
  readonly id: string;
  readonly what: string;
  readonly ips: readonly string[];
  readonly naming: readonly string[];
}

const refusals: readonly Refusal[] = [
  {
    id: "HLO-31a",
    what: "is taken",
    ips: ["10.1.2.50"],
    naming: ["requested IP address 10.1.2.50 is not available in range set 10.1.2.10-10.1.2.100"],
  },
  {
    id: "HLO-31b",
    what: "is the gateway",
    ips: ["10.1.2.60"],
    naming: ["requested ip 10.1.2.60 is subnet's gateway"],
  },
  {
    id: "HLO-31c",
    what: "comes after rangeEnd",
    ips: ["10.1.2.101"],
    naming: ["failed to allocate all requested IPs: 10.1.2.101"],
  },
  {
    id: "HLO-31d",
    what: "comes before rangeStart",
    ips: ["10.1.2.9"],
    naming: ["failed to allocate all requested IPs: 10.1.2.9"],
  },
  {
    id: "HLO-31e",
    what: "is the second one of a set",
    ips: ["10.1.2.61", "10.1.2.62"],
    naming: ["failed to allocate all requested IPs: 10.1.2.6"],
  },
  { id: "HLO-31f", what: "is no address", ips: ["10.1.2"], naming: ["10.1.2"] },
];

/** What the refusals are asked of: some leases, a gateway in the middle. */
function picky(trial: Trial, more: JsonObject = {}): JsonObject {
  const range = { ...subnet, rangeStart: "10.1.2.10", rangeEnd: "10.1.2.100", gateway: "10.1.2.60" };
  return network(trial, { ranges: [[range], [{ subnet: "2001:db8:1::/64" }]] }, more);
}

function refusalClause({ id, what, ips, naming }: Refusal): Clause {
  return {
    id,
    types,
    strength: "MUST",
    profile: "compat",
    section: reference,
    statement: `A requested address that ${what} is refused by name, and nothing is leased in its place.`,
    observed: `ADD without a request works; with runtimeConfig.ips ${JSON.stringify(ips)} it fails and leaves no lease.`,
    run: async (trial) => {
      putLeases(trial, ["10.1.2.50"]);
      await claimLeased(trial, picky(trial), "first", ["10.1.2.10/24", "2001:db8:1::2/64"]);
      const config = picky(trial, { runtimeConfig: { ips } });
      await trial.fail("ADD", { of: caller(trial, "second"), config }, { naming });
      await claimLeases(trial, "after the refusal", ["10.1.2.10", "10.1.2.50", "2001:db8:1::2"]);
    },
  };
}

export const requestClauses: readonly Clause[] = [
  ...wishes.map(wishClause),
  ...refusals.map(refusalClause),
  {
    id: "HLO-32",
    types,
    strength: "MUST",
    profile: "compat",
    section: reference,
    statement:
      "A requested address is noted as the last one, so that the next container gets the one behind it.",
    observed: "ADD with a request for .88, then one without: .89.",
    run: async (trial) => {
      const asking = network(trial, subnet, { runtimeConfig: { ips: ["10.1.2.88"] } });
      await claimLeased(trial, asking, "first", ["10.1.2.88/24"]);
      claimSame("the last address", textOf(trial, "last_reserved_ip.0"), "10.1.2.88");
      await claimLeased(trial, network(trial, subnet), "second", ["10.1.2.89/24"]);
    },
  },
  {
    id: "HLO-33",
    types,
    strength: "quirk",
    profile: "compat",
    section: reference,
    statement: "An attachment that has an address may ask for another one by name.",
    observed: "ADD, then ADD of the same attachment with a request: both leases are there.",
    run: async (trial) => {
      await claimLeased(trial, network(trial, subnet), "first", ["10.1.2.2/24"]);
      const asking = network(trial, subnet, { runtimeConfig: { ips: ["10.1.2.88"] } });
      await claimLeased(trial, asking, "first", ["10.1.2.88/24"]);
      const texts = ["10.1.2.2", "10.1.2.88"].map((name) => textOf(trial, name));
      claimSame("the leases", texts, [leaseText("first"), leaseText("first")]);
    },
  },
  {
    id: "HLO-34",
    types,
    strength: "MUST",
    profile: "compat",
    section: conventions,
    statement:
      "With IgnoreUnknown, keys of CNI_ARGS that belong to others are passed over and IP still counts.",
    observed: "ADD with IgnoreUnknown=1, what Kubernetes sends and IP: the requested address.",
    run: async (trial) => {
      const args =
        "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-1;MAC=02:00:00:00:00:01;IP=10.1.2.88";
      const result = await trial.add({ config: network(trial, subnet), args });
      claimSame("the lease", grantsIn(result), [{ address: "10.1.2.88/24", gateway: "10.1.2.1" }]);
    },
  },
  {
    id: "HLO-35",
    types,
    strength: "SHOULD",
    profile: "compat",
    section: conventions,
    statement:
      "Without IgnoreUnknown, keys of CNI_ARGS that nobody knows are refused, a misspelt ip among them.",
    observed:
      "ADD works with IP; with FOO=BAR, with ip= and with a pair without = it fails, names it and leases nothing.",
    run: async (trial) => {
      const config = network(trial, subnet);
      await trial.add({ config, args: "IP=10.1.2.88" });
      for (const args of ["FOO=BAR", "ip=10.1.2.89", "IP"]) {
        await trial.fail("ADD", { of: caller(trial, "second"), config, args }, { naming: [args] });
      }
      await claimLeases(trial, "after the refusals", ["10.1.2.88"]);
    },
  },
  {
    id: "HLO-36",
    types,
    strength: "quirk",
    profile: "compat",
    section: reference,
    isVersionless: true,
    statement: "MAC is a key of CNI_ARGS that host-local does not know.",
    observed: "ADD works with IP; with MAC and without IgnoreUnknown it fails.",
    run: async (trial) => {
      const config = network(trial, subnet);
      await trial.add({ config, args: "IP=10.1.2.88" });
      await trial.fail("ADD", { of: caller(trial, "second"), config, args: "MAC=02:00:00:00:00:01" });
    },
  },
];
