/** Guards of bridge ports against frames with somebody else's source MAC address, added and removed. */
import { concat } from "../netlink/attributes.ts";
import type { Conversation } from "../netlink/conversation.ts";
import { getTable } from "../netlink/nftables/table.ts";
import { addElements } from "./add-elements.ts";
import type { SetContents } from "./element-requests.ts";
import { encodeInterfaceName } from "./interface-field.ts";
import { guardSets, guardTable } from "./layout.ts";
import { readObject } from "./read-object.ts";
import { removeElements } from "./remove-elements.ts";

export interface MacGuard {
  /** `ownerLabel()` of the attachment. */
  readonly ownerLabel: string;
  /** The bridge port that the container's frames arrive by. */
  readonly hostEnd: string;
  /** The only source address that passes, six bytes. */
  readonly mac: Uint8Array;
}

/** The elements of `guard`, set by set. */
export function guardContents({ ownerLabel: comment, hostEnd, mac }: MacGuard): SetContents[] {
  const name = encodeInterfaceName(hostEnd);
  const filler = new Uint8Array(2); // fields are filled up to a multiple of four bytes
  return [
    { set: guardSets.guarded, elements: [{ key: name, comment }] },
    { set: guardSets.allowed, elements: [{ key: concat([name, mac, filler]), comment }] },
  ];
}

/**
 * Drops all frames from the host end but those of `mac`. Elements for the same host end that are there already are
 * replaced, whoever owned them: the caller has just made the link.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @throws FirewallError, NetlinkError
 */
export async function guardMac(conversation: Conversation, guard: MacGuard): Promise<void> {
  const keyStart = encodeInterfaceName(guard.hostEnd);
  await addElements(conversation, {
    purpose: "guard the MAC address",
    table: guardTable,
    contents: guardContents(guard),
    claims: guardTable.sets.map((set) => ({ set, keyStart })),
    loadRuleset: async () => (await import("./guard-ruleset.ts")).guardRuleset,
  });
}

/**
 * Deletes exactly the elements of that owner, all at once. Where nothing was ever guarded this is one short question.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @returns how many there were: 0 without a table, and on a kernel without nf_tables
 * @throws FirewallError "busy", NetlinkError
 */
export function unguardMac(conversation: Conversation, ownerLabel: string): number {
  if (readObject(conversation, getTable(guardTable)) === undefined) return 0;
  return removeElements(conversation, {
    purpose: "remove the guard of the MAC address",
    table: guardTable,
    ownerLabel,
  });
}
