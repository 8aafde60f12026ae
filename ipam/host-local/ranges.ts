/** Ranges of addresses to lease from. A set gives each attachment one address, out of any of its ranges. */
import { CniError, errorCodes } from "../../cni/error.ts";
import {
  addressFromBytes,
  compareAddresses,
  formatAddress,
  neighbour,
  sameAddress,
  type Address,
} from "../../inet/address.ts";
import {
  addressBits,
  contains,
  formatPrefix,
  lastAddress,
  networkAddress,
  type Prefix,
} from "../../inet/prefix.ts";

export interface Range {
  readonly subnet: Prefix;
  /** First and last address that may be leased. */
  readonly start: Address;
  readonly end: Address;
  /** Told to the container and never leased. */
  readonly gateway: Address;
}

/** All ranges of a set are of one family and do not overlap. */
export type RangeSet = readonly [Range, ...Range[]];

/** A range as the configuration has it. */
export interface RangeInput {
  readonly subnet: Prefix;
  readonly rangeStart?: Address | undefined;
  readonly rangeEnd?: Address | undefined;
  readonly gateway?: Address | undefined;
}

/** fe80::/10, as bytes: reading IPv6 text is left to those who have some. */
const linkLocal = {
  address: addressFromBytes(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
  length: 10,
};

function refuse(message: string, details: string): never {
  throw new CniError(errorCodes.invalidConfiguration, message, { details });
}

/** Below /31 an IPv4 network has a network and a broadcast address; the IPv6 bound is the reference plugin's. */
function refuseSubnet(subnet: Prefix): void {
  const bits = addressBits(subnet.address.family);
  if (subnet.length > bits - 2) {
    const largest = `the longest prefix that can be leased from is /${bits - 2}`;
    refuse(`Network ${formatPrefix(subnet)} too small to allocate from`, largest);
  }
  const network = networkAddress(subnet);
  if (!sameAddress(subnet.address, network)) {
    const proper = formatAddress(network);
    refuse(
      `Network has host bits set. For a subnet mask of length ${subnet.length} the network address is ${proper}`,
      `write "subnet": "${proper}/${subnet.length}" instead of "${formatPrefix(subnet)}"`,
    );
  }
}

function refuseOutside(what: string, address: Address, subnet: Prefix): void {
  if (contains(subnet, address)) return;
  refuse(
    `${what} ${formatAddress(address)} not in network ${formatPrefix(subnet)}`,
    `it must lie between ${formatAddress(networkAddress(subnet))} and ${formatAddress(lastAddress(subnet))}`,
  );
}

function defaultEnd(subnet: Prefix): Address {
  const last = lastAddress(subnet);
  return last.family === 4 ? neighbour(last, -1) : last;
}

/** An IPv6 gateway may be link-local: such an address is valid on every link (RFC 4861 section 2.1). */
function refuseGateway(gateway: Address, subnet: Prefix): void {
  if (subnet.address.family === 6 && contains(linkLocal, gateway)) return;
  refuseOutside("gateway", gateway, subnet);
}

/** The range with defaults filled in: all of the subnet, the first address being the gateway. @throws CniError 7 */
export function toRange({ subnet, rangeStart, rangeEnd, gateway }: RangeInput): Range {
  refuseSubnet(subnet);
  const first = neighbour(subnet.address, 1);
  const range = {
    subnet,
    start: rangeStart ?? first,
    end: rangeEnd ?? defaultEnd(subnet),
    gateway: gateway ?? first,
  };
  refuseGateway(range.gateway, subnet);
  refuseOutside("RangeStart", range.start, subnet);
  refuseOutside("RangeEnd", range.end, subnet);
  if (compareAddresses(range.start, range.end) > 0) {
    const culprit =
      rangeStart === undefined
        ? `RangeEnd ${formatAddress(range.end)}`
        : `RangeStart ${formatAddress(range.start)}`;
    refuse(
      `${culprit} not in network ${formatPrefix(subnet)}`,
      `the range starts at ${formatAddress(range.start)}, behind its end ${formatAddress(range.end)}`,
    );
  }
  return range;
}

export function rangeHolds(range: Range, address: Address): boolean {
  if (range.start.family !== address.family) return false;
  return compareAddresses(range.start, address) <= 0 && compareAddresses(address, range.end) <= 0;
}

/** The range of the set that holds the address. */
export function rangeFor(set: RangeSet, address: Address): Range | undefined {
  return set.find((range) => rangeHolds(range, address));
}

function rangesOverlap(one: Range, other: Range): boolean {
  return rangeHolds(one, other.start) || rangeHolds(other, one.start);
}

export function formatRange(range: Range): string {
  return `${formatAddress(range.start)}-${formatAddress(range.end)}`;
}

export function formatRangeSet(set: RangeSet): string {
  return set.map(formatRange).join(",");
}

/** @throws CniError 7 */
export function toRangeSet(inputs: readonly RangeInput[]): RangeSet {
  const [first, ...rest] = inputs.map(toRange);
  if (first === undefined) return refuse("empty range set", "a range set needs at least one range");
  const set: RangeSet = [first, ...rest];
  if (rest.some((range) => range.subnet.address.family !== first.subnet.address.family)) {
    refuse("mixed address families", "give IPv4 and IPv6 a range set of their own each");
  }
  for (const [at, one] of set.entries()) {
    const other = set.slice(at + 1).find((range) => rangesOverlap(one, range));
    if (other !== undefined) {
      refuse(
        `subnets ${formatRange(one)} and ${formatRange(other)} overlap`,
        "every address may be in one range only",
      );
    }
  }
  return set;
}

/** @throws CniError 7 where an address lies in two sets */
export function refuseOverlappingSets(sets: readonly RangeSet[]): void {
  for (const [at, one] of sets.entries()) {
    for (const [offset, other] of sets.slice(at + 1).entries()) {
      if (!one.some((range) => other.some((candidate) => rangesOverlap(range, candidate)))) continue;
      refuse(
        `range set ${at} overlaps with ${at + offset + 1}`,
        `${formatRangeSet(one)} and ${formatRangeSet(other)} have addresses in common`,
      );
    }
  }
}
