/** From what IPAM gave to what the container and its gateway get: pure decisions. */
import { neighbour, sameAddress, type Address, type Family } from "../inet/address.ts";
import { everything, networkAddress, samePrefix, type Prefix } from "../inet/prefix.ts";
import type { Result, ResultAddress, ResultRoute } from "../cni/result.ts";
import { routeConstants } from "../netlink/route/route.ts";

export interface PlanOptions {
  readonly isGateway: boolean;
  readonly isDefaultGateway: boolean;
}

/** An address with the gateway it has in the end. */
export interface PlannedAddress {
  readonly address: Prefix;
  readonly gateway: Address | undefined;
}

/** A route as the kernel is asked for it. */
export interface PlannedRoute extends ResultRoute {
  /** Packets that leave by it carry this address, unless they have one already. */
  readonly source?: Address | undefined;
}

export interface AddressPlan {
  readonly ips: readonly PlannedAddress[];
  /** Routes as the result tells them. */
  readonly routes: readonly ResultRoute[];
  /** The same with every gateway filled in and doubles removed: what the kernel is asked for. */
  readonly kernelRoutes: readonly PlannedRoute[];
  /** Addresses that the host's side needs, empty unless it is a gateway. */
  readonly gateways: readonly Prefix[];
  /** The others of an address's network are on the link itself: the kernel makes a route to them. */
  readonly isNetworkOnLink: boolean;
}

function withGateway(ip: ResultAddress, options: PlanOptions): PlannedAddress {
  const first = () => neighbour(networkAddress(ip.address), 1);
  return { address: ip.address, gateway: ip.gateway ?? (options.isGateway ? first() : undefined) };
}

function isDefaultRoute(route: ResultRoute, family: Family): boolean {
  return route.dst.length === 0 && route.dst.address.family === family;
}

/** Default routes by way of the gateway, one a family, for families that IPAM gave none. */
function addedDefaults(ips: readonly PlannedAddress[], routes: readonly ResultRoute[]): ResultRoute[] {
  const defaults: ResultRoute[] = [];
  for (const { address, gateway } of ips) {
    const { family } = address.address;
    if ([...routes, ...defaults].some((route) => isDefaultRoute(route, family))) continue;
    defaults.push({ dst: everything(family), gw: gateway });
  }
  return defaults;
}

export function sameGateway(one: ResultRoute, other: ResultRoute): boolean {
  if (one.gw === undefined || other.gw === undefined) return one.gw === other.gw;
  return sameAddress(one.gw, other.gw);
}

function sameRoute(one: ResultRoute, other: ResultRoute): boolean {
  return (
    sameGateway(one, other) &&
    samePrefix(one.dst, other.dst) &&
    (one.priority ?? 0) === (other.priority ?? 0) &&
    (one.table ?? 0) === (other.table ?? 0)
  );
}

function filledIn(route: ResultRoute, ips: readonly PlannedAddress[]): ResultRoute {
  if (route.gw !== undefined || route.scope === routeConstants.scopeLink) return route;
  const { family } = route.dst.address;
  const gateway = ips.find((ip) => ip.address.address.family === family && ip.gateway !== undefined)?.gateway;
  return { ...route, gw: gateway };
}

export function planAttachment(ipam: Result, options: PlanOptions): AddressPlan {
  const ips = ipam.ips.map((ip) => withGateway(ip, options));
  const routes = options.isDefaultGateway
    ? [...ipam.routes, ...addedDefaults(ips, ipam.routes)]
    : ipam.routes;
  const filled = routes.map((route) => filledIn(route, ips));
  const kernelRoutes = filled.filter(
    (route, at) => filled.findIndex((other) => sameRoute(route, other)) === at,
  );
  const gateways = options.isGateway ? gatewaysOf(ips) : [];
  return { ips, routes, kernelRoutes, gateways, isNetworkOnLink: true };
}

function gatewaysOf(ips: readonly PlannedAddress[]): Prefix[] {
  const gateways: Prefix[] = [];
  for (const { address, gateway } of ips) {
    if (gateway === undefined) continue;
    const prefix = { address: gateway, length: address.length };
    if (!gateways.some((have) => samePrefix(have, prefix))) gateways.push(prefix);
  }
  return gateways;
}

export function familiesOf(plan: Pick<AddressPlan, "ips">): Set<Family> {
  return new Set(plan.ips.map((ip) => ip.address.address.family));
}

/** Destinations that see the container's own address: its subnets and what the configuration excepts. */
export function directDestinations(
  ips: readonly PlannedAddress[],
  exceptions: readonly Prefix[],
  of: Family,
): Prefix[] {
  const subnets = ips.map(({ address }) => ({ address: networkAddress(address), length: address.length }));
  const all = [...subnets, ...exceptions].filter((prefix) => prefix.address.family === of);
  return all.filter((prefix, at) => all.findIndex((other) => samePrefix(prefix, other)) === at);
}
