/** IP addresses as values. Text is read strictly (RFC 6943 section 3.1.1) and written canonically (RFC 5952). */
import { formatGroups, parseDottedQuad, parseGroups } from "./address-text.ts";

export type Family = 4 | 6;

/** An IPv4 or IPv6 address. */
export interface Address {
  readonly family: Family;
  /** 4 or 16 bytes in network order; never changed. */
  readonly bytes: Uint8Array;
}

/** Text that is no address, prefix, MAC address or interface name. */
export class InetError extends Error {
  override readonly name = "InetError";
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** True for the 16 bytes of ::ffff:0:0/96, RFC 4291 section 2.5.5.2. */
function isMapped(bytes: Uint8Array): boolean {
  return mappedPrefix.every((byte, at) => bytes[at] === byte);
}

/** An address from 4 or 16 bytes; an IPv4-mapped IPv6 address becomes IPv4. @throws InetError for other lengths */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length === 4) return { family: 4, bytes: bytes.slice() };
  if (bytes.length !== 16) throw new InetError(`an address has 4 or 16 bytes, not ${bytes.length}`);
  return isMapped(bytes) ? { family: 4, bytes: bytes.slice(12) } : { family: 6, bytes: bytes.slice() };
}

/** Reads "10.1.0.4" or "2001:db8::4". @throws InetError for anything else, zones and leading zeros included */
export function parseAddress(text: string): Address {
  const bytes = text.includes(":") ? parseGroups(text) : parseDottedQuad(text);
  if (bytes === undefined) throw new InetError(`"${text}" is not an IP address`);
  return addressFromBytes(bytes);
}

/** Mapped addresses, which only a kernel sends, keep their dotted form (RFC 5952 section 5). */
export function formatAddress(address: Address): string {
  if (address.family === 4) return address.bytes.join(".");
  return isMapped(address.bytes)
    ? `::ffff:${address.bytes.slice(12).join(".")}`
    : formatGroups(address.bytes);
}

export function sameAddress(one: Address, other: Address): boolean {
  return one.family === other.family && compareAddresses(one, other) === 0;
}

/** Below 0, 0 or above 0; IPv4 sorts before IPv6. */
export function compareAddresses(one: Address, other: Address): number {
  if (one.family !== other.family) return one.family - other.family;
  for (let at = 0; at < one.bytes.length; at++) {
    const difference = (one.bytes[at] ?? 0) - (other.bytes[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The address `distance` (+1 or -1) away; it wraps round at the ends of the address space. */
export function neighbour(address: Address, distance: 1 | -1): Address {
  const bytes = address.bytes.slice();
  for (let at = bytes.length - 1; at >= 0; at--) {
    const sum = (bytes[at] ?? 0) + distance;
    bytes[at] = sum & 0xff;
    if (sum >= 0 && sum <= 0xff) break;
  }
  return { family: address.family, bytes };
}
