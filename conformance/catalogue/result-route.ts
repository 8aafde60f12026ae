/** RES-07 and 08: what becomes of the routes that an IPAM plugin gives. */
import type { JsonObject } from "../../cni/json-object.ts";
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { gateway } from "../suite/subject.ts";
import type { Trial } from "../suite/trial.ts";
import { FakeIpam, leaseOf, type Route } from "./fake-ipam.ts";
import { listed, partsOf } from "./result-parts.ts";

const section = "5 Types: Success";
/** What came with 1.1.0. */
const attributes = ["mtu", "advmss", "priority", "table", "scope"] as const;

/** The routes of an ADD's result whose IPAM plugin gives these. */
async function routesPrinted(trial: Trial, routes: readonly Route[]): Promise<readonly JsonObject[]> {
  const { options } = await FakeIpam.install(trial, { ADD: { out: leaseOf(trial.version, routes) } });
  const added = await trial.add(options);
  return trial.isAtLeast("0.3.0") ? listed(added, "routes") : partsOf(added, "ip4", "routes");
}

function routeTo(dst: string, routes: readonly JsonObject[]): JsonObject | undefined {
  return routes.find((route) => route["dst"] === dst);
}

export const resultRouteClauses: readonly Clause[] = [
  {
    id: "RES-07",
    strength: "SHOULD",
    profile: "spec",
    section,
    since: "1.1.0",
    kinds: ["interface"],
    statement: "Attributes of a route are passed on as the IPAM plugin gave them.",
    observed:
      "An IPAM plugin gives a route with mtu, advmss, priority, table 254 and scope 0: all are in the result, and what another route leaves out stays out.",
    run: async (trial) => {
      const full = {
        dst: "10.99.0.0/16",
        gw: gateway,
        mtu: 1400,
        advmss: 1300,
        priority: 50,
        table: 254,
        scope: 0,
      };
      const added = await routesPrinted(trial, [full, { dst: "10.98.0.0/16" }]);
      claimSame("the route", routeTo(full.dst, added), full);
      const plain = routeTo("10.98.0.0/16", added);
      for (const key of attributes) claimSame(`${key} of the plain route`, plain?.[key], undefined);
    },
  },
  {
    id: "RES-07b",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    since: "1.1.0",
    kinds: ["interface"],
    statement: "A route's table and scope of 0 are kept, while an mtu, advmss or priority of 0 is left out.",
    observed: "An IPAM plugin gives a route with all five as 0: its result has the first two.",
    run: async (trial) => {
      const route = { dst: "10.99.0.0/16", gw: gateway };
      const zeros = { ...route, mtu: 0, advmss: 0, priority: 0, table: 0, scope: 0 };
      const added = await routesPrinted(trial, [zeros]);
      claimSame("the route", routeTo(route.dst, added), { ...route, table: 0, scope: 0 });
    },
  },
  {
    id: "RES-08",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    since: "0.3.0",
    until: "1.0.0",
    kinds: ["interface"],
    statement: "Attributes of routes that came with 1.1.0 stay in results of earlier versions.",
    observed: "An IPAM plugin gives a route with a priority: the result has it.",
    run: async (trial) => {
      const added = await routesPrinted(trial, [{ dst: "10.99.0.0/16", gw: gateway, priority: 50 }]);
      claimSame("the priority of the route", routeTo("10.99.0.0/16", added)?.["priority"], 50);
    },
  },
  {
    id: "RES-08b",
    strength: "MUST",
    profile: "spec",
    section: "5 Types, of 0.1.0 and 0.2.0",
    until: "0.2.0",
    kinds: ["interface"],
    statement: "Up to 0.2.0 a route is told with the address of its family.",
    observed: "An IPAM plugin gives a route of IPv4: the ip4 of the result has it, with its gateway.",
    run: async (trial) => {
      const [route] = await routesPrinted(trial, [{ dst: "10.99.0.0/16", gw: gateway }]);
      claimSame("destination and gateway", [route?.["dst"], route?.["gw"]], ["10.99.0.0/16", gateway]);
    },
  },
  {
    id: "RES-08c",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    until: "0.2.0",
    kinds: ["interface"],
    statement: "Up to 0.2.0 a route has a destination and a gateway, and nothing of later versions.",
    observed:
      "An IPAM plugin gives a route with an mtu and a priority: the result has its destination and gateway.",
    run: async (trial) => {
      const route = { dst: "10.99.0.0/16", gw: gateway };
      const added = await routesPrinted(trial, [{ ...route, mtu: 1400, priority: 50 }]);
      claimSame("the routes", added, [route]);
    },
  },
];
