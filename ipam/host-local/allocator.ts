/** Which addresses an attachment gets. Decides only; nothing here reads or writes files. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { formatAddress, neighbour, sameAddress, type Address } from "../../inet/address.ts";
import type { Owner } from "./owner.ts";
import { formatRangeSet, rangeFor, type Range, type RangeSet } from "./ranges.ts";

/** What is leased already. Addresses are asked for by their canonical text. */
export interface Ledger {
  isTaken(name: string): boolean;
  /** Who has an address that is taken, for people. */
  describeHolder(name: string): string;
  /** Addresses that the owner holds. */
  addressesOf(owner: Owner): readonly Address[];
  /** The address that was leased last out of the set with this index. */
  lastReserved(set: number): Address | undefined;
}

export interface Choice {
  readonly range: Range;
  readonly address: Address;
  /** The address's canonical text. */
  readonly name: string;
}

interface Place {
  readonly range: Range;
  readonly address: Address;
}

function placeAfter(set: RangeSet, { range, address }: Place): Place {
  if (!sameAddress(address, range.end)) return { range, address: neighbour(address, 1) };
  const next = set[set.indexOf(range) + 1] ?? set[0];
  return { range: next, address: next.start };
}

function firstPlace(set: RangeSet, last: Address | undefined): Place {
  const range = last === undefined ? undefined : rangeFor(set, last);
  if (range === undefined || last === undefined) return { range: set[0], address: set[0].start };
  return placeAfter(set, { range, address: last });
}

/**
 * Goes round the set, every address once, beginning behind the one that was leased last, so that a freed address rests.
 * @returns the first that `suits`
 */
export function roundRobin(
  set: RangeSet,
  last: Address | undefined,
  suits: (choice: Choice) => boolean,
): Choice | undefined {
  const first = firstPlace(set, last);
  let place = first;
  do {
    const choice = { range: place.range, address: place.address, name: formatAddress(place.address) };
    if (suits(choice)) return choice;
    place = placeAfter(set, place);
  } while (!sameAddress(place.address, first.address));
  return undefined;
}

/** The canonical texts of all gateways: none of them may be leased, in whichever range it lies. */
export function gatewaysOf(sets: readonly RangeSet[]): Set<string> {
  return new Set(sets.flatMap((set) => set.map((range) => formatAddress(range.gateway))));
}

/** The next free address of the set, or undefined when it is exhausted. */
export function nextFree(
  set: RangeSet,
  last: Address | undefined,
  taken: (name: string) => boolean,
): Choice | undefined {
  // Ends after as many steps as there are leases and gateways, however large the ranges are.
  return roundRobin(set, last, ({ name }) => !taken(name));
}

/** @throws CniError exhausted */
export function refuseExhausted(set: RangeSet): never {
  throw new CniError(
    errorCodes.rangeExhausted,
    `no IP addresses available in range set: ${formatRangeSet(set)}`,
    {
      details: "delete containers, remove leases of containers that are gone, or add a range to the set",
    },
  );
}

function refuseUnavailable(message: string, details: string): never {
  throw new CniError(errorCodes.addressUnavailable, message, { details });
}

/** One address out of each set for one owner. */
class Allocation {
  readonly #owner: Owner;
  readonly #ledger: Ledger;
  readonly #gateways: ReadonlySet<string>;
  #own: readonly Address[] | undefined;

  constructor(owner: Owner, ledger: Ledger, gateways: ReadonlySet<string>) {
    this.#owner = owner;
    this.#ledger = ledger;
    this.#gateways = gateways;
  }

  /** @throws CniError */
  choose(set: RangeSet, at: number, requested: Address | undefined): Choice {
    const range = requested === undefined ? undefined : rangeFor(set, requested);
    if (requested !== undefined && range !== undefined) return this.#takeRequested(set, range, requested);
    this.#refuseDuplicate(set);
    const taken = (name: string) => this.#gateways.has(name) || this.#ledger.isTaken(name);
    return nextFree(set, this.#ledger.lastReserved(at), taken) ?? refuseExhausted(set);
  }

  #takeRequested(set: RangeSet, range: Range, address: Address): Choice {
    const name = formatAddress(address);
    if (this.#gateways.has(name)) {
      refuseUnavailable(`requested ip ${name} is subnet's gateway`, "request another address, or none");
    }
    if (this.#ledger.isTaken(name)) {
      refuseUnavailable(
        `requested IP address ${name} is not available in range set ${formatRangeSet(set)}`,
        `it is held by ${this.#ledger.describeHolder(name)}`,
      );
    }
    return { range, address, name };
  }

  #refuseDuplicate(set: RangeSet): void {
    this.#own ??= this.#ledger.addressesOf(this.#owner);
    const held = this.#own.find((address) => rangeFor(set, address) !== undefined);
    if (held === undefined) return;
    const { containerId, ifname } = this.#owner;
    refuseUnavailable(
      `${formatAddress(held)} has been allocated to ${containerId}, duplicate allocation is not allowed`,
      `run DEL for container ${containerId}, interface ${ifname} before another ADD`,
    );
  }
}

function inSet<T>(at: number, choose: () => T): T {
  try {
    return choose();
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    throw new CniError(cause.code, `failed to allocate for range ${at}: ${cause.message}`, {
      details: cause.details,
      cause,
    });
  }
}

function refuseLeftOver(requested: readonly Address[], sets: readonly RangeSet[]): void {
  if (requested.length === 0) return;
  refuseUnavailable(
    `failed to allocate all requested IPs: ${requested.map(formatAddress).join(" ")}`,
    `each of these range sets gives one address: ${sets.map(formatRangeSet).join("; ")}`,
  );
}

/**
 * One address out of every set, in the order of the sets: a requested one that lies in the set, else the next free one.
 * @throws CniError exhausted or unavailable
 */
export function chooseAddresses(
  wanted: { readonly sets: readonly RangeSet[]; readonly requested: readonly Address[] },
  owner: Owner,
  ledger: Ledger,
): Choice[] {
  const allocation = new Allocation(owner, ledger, gatewaysOf(wanted.sets));
  const left = [...wanted.requested];
  const choices = wanted.sets.map((set, at) => {
    const match = left.findIndex((address) => rangeFor(set, address) !== undefined);
    const [requested] = match < 0 ? [] : left.splice(match, 1);
    return inSet(at, () => allocation.choose(set, at, requested));
  });
  refuseLeftOver(left, wanted.sets);
  return choices;
}
