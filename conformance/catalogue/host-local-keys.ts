/** HLO-10 to 13: the keys of host-local that are not about ranges. */
import type { JsonObject } from "../../cni/json-object.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimLeases, folderOf, leaseText, namesIn, textOf } from "./host-local-files.ts";
import { caller, claimLeased, network, types } from "./host-local-network.ts";

const section = "host-local documentation, network configuration reference";
const ranges = [[{ subnet: "10.1.2.0/24" }], [{ subnet: "fd00::/64" }]];

/** Of both families in any shape; where each has a place of its own, IPv4 first. */
function routesIn(result: JsonObject): readonly unknown[] {
  const { ip4, ip6, routes } = result as Readonly<Record<"ip4" | "ip6", { routes?: readonly unknown[] }>> & {
    readonly routes?: readonly unknown[];
  };
  return [...(ip4?.routes ?? []), ...(ip6?.routes ?? []), ...(routes ?? [])];
}

/** A resolv.conf(5) and the `dns` of the result. */
interface Resolver {
  readonly id: string;
  readonly statement: string;
  readonly text: string;
  readonly dns: JsonObject;
}

const resolvers: readonly Resolver[] = [
  {
    id: "HLO-11a",
    statement: "The name server of the file that resolvConf names is in the result.",
    text: "nameserver 192.0.2.1\n",
    dns: { nameservers: ["192.0.2.1"] },
  },
  {
    id: "HLO-11b",
    statement: "Comments, empty lines and words without a value in that file say nothing.",
    text: "# a\n ; b\n\nnameserver 192.0.2.1\n#nameserver 192.0.2.2\nsearch\n",
    dns: { nameservers: ["192.0.2.1"] },
  },
  {
    id: "HLO-11c",
    statement: "Name servers, search domains and options of several lines add up, the last domain counts.",
    text: [
      "nameserver 192.0.2.1",
      "nameserver 2001:db8::1",
      "domain example.org",
      "domain example.com",
      "search a.test\tb.test",
      "search c.test",
      "options x y:1",
      "options z",
    ].join("\n"),
    dns: {
      nameservers: ["192.0.2.1", "2001:db8::1"],
      domain: "example.com",
      search: ["a.test", "b.test", "c.test"],
      options: ["x", "y:1", "z"],
    },
  },
];

const resolvConf = "/var/lib/node/resolv.conf";

function resolverClause({ id, statement, text, dns }: Resolver): Clause {
  return {
    id,
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement,
    observed: `ADD with the file ${JSON.stringify(text)}: dns ${JSON.stringify(dns)}.`,
    run: async (trial) => {
      trial.node.write(resolvConf, text);
      const result = await trial.add({ config: network(trial, { ranges, resolvConf }) });
      claimSame("dns of the result", result["dns"], dns);
    },
  };
}

export const keyClauses: readonly Clause[] = [
  {
    id: "HLO-10a",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "Routes of the configuration are in the result as they are, with and without a gateway.",
    observed: "ADD with two IPv4 and two IPv6 routes, one of each with a gateway: all four in their order.",
    run: async (trial) => {
      const routes = [
        { dst: "0.0.0.0/0" },
        { dst: "192.168.0.0/16", gw: "10.1.2.7" },
        { dst: "::/0" },
        { dst: "2001:db8:2::/64", gw: "fd00::7" },
      ];
      const result = await trial.add({ config: network(trial, { ranges, routes }) });
      claimSame("routes of the result", routesIn(result), routes);
    },
  },
  {
    id: "HLO-10b",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    since: "1.1.0",
    statement: "What a route says about mtu, advmss, priority, table and scope is in the result.",
    observed: "ADD with a route that has all of them: the same route.",
    run: async (trial) => {
      const route = { dst: "192.168.0.0/16", mtu: 1400, advmss: 1300, priority: 5, table: 100, scope: 253 };
      const result = await trial.add({ config: network(trial, { ranges, routes: [route] }) });
      claimSame("routes of the result", routesIn(result), [route]);
    },
  },
  ...resolvers.map(resolverClause),
  {
    id: "HLO-11d",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A resolvConf that cannot be read is an error, not an empty answer.",
    observed: "ADD works with an empty file; without the file it fails, names it and keeps no lease.",
    run: async (trial) => {
      trial.node.write(resolvConf, "");
      await trial.add({ config: network(trial, { ranges, resolvConf }) });
      const missing = network(trial, { ranges, resolvConf: "/var/lib/node/nowhere" }, { name: "missing" });
      await trial.fail("ADD", { config: missing }, { naming: ["/var/lib/node/nowhere"] });
      await claimLeases(trial, "after the refusal", [], "missing");
    },
  },
  {
    id: "HLO-12",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "dataDir puts the folders of networks elsewhere, and is made where it is missing.",
    observed:
      "ADD with dataDir, a trailing slash included: the lease is there and not in the usual place; DEL takes it back.",
    run: async (trial) => {
      const [config, spelled] = ["/var/lib/node/deep/leases", "/var/lib/node/deep/leases/"].map((dataDir) =>
        network(trial, { subnet: "10.1.2.0/24", dataDir }),
      );
      const folder = folderOf("conformance", "/var/lib/node/deep/leases");
      await claimLeased(trial, config ?? {}, "first", ["10.1.2.2/24"]);
      await claimLeased(trial, spelled ?? {}, "second", ["10.1.2.3/24"]);
      claimSame("the lease", textOf(trial, "10.1.2.2", folder), leaseText("first"));
      claimSame("names in the usual folder", namesIn(trial, folderOf()), []);
      await trial.succeed("DEL", { of: caller(trial, "first"), config: config ?? {} });
      claimSame("names after DEL", namesIn(trial, folder), ["10.1.2.3", "last_reserved_ip.0", "lock"]);
    },
  },
  {
    id: "HLO-13",
    types,
    strength: "quirk",
    profile: "compat",
    section: "reference host-local",
    statement: "Keys are known in any case of their letters.",
    observed: "ADD with SUBNET, rangestart and Gateway: they count.",
    run: async (trial) => {
      const ipam = { SUBNET: "10.1.2.0/24", rangestart: "10.1.2.40", Gateway: "10.1.2.40" };
      await claimLeased(trial, network(trial, ipam), "first", ["10.1.2.41/24"]);
    },
  },
];
