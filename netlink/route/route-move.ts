/**
 * Routes that change their interface and keep all else, whatever it is: table, protocol, metrics, source, encapsulation,
 * lifetime. Nothing here knows which interfaces there are, or in which order the rest of a move happens.
 */
import { rawAttributes } from "../attributes.ts";
import { DecodeError } from "../decode-error.ts";
import { getU16, setU32 } from "../integers.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { u32, viewOf } from "../payload.ts";
import { familyOf, routeMessageTypes } from "./headers.ts";
import type { KnownLink } from "./link.ts";
import { bodyWith, findAttribute, takeApart, type RawEntry } from "./moved-message.ts";
import { describeRouteMessage, routeConstants, rtmsgBytes } from "./route.ts";

/** RTA_*, linux/rtnetlink.h */
const numbers = {
  destination: 1,
  outputInterface: 4,
  gateway: 5,
  multipath: 9,
  cacheInfo: 12,
  /** A gateway of the other family. */
  via: 18,
  /** Seconds; said in requests, while lists say it within RTA_CACHEINFO. */
  expires: 23,
  nextHopId: 30,
} as const;

const protocolAt = 5;
const typeAt = 7;
const flagsAt = 8;
const typeLocal = 2; // RTN_LOCAL

/** RTPROT_* */
const protocols = { redirect: 1, kernel: 2, ra: 9 } as const;

/** RTM_F_CLONED: an entry of the cache. */
const cloned = 0x200;

/** RTNH_F_PERVASIVE and RTNH_F_ONLINK; the other flags are states, which a request must not have. */
const lastingFlags = 0x6;

/** A route as the kernel listed it. */
export interface MovableRoute extends RawEntry {
  readonly family: 4 | 6;
  /** Such a route can only be added when its gateway is reachable. */
  readonly hasGateway: boolean;
  /** Made of an address, or told by a router: nobody asked for it. */
  readonly isLearned: boolean;
  /** Only an address makes its gateway reachable: the gateway is none of the link alone. */
  readonly needsAddress: boolean;
  /** "default via 192.0.2.1 table 100", for messages. */
  readonly text: string;
}

/** Routes of an interface. */
export interface InterfaceRoutes {
  readonly movable: readonly MovableRoute[];
  /** Those that have several interfaces, or a next hop object, as texts for messages. */
  readonly immovable: readonly string[];
}

/** A next hop of a route that has several. */
interface Hop {
  readonly interfaceIndex: number;
  /** In hexadecimal digits, "" for none. */
  readonly gateway: string;
}

/** struct rtnexthop, one after the other, each with attributes of its own. @throws DecodeError */
function hopsOf(multipath: Uint8Array): Hop[] {
  const hops: Hop[] = [];
  const hopBytes = 8;
  for (let at = 0; at + hopBytes <= multipath.length;) {
    const length = getU16(multipath, at);
    if (length < hopBytes || at + length > multipath.length)
      throw new DecodeError(`next hop of ${length} bytes at ${at} does not fit into ${multipath.length}`);
    const own = rawAttributes(multipath.subarray(at + hopBytes, at + length));
    const gateway = own.find(({ type }) => type === numbers.gateway)?.bytes ?? new Uint8Array();
    hops.push({ interfaceIndex: viewOf(multipath).getInt32(at + 4, true), gateway: hexDigits(gateway) });
    at += (length + 3) & ~3;
  }
  return hops;
}

/**
 * Own addresses that an interface has routes for, as hexadecimal digits. Of IPv6 the kernel makes them some time after the
 * address was added, also without duplicate address detection; until then packets to it are not for this host.
 */
export function localDestinations(messages: readonly Message[], index: number): Set<string> {
  const found = new Set<string>();
  for (const message of messages) {
    const entry = takeApart(message, rtmsgBytes);
    if (entry?.header[typeAt] !== typeLocal) continue;
    const output = findAttribute(entry, numbers.outputInterface);
    const destination = findAttribute(entry, numbers.destination);
    if (destination === undefined || output === undefined || u32.decode(output) !== index) continue;
    found.add(hexDigits(destination));
  }
  return found;
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (digit) => Number.parseInt(digit, 16));
}

export function hexDigits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** fe80::/10 */
function isOfLink(address: Uint8Array | undefined): boolean {
  return address?.length === 16 && address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;
}

/**
 * What each interface has of its own. A route to the network of an address is none of that: the kernel makes no such route for
 * addresses of NetworkManager (IFA_F_NOPREFIXROUTE), which makes it itself, and says that the kernel did.
 */
function staysWithInterface(entry: RawEntry): boolean {
  const { header } = entry;
  if ((viewOf(header).getUint32(flagsAt, true) & cloned) !== 0) return true;
  const protocol = header[protocolAt];
  if (protocol !== protocols.kernel) return protocol === protocols.redirect;
  return header[typeAt] !== routeConstants.typeUnicast || isOfLink(findAttribute(entry, numbers.destination));
}

