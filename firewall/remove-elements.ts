/** Removing elements, by their owner alone: what was added need not be remembered. */
import type { Conversation } from "../netlink/conversation.ts";
import { buildBatch } from "../netlink/nftables/batch.ts";
import { decodeElementsCommented } from "../netlink/nftables/set-element.ts";
import { onUnchangedRuleset } from "./contest.ts";
import { deletions } from "./element-requests.ts";
import type { OwnTable } from "./layout.ts";
import { readSets } from "./read-sets.ts";
import { isWithoutNftables } from "./refusals.ts";

export interface Removal {
  /** What it is for, in the words of an error: "remove egress masquerade". */
  readonly purpose: string;
  readonly table: OwnTable;
  readonly ownerLabel: string;
}

/**
 * Deletes exactly the elements of that owner, all at once. One that came to belong to another after it was read is safe:
 * the kernel refuses the batch when anything changed since, and reading starts again.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @returns how many there were: 0 without a table, and on a kernel without nf_tables
 * @throws FirewallError "busy", NetlinkError
 */
export function removeElements(conversation: Conversation, removal: Removal): number {
  const { table, ownerLabel } = removal;
  const purpose = `${removal.purpose} of "${ownerLabel}"`;
  try {
    return onUnchangedRuleset(conversation, purpose, (generation) => {
      const found = readSets(conversation, table, (message) => decodeElementsCommented(ownerLabel, message));
      conversation.transaction(buildBatch({ purpose, requests: deletions(table, found), generation }));
      return found.reduce((sum, { elements }) => sum + elements.length, 0);
    });
  } catch (error) {
    if (isWithoutNftables(error)) return 0;
    throw error;
  }
}
