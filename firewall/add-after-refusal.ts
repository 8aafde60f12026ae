/** Adding elements where the plain way was refused: no table yet, or elements in the way. */
import type { Conversation } from "../netlink/conversation.ts";
import type { NetlinkError } from "../netlink/netlink-error.ts";
import { buildBatch } from "../netlink/nftables/batch.ts";
import { decodeSetElements } from "../netlink/nftables/set-element.ts";
import { getTable } from "../netlink/nftables/table.ts";
import type { Addition, Claim } from "./add-elements.ts";
import { onUnchangedRuleset } from "./contest.ts";
import { additions, deletions, type SetContents } from "./element-requests.ts";
import { FirewallError } from "./firewall-error.ts";
import { readObject } from "./read-object.ts";
import { readSets } from "./read-sets.ts";
import { isMissing, isTaken, isUnsupported } from "./refusals.ts";
import { rulesetRequests, type Ruleset } from "./ruleset.ts";

export interface RefusedAddition extends Omit<Addition, "loadRuleset"> {
  readonly ruleset: Ruleset;
}

/** @throws FirewallError, NetlinkError */
export function addAfterRefusal(
  conversation: Conversation,
  addition: RefusedAddition,
  refusal: NetlinkError,
): void {
  const missing = isMissing(refusal);
  if (!missing && !isTaken(refusal)) throw explained(conversation, addition.ruleset, refusal);
  try {
    if (missing && createAndAdd(conversation, addition)) return;
    replace(conversation, addition);
  } catch (error) {
    throw explained(conversation, addition.ruleset, error);
  }
}

/** The table with its first elements in one batch. False where some of them are there, left over in half a table. */
function createAndAdd(
  conversation: Conversation,
  { purpose, table, ruleset, contents }: RefusedAddition,
): boolean {
  try {
    const requests = [...rulesetRequests(ruleset), ...additions(table, contents)];
    conversation.transaction(buildBatch({ purpose, requests }));
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

/** Puts our elements in the place of all that is claimed, and mends the table on the way. */
function replace(
  conversation: Conversation,
  { purpose, table, ruleset, contents, claims }: RefusedAddition,
): void {
  onUnchangedRuleset(conversation, purpose, (generation) => {
    const inTheWay = readSets(conversation, table, decodeSetElements).map((found) => claimed(found, claims));
    const requests = [
      ...rulesetRequests(ruleset),
      ...deletions(table, inTheWay),
      ...additions(table, contents),
    ];
    conversation.transaction(buildBatch({ purpose, requests, generation }));
  });
}

function claimed({ set, elements }: SetContents, claims: readonly Claim[]): SetContents {
  const starts = claims.filter((claim) => claim.set === set).map(({ keyStart }) => keyStart);
  return { set, elements: elements.filter(({ key }) => starts.some((start) => startsWith(key, start))) };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}

/** A batch that makes the whole table can only fail for what the kernel lacks, or for another table of our name. */
function explained(conversation: Conversation, { table, needs }: Ruleset, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  if (!isTaken(error) && !isUnsupported(error)) return error;
  const cause = { cause: error };
  if (readObject(conversation, getTable(table)) !== undefined) {
    const advice = `rename it, or delete it with "nft delete table ${table.title}"`;
    const conflict = `the table "${table.title}" was not made by this program: ${advice}`;
    return new FirewallError("conflict", `${error.message}; ${conflict}`, cause);
  }
  return new FirewallError("unsupported", `${error.message}; ${needs}`, cause);
}
