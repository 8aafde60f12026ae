/** Egress masquerade of one attachment, as elements of the sets that the rules look into. */
import type { Address } from "../inet/address.ts";
import { contains, lastAddress, networkAddress, type Prefix } from "../inet/prefix.ts";
import { concat } from "../netlink/attributes.ts";
import type { Claim } from "./add-elements.ts";
import type { SetContents } from "./element-requests.ts";
import { encodeInterfaceName } from "./interface-field.ts";
import { setsOf } from "./layout.ts";

export interface EgressMasquerade {
  /** `ownerLabel()` of the attachment. */
  readonly ownerLabel: string;
  /** Host interface that the container's packets arrive by: the bridge. */
  readonly interfaceName: string;
  readonly sources: readonly MasqueradedSource[];
}

export interface MasqueradedSource {
  /** The container's address. */
  readonly address: Address;
  /**
   * Where it keeps its address: its own subnets, and what the configuration excepts. Host bits and prefixes of the other
   * family are ignored, so that one list serves all sources. Multicast is excepted by the rules.
   */
  readonly direct: readonly Prefix[];
}

/**
 * Key of the masquerade sets, and first part of the key of the direct sets: address, then interface. The kernel looks for
 * a range to delete one after the other, and is the quicker to pass one over the sooner and shorter the field that differs
 * (pipapo_match_field(), net/netfilter/nft_set_pipapo.c).
 */
export function sourceKey(address: Address, interfaceName: string): Uint8Array {
  return concat([address.bytes, encodeInterfaceName(interfaceName)]);
}

/**
 * The destinations of a source as its set holds them: of its own family, and none within another, because ranges of one
 * set may not overlap.
 */
export function directPrefixes({ address, direct }: MasqueradedSource): Prefix[] {
  const own = direct.filter((prefix) => prefix.address.family === address.family);
  return own.filter(
    (prefix, at) => !own.some((other, otherAt) => at !== otherAt && hides(other, prefix, otherAt < at)),
  );
}

/** Of two equal ones the first stays. */
function hides(other: Prefix, prefix: Prefix, comesFirst: boolean): boolean {
  if (other.length > prefix.length || !contains(other, prefix.address)) return false;
  return other.length < prefix.length || comesFirst;
}

/** The elements of `masquerade`, set by set; empty sets are left out. */
export function masqueradeContents(masquerade: EgressMasquerade): SetContents[] {
  return masquerade.sources.flatMap((source) => sourceContents(masquerade, source));
}

/** All that can be kept for the sources of `masquerade`, whoever owns it. */
export function masqueradeClaims({ sources, interfaceName }: EgressMasquerade): Claim[] {
  return sources.flatMap(({ address }) => {
    const keyStart = sourceKey(address, interfaceName);
    return Object.values(setsOf[address.family]).map((set: string) => ({ set, keyStart }));
  });
}

function sourceContents(masquerade: EgressMasquerade, source: MasqueradedSource): SetContents[] {
  const { address } = source;
  const comment = masquerade.ownerLabel;
  const key = sourceKey(address, masquerade.interfaceName);
  const sets = setsOf[address.family];
  const contents: SetContents[] = [{ set: sets.masquerade, elements: [{ key, comment }] }];
  const prefixes = directPrefixes(source);
  if (prefixes.length > 0) {
    const elements = prefixes.map((prefix) => ({
      key: concat([key, networkAddress(prefix).bytes]),
      keyEnd: concat([key, lastAddress(prefix).bytes]),
      comment,
    }));
    contents.push({ set: sets.direct, elements });
  }
  return contents;
}
