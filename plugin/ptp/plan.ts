/** Addresses and routes of a container that has nobody on its link but the host: pure decisions. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Result } from "../../cni/result.ts";
import { sameAddress, type Address } from "../../inet/address.ts";
import { addressBits, formatPrefix, networkOf, samePrefix, type Prefix } from "../../inet/prefix.ts";
import { routeConstants } from "../../netlink/route/route.ts";
import {
  planAttachment,
  sameGateway,
  type AddressPlan,
  type PlannedAddress,
  type PlannedRoute,
} from "../address-plan.ts";

/** The prefix that is one address: /32 or /128. */
export function alone(address: Address): Prefix {
  return { address, length: addressBits(address.family) };
}

/** To the gateway over the link, and by the gateway to all others of the address's network. */
function ownRoutes({ address, gateway }: PlannedAddress): PlannedRoute[] {
  if (gateway === undefined) return [];
  const source = address.address;
  const toGateway = { dst: alone(gateway), scope: routeConstants.scopeLink, source };
  if (address.length === addressBits(source.family)) return [toGateway];
  return [toGateway, { dst: networkOf(address), gw: gateway, source }];
}

/** Several addresses may have one gateway, and the configuration may ask for what is there without. */
function withoutDoubles(routes: readonly PlannedRoute[]): PlannedRoute[] {
  const isSame = (one: PlannedRoute, other: PlannedRoute) =>
    samePrefix(networkOf(one.dst), networkOf(other.dst)) &&
    sameGateway(one, other) &&
    (one.priority ?? 0) === (other.priority ?? 0) &&
    (one.table ?? routeConstants.tableMain) === (other.table ?? routeConstants.tableMain);
  return routes.filter((route, at) => routes.findIndex((other) => isSame(route, other)) === at);
}

/**
 * Without a gateway of IPAM's it is the network's first address, as the reference plugin has it; but a network of one or two has
 * none to spare, and the container's own is none. @throws CniError 100
 */
function refuseGuess({ ips }: Result, planned: readonly PlannedAddress[]): void {
  for (const [at, { address, gateway }] of ips.entries()) {
    const guess = planned[at]?.gateway;
    const isLone = address.length >= addressBits(address.address.family) - 1;
    const isOwn = guess !== undefined && sameAddress(guess, address.address);
    if (gateway !== undefined || !(isLone || isOwn)) continue;
    throw new CniError(errorCodes.delegateFailed, `there is no gateway for ${formatPrefix(address)}`, {
      details: 'let the IPAM plugin name one: "gateway" beside the address or in the range',
    });
  }
}

/** @throws CniError 100 for an address that has no gateway */
export function planPointToPoint(lease: Result): AddressPlan {
  const plan = planAttachment(lease, { isGateway: true, isDefaultGateway: false });
  refuseGuess(lease, plan.ips);
  const gateways = plan.gateways.map(({ address }) => alone(address));
  return {
    ...plan,
    gateways: gateways.filter((one, at) => gateways.findIndex((other) => samePrefix(one, other)) === at),
    kernelRoutes: withoutDoubles([...plan.ips.flatMap(ownRoutes), ...plan.kernelRoutes]),
    isNetworkOnLink: false,
  };
}
