/** BRG-35 and BRG-36: default routes and those of IPAM. */
import { addressTexts, routes, type Route } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  four,
  gatewayText,
  hostLocal,
  network,
  otherSix,
  six,
  type Subnet,
} from "./bridge-network.ts";

const section = "bridge: isDefaultGateway";
const everything = { 4: "0.0.0.0/0", 6: "::/0" } as const;
type Family = keyof typeof everything;

export const bridgeRouteClauses: readonly Clause[] = [
  {
    id: "BRG-35a",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "isDefaultGateway gives the container a default route by the bridge.",
    observed: "ADD with a subnet of IPv4; then the container's routes.",
    run: async (trial) => {
      await addDefault(trial, [four]);
      await claimDefaults(trial, 4, [four.gateway]);
    },
  },
  {
    id: "BRG-35b",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ipv6"],
    statement: "isDefaultGateway gives the container a default route of IPv6 by the bridge.",
    observed: "ADD with a subnet of IPv6; then the container's routes.",
    run: async (trial) => {
      await addDefault(trial, [six]);
      await claimDefaults(trial, 6, [six.gateway]);
    },
  },
  {
    id: "BRG-35c",
    strength: "MUST",
    profile: "compat",
    section,
    needs: ["ipv6"],
    statement: "A network of both families gives a default route of each.",
    observed: "ADD with a subnet of each; then the container's routes.",
    run: async (trial) => {
      await addDefault(trial, [four, six]);
      await claimDefaults(trial, 4, [four.gateway]);
      await claimDefaults(trial, 6, [six.gateway]);
    },
  },
  {
    id: "BRG-35d",
    strength: "MUST",
    profile: "compat",
    section,
    since: "0.3.0",
    needs: ["ipv6"],
    statement: "Of several ranges of one family the first is where the default route leads.",
    observed: "ADD with two subnets of IPv6; then the container's routes.",
    run: async (trial) => {
      await addDefault(trial, [six, otherSix]);
      await claimDefaults(trial, 6, [six.gateway]);
    },
  },
  {
    id: "BRG-35e",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "isDefaultGateway implies isGateway.",
    observed: "ADD with the one key alone; then the bridge's address.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { isGateway: undefined, isDefaultGateway: true }) });
      const found = await addressTexts(trial.node, null, bridgeName);
      claimSame("addresses of the bridge", found, [gatewayText(four)]);
      await claimDefaults(trial, 4, [four.gateway]);
    },
  },
  {
    id: "BRG-35f",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "Without isDefaultGateway there is no default route that nobody asked for.",
    observed: "ADD with isGateway alone; then the container's routes.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await claimDefaults(trial, 4, []);
    },
  },
  {
    id: "BRG-35g",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A default route with a gateway in IPAM's answer goes before that of isDefaultGateway.",
    observed: "ADD with such a route by another address of the subnet: it is the only default route.",
    run: async (trial) => {
      const ipam = hostLocal([four], { routes: [{ dst: everything[4], gw: "10.88.0.254" }] });
      await trial.add({ config: network(trial, { isDefaultGateway: true, ipam }) });
      await claimDefaults(trial, 4, ["10.88.0.254"]);
    },
  },
  {
    id: "BRG-35h",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ipv6"],
    statement: "A default route of IPAM without a gateway and that of isDefaultGateway are one and the same.",
    observed: "ADD with such a route of both families succeeds, with one default route of each.",
    run: async (trial) => {
      const ipam = hostLocal([four, six], { routes: [{ dst: everything[4] }, { dst: everything[6] }] });
      await trial.add({ config: network(trial, { isDefaultGateway: true, ipam }) });
      await claimDefaults(trial, 4, [four.gateway]);
      await claimDefaults(trial, 6, [six.gateway]);
    },
  },
  {
    id: "BRG-36a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam.routes",
    needs: ["ipv6"],
    statement: "Routes of IPAM are set, by their own gateway or else by the first of their family.",
    observed: "ADD with three routes, one with a gateway; then the container's routes.",
    run: async (trial) => {
      const given = [
        { dst: "10.9.0.0/16", gw: "10.88.0.254" },
        { dst: "10.10.0.0/16" },
        { dst: "fd00:9::/48" },
      ];
      await trial.add({ config: network(trial, { ipam: hostLocal([four, six], { routes: given }) }) });
      claimSame(
        "the gateway of 10.9.0.0/16",
        (await routeTo(trial, 4, "10.9.0.0/16")).gateway,
        "10.88.0.254",
      );
      claimSame(
        "the gateway of 10.10.0.0/16",
        (await routeTo(trial, 4, "10.10.0.0/16")).gateway,
        four.gateway,
      );
      claimSame("the gateway of fd00:9::/48", (await routeTo(trial, 6, "fd00:9::/48")).gateway, six.gateway);
    },
  },
  {
    id: "BRG-36b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam.routes",
    since: "1.1.0",
    statement: "A route's priority is its metric.",
    observed: "ADD with a route of priority 77; then the container's route.",
    run: async (trial) => {
      await addRoute(trial, { dst: "10.9.0.0/16", priority: 77 });
      claimSame("the route's metric", (await routeTo(trial, 4, "10.9.0.0/16")).metric, 77);
    },
  },
  {
    id: "BRG-36c",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam.routes",
    since: "1.1.0",
    statement: "A route's table is where it is set, and not elsewhere.",
    observed: "ADD with a route of table 1077; then the container's routes of all tables.",
    run: async (trial) => {
      await addRoute(trial, { dst: "10.9.0.0/16", table: 1077 });
      const found = (await routes(trial.node, "one", 4)).filter(({ dst }) => dst === "10.9.0.0/16");
      claimSame(
        "the tables of the route",
        found.map(({ table }) => table),
        ["1077"],
      );
    },
  },
  {
    id: "BRG-36d",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam.routes",
    since: "1.1.0",
    statement: "A route's scope is set.",
    observed: "ADD with two routes, one of the scope of a link; then the container's routes.",
    run: async (trial) => {
      const given = [{ dst: "10.9.0.0/16", gw: "0.0.0.0", scope: 253 }, { dst: "10.10.0.0/16" }];
      await trial.add({ config: network(trial, { ipam: hostLocal([four], { routes: given }) }) });
      claimSame("the scope of 10.9.0.0/16", (await routeTo(trial, 4, "10.9.0.0/16")).scope, "link");
      claimSame("the scope of 10.10.0.0/16", (await routeTo(trial, 4, "10.10.0.0/16")).scope, "global");
    },
  },
  {
    id: "BRG-36e",
    strength: "SHOULD",
    profile: "quality",
    section: "bridge: ipam.routes",
    since: "1.1.0",
    statement: "A route's MTU and its largest segment are set.",
    observed: "ADD with a route that has both; then the metrics of the container's route.",
    run: async (trial) => {
      await addRoute(trial, { dst: "10.9.0.0/16", mtu: 1300, advmss: 1200 });
      const { metrics } = await routeTo(trial, 4, "10.9.0.0/16");
      claimSame("the route's metrics", metrics, [{ mtu: 1300, advmss: 1200 }]);
    },
  },
];

async function addDefault(trial: Trial, subnets: readonly Subnet[]): Promise<void> {
  await trial.add({ config: network(trial, { isDefaultGateway: true, ipam: hostLocal(subnets) }) });
}

async function addRoute(trial: Trial, route: Readonly<Record<string, unknown>>): Promise<void> {
  await trial.add({ config: network(trial, { ipam: hostLocal([four], { routes: [route] }) }) });
}

async function claimDefaults(trial: Trial, family: Family, gateways: readonly string[]): Promise<void> {
  const found = (await routes(trial.node, "one", family)).filter(({ dst }) => dst === "default");
  claimSame(
    `gateways of default routes of IPv${family}`,
    found.map(({ gateway }) => gateway ?? ""),
    gateways,
  );
}

async function routeTo(trial: Trial, family: Family, destination: string): Promise<Route> {
  const found = (await routes(trial.node, "one", family)).find(({ dst }) => dst === destination);
  claim(found !== undefined, `the container must have a route to ${destination}`);
  return found;
}
