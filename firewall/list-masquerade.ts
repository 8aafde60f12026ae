/** What our sets hold, as values: for showing, checking and collecting what nobody needs any more. */
import { addressFromBytes, formatAddress, type Address } from "../inet/address.ts";
import type { Prefix } from "../inet/prefix.ts";
import type { Conversation } from "../netlink/conversation.ts";
import { decodeSetElements, type SetElement } from "../netlink/nftables/set-element.ts";
import { decodeInterfaceName, interfaceNameBytes } from "./interface-field.ts";
import { families, masqueradeTable, setsOf } from "./layout.ts";
import { readSets } from "./read-sets.ts";

/** Everything kept for one source by one owner. */
export interface ListedMasquerade {
  /** Empty where somebody added elements by hand, without a comment. */
  readonly ownerLabel: string;
  readonly interfaceName: string;
  readonly address: Address;
  /** False where only exceptions are there, which by themselves have no effect. */
  readonly masqueraded: boolean;
  readonly direct: readonly Prefix[];
}

/** @throws NetlinkError, DecodeError */
export function listMasquerade(conversation: Conversation): ListedMasquerade[] {
  const contents = new Map(
    readSets(conversation, masqueradeTable, decodeSetElements).map(({ set, elements }) => [set, elements]),
  );
  const listed = new Map<string, ListedMasquerade>();
  for (const family of families) {
    const addressBytes = family === 4 ? 4 : 16;
    for (const element of contents.get(setsOf[family].masquerade) ?? []) {
      put(listed, { ...sourceOf(element, addressBytes), masqueraded: true, direct: [] });
    }
    for (const element of contents.get(setsOf[family].direct) ?? []) {
      const direct = [destinationOf(element, addressBytes)];
      put(listed, { ...sourceOf(element, addressBytes), masqueraded: false, direct });
    }
  }
  return [...listed.values()];
}

function put(listed: Map<string, ListedMasquerade>, entry: ListedMasquerade): void {
  const key = [entry.ownerLabel, entry.interfaceName, formatAddress(entry.address)].join("\n");
  const known = listed.get(key);
  listed.set(key, {
    ...entry,
    masqueraded: entry.masqueraded || (known?.masqueraded ?? false),
    direct: [...(known?.direct ?? []), ...entry.direct],
  });
}

function sourceOf({ key, comment = "" }: SetElement, addressBytes: number) {
  const name = key.subarray(addressBytes, addressBytes + interfaceNameBytes);
  return {
    ownerLabel: comment,
    interfaceName: decodeInterfaceName(name),
    address: addressFromBytes(key.subarray(0, addressBytes)),
  };
}

/** The range as a prefix; a range that is none (not made by this program) becomes the first that holds it. */
function destinationOf({ key, keyEnd = key }: SetElement, addressBytes: number): Prefix {
  const first = key.subarray(addressBytes + interfaceNameBytes);
  const last = keyEnd.subarray(addressBytes + interfaceNameBytes);
  return { address: addressFromBytes(first), length: commonBits(first, last) };
}

function commonBits(one: Uint8Array, other: Uint8Array): number {
  for (const [at, byte] of one.entries()) {
    const difference = byte ^ (other[at] ?? 0);
    if (difference !== 0) return at * 8 + Math.clz32(difference) - 24;
  }
  return one.length * 8;
}
