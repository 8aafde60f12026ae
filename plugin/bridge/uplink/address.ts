/**
 * Addresses and routes that follow an interface onto its bridge, or back. The order keeps the host reachable: the new place has
 * the addresses before the cable is moved, each route goes in by the new way before it goes out by the old one, and the old
 * addresses, with which the kernel would drop routes, go last. Every part may have been done already.
 */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { listAddresses } from "../../../netlink/route/address.ts";
import {
  addAddressTo,
  addAddressToDown,
  movableAddresses,
  removeAddressFrom,
  type MovableAddress,
} from "../../../netlink/route/address-move.ts";
import type { KnownLink } from "../../../netlink/route/link.ts";
import {
  addRouteBy,
  deleteRouteBy,
  hexDigits,
  localDestinations,
  routesOf,
  type MovableRoute,
} from "../../../netlink/route/route-move.ts";
import { listRoutes } from "../../../netlink/route/route.ts";
import { errno } from "../../../sys/errno.ts";
import { sleepMs } from "../../../sys/libc.ts";
import { requestUnlessDone } from "../../kernel.ts";

export interface Places {
  readonly from: KnownLink;
  readonly to: KnownLink;
}

/** What an interface has that would not work on a bridge port. */
export interface Belongings {
  readonly addresses: readonly MovableAddress[];
  readonly routes: readonly MovableRoute[];
  /** Routes that cannot be moved, as texts. */
  readonly immovable: readonly string[];
}

/** The addresses alone: cheaper where nothing else matters. */
export function addressesToMove(route: Conversation, place: KnownLink): MovableAddress[] {
  return movableAddresses(route.dump(listAddresses({ index: place.index })), place.index);
}

/** @param to undefined for a place that is not there yet */
export function belongingsOf(
  route: Conversation,
  { from, to }: { readonly from: KnownLink; readonly to: KnownLink | undefined },
): Belongings {
  const addresses = addressesToMove(route, from);
  const listed = [...route.dump(listRoutes(4)), ...route.dump(listRoutes(6))];
  const { movable, immovable } = routesOf(listed, { from: from.index, to: to?.index });
  return { addresses, routes: movable, immovable };
}

/** @throws CniError 104 for what would be lost */
export function refuseImmovable(belongings: Belongings, place: KnownLink): void {
  const duplicate = belongings.addresses.find(({ isDuplicate }) => isDuplicate);
  const what =
    duplicate === undefined
      ? belongings.immovable.map(
          (text) => `the route "${text}", which has several next hops or a next hop object,`,
        )
      : [`the address ${duplicate.text}, which another host has as well,`];
  if (what[0] === undefined) return;
  throw new CniError(errorCodes.bridgeConflict, `cannot move ${what[0]} from "${place.name}" to the bridge`, {
    details: 'remove it, or move addresses and routes yourself and leave out "uplinkAddress"',
  });
}

/** The kernel lists IPv6 addresses with the newest first, and its choice among equal ones depends on the order. */
function inOrderOfArrival(addresses: readonly MovableAddress[]): MovableAddress[] {
  const of = (family: 4 | 6) => addresses.filter((address) => address.family === family);
  return [...of(4), ...of(6).toReversed()];
}

function addAddresses(route: Conversation, addresses: readonly MovableAddress[], places: Places): void {
  for (const address of inOrderOfArrival(addresses)) {
    for (const request of addAddressTo(address, places)) requestUnlessDone(route, request, [errno.EEXIST]);
  }
}

const longestWaitMs = 500;
const waitStepMs = 1;

/** Waits until the host takes packets to its IPv6 addresses for its own by the new place alone; a kernel that never says so is not waited for. */
function waitUntilOwn(route: Conversation, addresses: readonly MovableAddress[], to: KnownLink): void {
  const wanted = addresses.filter(({ family }) => family === 6).map(({ own }) => hexDigits(own));
  if (wanted.length === 0) return;
  const giveUpAt = performance.now() + longestWaitMs;
  while (performance.now() < giveUpAt) {
    const present = localDestinations(route.dump(listRoutes(6)), to.index);
    if (wanted.every((address) => present.has(address))) return;
    sleepMs(waitStepMs);
  }
}

/** Gateways have to be reachable when their routes come, and as long as those are there. */
function byNeed(routes: readonly MovableRoute[]): MovableRoute[] {
  return [
    ...routes.filter(({ hasGateway }) => !hasGateway),
    ...routes.filter(({ hasGateway }) => hasGateway),
  ];
}

/**
 * Moves everything.
 * @param swap moves the cable, between the addresses and the routes. @throws NetlinkError
 */
export function moveBelongings(
  route: Conversation,
  { addresses, routes }: Belongings,
  places: Places,
  swap: () => void,
): void {
  const { from, to } = places;
  addAddresses(route, addresses, places);
  // Not later: from the swap on packets come in that the host may not answer yet.
  waitUntilOwn(route, addresses, to);
  swap();
  const ordered = byNeed(routes);
  for (const each of ordered) requestUnlessDone(route, addRouteBy(each, to), [errno.EEXIST]);
  removeBelongings(route, { addresses, routes: ordered }, from);
}

/** Moves everything to an interface that is down, and so has addresses, but no routes. @throws NetlinkError */
export function moveToDown(
  route: Conversation,
  { addresses, routes }: Belongings,
  places: Places,
  swap: () => void,
): void {
  for (const address of inOrderOfArrival(addresses))
    requestUnlessDone(route, addAddressToDown(address, places), [errno.EEXIST]);
  swap();
  removeBelongings(route, { addresses, routes: byNeed(routes) }, places.from);
}

function removeBelongings(
  route: Conversation,
  { addresses, routes }: Pick<Belongings, "addresses" | "routes">,
  from: KnownLink,
): void {
  for (const each of routes.toReversed()) requestUnlessDone(route, deleteRouteBy(each, from), [errno.ESRCH]);
  for (const address of inOrderOfArrival(addresses).toReversed())
    requestUnlessDone(route, removeAddressFrom(address, from), [errno.EADDRNOTAVAIL]);
}
