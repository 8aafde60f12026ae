/** Addresses that change their interface and keep all else: peer, broadcast, label, lifetimes, metric, flags, protocol. */
import { addressFromBytes, formatAddress, type Family } from "../../inet/address.ts";
import { setU32 } from "../integers.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { cString, u32, viewOf } from "../payload.ts";
import { ifaddrBytes, interfaceAddressFlags } from "./address.ts";
import { familyOf, routeMessageTypes } from "./headers.ts";
import type { KnownLink } from "./link.ts";
import { bodyWith, findAttribute, takeApart, type RawEntry } from "./moved-message.ts";
import { routeConstants } from "./route.ts";

/** IFA_*, linux/if_addr.h */
const numbers = { address: 1, local: 2, label: 3, broadcast: 4, cacheInfo: 6, flags: 8 } as const;

const prefixLengthAt = 1;
const headerFlagsAt = 2;
const scopeAt = 3;
const indexAt = 4;

/**
 * IFA_F_* that somebody asked for: NODAD, OPTIMISTIC, HOMEADDRESS, MANAGETEMPADDR, NOPREFIXROUTE, MCAUTOJOIN. The others are
 * states, or follow from lifetimes.
 */
const lastingFlags = 0x02 | 0x04 | 0x10 | 0x100 | 0x200 | 0x400;

/** An address as the kernel listed it. */
export interface MovableAddress extends RawEntry {
  readonly family: Family;
  /** The host's own, not the peer's. */
  readonly own: Uint8Array;
  /** "192.0.2.5/24", for messages. */
  readonly text: string;
  /** Another host on the link has it: it must not be used. */
  readonly isDuplicate: boolean;
}

function flagsOf(entry: RawEntry): number {
  const bytes = findAttribute(entry, numbers.flags);
  return bytes === undefined ? (entry.header[headerFlagsAt] ?? 0) : u32.decode(bytes);
}

function ownOf(entry: RawEntry): Uint8Array | undefined {
  return findAttribute(entry, numbers.local) ?? findAttribute(entry, numbers.address);
}

/** struct ifa_cacheinfo: preferred, then valid, in seconds; 0 is one that has just ended. */
function hasEnded(entry: RawEntry): boolean {
  const info = findAttribute(entry, numbers.cacheInfo);
  return info !== undefined && info.length >= 8 && viewOf(info).getUint32(4, true) === 0;
}

/**
 * The addresses of a link, but for those that IPv6 has for the link alone (each link has its own), in the kernel's order,
 * which decides which one of a network is the first.
 * @param messages a list of addresses. @throws DecodeError
 */
export function movableAddresses(messages: readonly Message[], index: number): MovableAddress[] {
  const addresses: MovableAddress[] = [];
  for (const message of messages) {
    const entry = takeApart(message, ifaddrBytes);
    if (entry === undefined || viewOf(entry.header).getUint32(indexAt, true) !== index || hasEnded(entry))
      continue;
    const family = familyOf(entry.header[0]);
    if (family === 6 && entry.header[scopeAt] === routeConstants.scopeLink) continue;
    const isDuplicate = (flagsOf(entry) & interfaceAddressFlags.dadFailed) !== 0;
    const own = ownOf(entry);
    if (own === undefined) continue;
    const text = `${formatAddress(addressFromBytes(own))}/${entry.header[prefixLengthAt] ?? 0}`;
    addresses.push({ ...entry, family, own, text, isDuplicate });
  }
  return addresses;
}

function at(entry: RawEntry, index: number): RawEntry {
  const header = entry.header.slice();
  setU32(header, indexAt, index);
  header[headerFlagsAt] = 0; // IFA_FLAGS says them
  return { ...entry, header };
}

/** An IPv4 address without a label of its own has the interface's name. */
function labelAt(entry: RawEntry, places: { from: KnownLink; to: KnownLink }): Uint8Array | undefined {
  const label = findAttribute(entry, numbers.label);
  if (label === undefined || cString.decode(label) !== places.from.name) return label;
  return cString.encode(places.to.name);
}

function addRequest(
  address: MovableAddress,
  places: { from: KnownLink; to: KnownLink },
  { flags, mode }: { readonly flags: number; readonly mode: number },
): Request {
  const { to } = places;
  return {
    purpose: `add ${address.text} to "${to.name}"`,
    type: routeMessageTypes.newAddress,
    flags: mode,
    body: bodyWith(
      at(address, to.index),
      new Map([
        [numbers.label, labelAt(address, places)],
        [numbers.flags, u32.encode(flags)],
      ]),
    ),
  };
}

const added = messageFlags.create | messageFlags.exclusive;

/** Adds the address to a link that is down, where it is not used. */
export function addAddressToDown(
  address: MovableAddress,
  places: { from: KnownLink; to: KnownLink },
): Request {
  return addRequest(address, places, { flags: flagsOf(address) & lastingFlags, mode: added });
}

/**
 * Adds the address to another link. An IPv6 address is usable at once: it has been found to be the only one before. The
 * second request takes back the flag that this needs.
 */
export function addAddressTo(address: MovableAddress, places: { from: KnownLink; to: KnownLink }): Request[] {
  const lasting = flagsOf(address) & lastingFlags;
  if (address.family === 4) return [addRequest(address, places, { flags: lasting, mode: added })];
  const first = addRequest(address, places, { flags: lasting | interfaceAddressFlags.noDad, mode: added });
  return (lasting & interfaceAddressFlags.noDad) === 0
    ? [first, addRequest(address, places, { flags: lasting, mode: messageFlags.replace })]
    : [first];
}

/** Removes the address from the link. */
export function removeAddressFrom(address: MovableAddress, from: KnownLink): Request {
  const others = [numbers.label, numbers.broadcast, numbers.cacheInfo, numbers.flags];
  return {
    purpose: `remove ${address.text} from "${from.name}"`,
    type: routeMessageTypes.deleteAddress,
    flags: 0,
    body: bodyWith(at(address, from.index), new Map(others.map((number) => [number, undefined]))),
  };
}
