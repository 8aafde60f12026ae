/** Egress masquerade by nf_tables, added and removed. */
import type { Conversation } from "../netlink/conversation.ts";
import { addElements } from "./add-elements.ts";
import { masqueradeClaims, masqueradeContents, type EgressMasquerade } from "./egress-masquerade.ts";
import { masqueradeTable } from "./layout.ts";
import { removeElements } from "./remove-elements.ts";

export type { EgressMasquerade, MasqueradedSource } from "./egress-masquerade.ts";

/**
 * Makes packets from the given sources leave under the host's address. All of it takes effect at once. Elements that are
 * there already are replaced, whoever owned them: the caller holds the lease of the address.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @throws FirewallError, NetlinkError
 */
export async function addMasquerade(conversation: Conversation, masquerade: EgressMasquerade): Promise<void> {
  await addElements(conversation, {
    purpose: "add egress masquerade",
    table: masqueradeTable,
    contents: masqueradeContents(masquerade),
    claims: masqueradeClaims(masquerade),
    loadRuleset: async () => (await import("./masquerade-ruleset.ts")).masqueradeRuleset,
  });
}

/**
 * Deletes exactly the elements of that owner, all at once.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @returns how many there were: 0 without a table, and on a kernel without nf_tables
 * @throws FirewallError "busy", NetlinkError
 */
export function removeMasquerade(conversation: Conversation, ownerLabel: string): number {
  return removeElements(conversation, {
    purpose: "remove the egress masquerade",
    table: masqueradeTable,
    ownerLabel,
  });
}
