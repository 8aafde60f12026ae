/** Whose elements our tables hold. */
import type { Conversation } from "../netlink/conversation.ts";
import { decodeSetElements } from "../netlink/nftables/set-element.ts";
import { guardTable, masqueradeTable } from "./layout.ts";
import { readSets } from "./read-sets.ts";
import { isWithoutNftables } from "./refusals.ts";

/** The owner labels of all elements, each once; none on a kernel without nf_tables. @throws NetlinkError, DecodeError */
export function listOwners(conversation: Conversation): string[] {
  const owners = new Set<string>();
  try {
    for (const table of [masqueradeTable, guardTable]) {
      for (const { elements } of readSets(conversation, table, decodeSetElements)) {
        for (const { comment } of elements) if (comment !== undefined) owners.add(comment);
      }
    }
  } catch (error) {
    if (!isWithoutNftables(error)) throw error;
  }
  return [...owners];
}