/** Where routes are to go, and where they may be in part, from a move that was not finished. */
export interface RoutePlaces {
  readonly from: number;
  /** Undefined for an interface that is not there yet. */
  readonly to: number | undefined;
}

type Standing = "elsewhere" | "immovable" | { readonly entry: RawEntry };

function standingOf(entry: RawEntry, places: RoutePlaces): Standing {
  if (staysWithInterface(entry)) return "elsewhere";
  const multipath = findAttribute(entry, numbers.multipath);
  if (multipath !== undefined) return standingOfHops(entry, hopsOf(multipath), places);
  const output = findAttribute(entry, numbers.outputInterface);
  const hasNextHopId = findAttribute(entry, numbers.nextHopId) !== undefined;
  // Without compatibility (net.ipv4.nexthop_compat_mode) the interface is not told.
  if (output === undefined) return hasNextHopId ? "immovable" : "elsewhere";
  if (u32.decode(output) !== places.from) return "elsewhere";
  return hasNextHopId ? "immovable" : { entry };
}

/** An IPv6 route that has gone in by the new way and not yet out by the old one is one route with two next hops for the kernel. */
function standingOfHops(entry: RawEntry, hops: readonly Hop[], { from, to }: RoutePlaces): Standing {
  const own = hops.filter((hop) => hop.interfaceIndex === from);
  const [hop] = own;
  if (hop === undefined) return "elsewhere";
  const isHalfMoved =
    own.length === 1 &&
    hop.gateway !== "" &&
    hops.every(({ interfaceIndex }) => interfaceIndex === from || interfaceIndex === to) &&
    hops.some(({ interfaceIndex, gateway }) => interfaceIndex === to && gateway === hop.gateway);
  if (!isHalfMoved) return "immovable";
  const replaced = new Map<number, Uint8Array | undefined>([
    [numbers.multipath, undefined],
    [numbers.gateway, bytesOf(hop.gateway)],
  ]);
  return { entry: { ...entry, attributes: bodyWith({ ...entry, header: new Uint8Array() }, replaced) } };
}

/** @param messages the list of all routes of one family or more. @throws DecodeError */
export function routesOf(messages: readonly Message[], places: RoutePlaces): InterfaceRoutes {
  const movable: MovableRoute[] = [];
  const immovable: string[] = [];
  for (const message of messages) {
    const entry = takeApart(message, rtmsgBytes);
    if (entry === undefined) continue;
    const standing = standingOf(entry, places);
    if (standing === "elsewhere") continue;
    const text = describeRouteMessage(message);
    if (standing === "immovable") immovable.push(text);
    else movable.push(asMovable(standing.entry, text));
  }
  return { movable, immovable };
}

function asMovable(entry: RawEntry, text: string): MovableRoute {
  const gateway = findAttribute(entry, numbers.gateway);
  return {
    ...entry,
    family: familyOf(entry.header[0]),
    hasGateway: gateway !== undefined || findAttribute(entry, numbers.via) !== undefined,
    isLearned: entry.header[protocolAt] === protocols.kernel || entry.header[protocolAt] === protocols.ra,
    needsAddress: gateway !== undefined && !isOfLink(gateway),
    text,
  };
}

/** Seconds that an IPv6 route has left, from struct rta_cacheinfo; undefined for one that stays. */
function secondsLeft(entry: RawEntry): number | undefined {
  const info = findAttribute(entry, numbers.cacheInfo);
  if (familyOf(entry.header[0]) !== 6 || info === undefined || info.length < 12) return undefined;
  const hundredths = viewOf(info).getInt32(8, true);
  return hundredths > 0 ? Math.ceil(hundredths / 100) : undefined;
}

function requestBody(route: MovableRoute, index: number): Uint8Array {
  const seconds = secondsLeft(route);
  const header = route.header.slice();
  setU32(header, flagsAt, viewOf(header).getUint32(flagsAt, true) & lastingFlags);
  const replaced = new Map<number, Uint8Array | undefined>([
    [numbers.cacheInfo, undefined],
    [numbers.outputInterface, u32.encode(index)],
    [numbers.expires, seconds === undefined ? undefined : u32.encode(seconds)],
  ]);
  return bodyWith({ ...route, header }, replaced);
}

/** Adds the route by way of another interface, behind those that there are. A gateway has to be reachable by it. */
export function addRouteBy(route: MovableRoute, to: KnownLink): Request {
  return {
    purpose: `add route ${route.text} by "${to.name}"`,
    type: routeMessageTypes.newRoute,
    flags: messageFlags.create | messageFlags.append,
    body: requestBody(route, to.index),
  };
}

/** Deletes the route that leaves by this interface, and no other to the same destination. */
export function deleteRouteBy(route: MovableRoute, from: KnownLink): Request {
  return {
    purpose: `delete route ${route.text} by "${from.name}"`,
    type: routeMessageTypes.deleteRoute,
    flags: 0,
    body: requestBody(route, from.index),
  };
}
