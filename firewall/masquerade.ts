/**
 * Egress masquerade by nf_tables, added and removed. Adding is nearly always one batch of elements for a table that is
 * there: what to do otherwise is loaded only then. Removing needs the owner alone: what was added need not be remembered.
 */
import type { Conversation } from "../netlink/conversation.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { buildBatch } from "../netlink/nftables/batch.ts";
import { decodeElementsCommented } from "../netlink/nftables/set-element.ts";
import { onUnchangedRuleset } from "./contest.ts";
import { masqueradeContents, type EgressMasquerade } from "./egress-masquerade.ts";
import { additions, deletions } from "./element-requests.ts";
import { readSets } from "./read-sets.ts";
import { isWithoutNftables } from "./refusals.ts";

export type { EgressMasquerade, MasqueradedSource } from "./egress-masquerade.ts";

/**
 * Makes packets from the given sources leave under the host's address. All of it takes effect at once. Elements that are
 * there already are replaced, whoever owned them: the caller holds the lease of the address.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @throws FirewallError, NetlinkError
 */
export async function addMasquerade(conversation: Conversation, masquerade: EgressMasquerade): Promise<void> {
  const requests = additions(masqueradeContents(masquerade));
  try {
    conversation.transaction(buildBatch({ purpose: "add egress masquerade", requests }));
  } catch (refusal) {
    if (!(refusal instanceof NetlinkError)) throw refusal;
    const { addAfterRefusal } = await import("./add-after-refusal.ts");
    addAfterRefusal(conversation, masquerade, refusal);
  }
}

/**
 * Deletes exactly the elements of that owner, all at once. One that came to belong to another after it was read is safe:
 * the kernel refuses the batch when anything changed since, and reading starts again.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @returns how many there were: 0 without a table, and on a kernel without nf_tables
 * @throws FirewallError "busy", NetlinkError
 */
export function removeMasquerade(conversation: Conversation, ownerLabel: string): number {
  const purpose = `remove the egress masquerade of "${ownerLabel}"`;
  try {
    return onUnchangedRuleset(conversation, purpose, (generation) => {
      const found = readSets(conversation, (message) => decodeElementsCommented(ownerLabel, message));
      conversation.transaction(buildBatch({ purpose, requests: deletions(found), generation }));
      return found.reduce((sum, { elements }) => sum + elements.length, 0);
    });
  } catch (error) {
    if (isWithoutNftables(error)) return 0;
    throw error;
  }
}
