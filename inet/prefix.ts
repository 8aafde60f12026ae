/** An address with a prefix length: a network such as 10.1.0.0/16 or an interface's address such as 10.1.0.4/16. */
import {
  addressFromBytes,
  compareAddresses,
  formatAddress,
  InetError,
  parseAddress,
  type Address,
  type Family,
} from "./address.ts";
import { parseDecimal } from "./digits.ts";

export interface Prefix {
  readonly address: Address;
  /** Bits from the left: 0-32 for IPv4, 0-128 for IPv6. */
  readonly length: number;
}

export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** The default route's destination. */
export function everything(family: Family): Prefix {
  return { address: addressFromBytes(new Uint8Array(addressBits(family) / 8)), length: 0 };
}

/** Reads "10.1.0.4/16". @throws InetError */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf("/");
  const length = parseDecimal(text.slice(slash + 1), 999);
  if (slash < 0 || length === undefined) {
    throw new InetError(`"${text}" is not an address with a prefix length, such as 10.1.0.0/16`);
  }
  const address = parseAddress(text.slice(0, slash));
  if (length > addressBits(address.family)) {
    throw new InetError(`"${text}" has a prefix length above ${addressBits(address.family)}`);
  }
  return { address, length };
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.length}`;
}

/** The bytes of `address` with all bits behind `length` set to `bit`. */
function withHostBits(address: Address, length: number, bit: 0 | 1): Address {
  const bytes = address.bytes.map((byte, at) => {
    const kept = Math.min(8, Math.max(0, length - at * 8));
    const hostMask = 0xff >> kept;
    return bit === 1 ? byte | hostMask : byte & ~hostMask;
  });
  return { family: address.family, bytes };
}

/** The first address: all host bits 0. */
export function networkAddress(prefix: Prefix): Address {
  return withHostBits(prefix.address, prefix.length, 0);
}

/** The last address: all host bits 1 (the broadcast address of an IPv4 network up to /30). */
export function lastAddress(prefix: Prefix): Address {
  return withHostBits(prefix.address, prefix.length, 1);
}

/** The network that the address lies in: 10.1.0.0/16 for 10.1.0.4/16. */
export function networkOf(prefix: Prefix): Prefix {
  return { address: networkAddress(prefix), length: prefix.length };
}

export function contains(network: Prefix, address: Address): boolean {
  if (network.address.family !== address.family) return false;
  const start = withHostBits(address, network.length, 0);
  return compareAddresses(start, networkAddress(network)) === 0;
}

export function overlaps(one: Prefix, other: Prefix): boolean {
  const [wider, narrower] = one.length <= other.length ? [one, other] : [other, one];
  return contains(wider, networkAddress(narrower));
}

export function samePrefix(one: Prefix, other: Prefix): boolean {
  return one.length === other.length && compareAddresses(one.address, other.address) === 0;
}
