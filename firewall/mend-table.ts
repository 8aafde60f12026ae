/** Putting a damaged table of ours right without touching what its sets hold. */
import type { Conversation } from "../netlink/conversation.ts";
import { buildBatch } from "../netlink/nftables/batch.ts";
import { getTable } from "../netlink/nftables/table.ts";
import { readObject } from "./read-object.ts";
import { rulesetFaults } from "./ruleset-faults.ts";
import { rulesetRequests, type Ruleset } from "./ruleset.ts";

/**
 * What is wrong with a table that is there, in words for a person. A missing one is no fault: the next ADD makes it.
 * @throws NetlinkError, DecodeError
 */
export function tableDamage(conversation: Conversation, ruleset: Ruleset): string[] {
  if (readObject(conversation, getTable(ruleset.table)) === undefined) return [];
  return rulesetFaults(conversation, ruleset);
}

/** Writes chains and rules again, in one batch, where they are not as they should be. @returns true where they were not */
export function mendTable(conversation: Conversation, ruleset: Ruleset): boolean {
  if (tableDamage(conversation, ruleset).length === 0) return false;
  const purpose = `mend table "${ruleset.table.title}"`;
  conversation.transaction(buildBatch({ purpose, requests: rulesetRequests(ruleset) }));
  return true;
}
