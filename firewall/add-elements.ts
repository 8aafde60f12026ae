/** Adding elements: nearly always one batch for a table that is there. What to do otherwise is loaded only then. */
import type { Conversation } from "../netlink/conversation.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { buildBatch } from "../netlink/nftables/batch.ts";
import { additions, type SetContents } from "./element-requests.ts";
import type { OwnTable } from "./layout.ts";
import type { Ruleset } from "./ruleset.ts";

/** The elements of a set whose keys begin with these bytes. */
export interface Claim {
  readonly set: string;
  readonly keyStart: Uint8Array;
}

export interface Addition {
  /** What it is for, in the words of an error: "add egress masquerade". */
  readonly purpose: string;
  readonly table: OwnTable;
  readonly contents: readonly SetContents[];
  /** What must hold nothing but `contents` afterwards, whoever owned what was there. */
  readonly claims: readonly Claim[];
  /** The table as it should be; asked for only where it turns out not to be. */
  readonly loadRuleset: () => Promise<Ruleset>;
}

/**
 * Adds all of the elements at once, and makes or mends their table where that is needed.
 * @param conversation with NETLINK_NETFILTER, in the host's namespace
 * @throws FirewallError, NetlinkError
 */
export async function addElements(conversation: Conversation, addition: Addition): Promise<void> {
  const { purpose, table, contents } = addition;
  try {
    conversation.transaction(buildBatch({ purpose, requests: additions(table, contents) }));
  } catch (refusal) {
    if (!(refusal instanceof NetlinkError)) throw refusal;
    const { addAfterRefusal } = await import("./add-after-refusal.ts");
    addAfterRefusal(conversation, { ...addition, ruleset: await addition.loadRuleset() }, refusal);
  }
}
