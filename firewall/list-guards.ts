/** Whose MAC addresses are guarded, as values: for showing them. */
import type { Conversation } from "../netlink/conversation.ts";
import { decodeSetElements } from "../netlink/nftables/set-element.ts";
import { decodeInterfaceName, interfaceNameBytes } from "./interface-field.ts";
import { guardSets, guardTable } from "./layout.ts";
import { readSets } from "./read-sets.ts";

export interface ListedGuard {
  /** Empty where somebody added the element by hand, without a comment. */
  readonly ownerLabel: string;
  /** The bridge port. */
  readonly hostEnd: string;
}

/** @throws NetlinkError, DecodeError */
export function listGuards(conversation: Conversation): ListedGuard[] {
  const guarded = { ...guardTable, sets: [guardSets.guarded] };
  return readSets(conversation, guarded, decodeSetElements).flatMap(({ elements }) =>
    elements.map(({ key, comment = "" }) => ({
      ownerLabel: comment,
      hostEnd: decodeInterfaceName(key.subarray(0, interfaceNameBytes)),
    })),
  );
}
