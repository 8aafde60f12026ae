/** Adding egress masquerade where the plain way was refused: no table yet, or elements in the way. */
import type { Conversation } from "../netlink/conversation.ts";
import type { Request } from "../netlink/message.ts";
import type { NetlinkError } from "../netlink/netlink-error.ts";
import { buildBatch } from "../netlink/nftables/batch.ts";
import { decodeSetElements } from "../netlink/nftables/set-element.ts";
import { getTable } from "../netlink/nftables/table.ts";
import { onUnchangedRuleset } from "./contest.ts";
import { additions, deletions } from "./element-requests.ts";
import { FirewallError } from "./firewall-error.ts";
import { ownTable, ownTableName, setsOf } from "./layout.ts";
import {
  masqueradeContents,
  sourceKey,
  type EgressMasquerade,
  type SetContents,
} from "./egress-masquerade.ts";
import { readSets } from "./read-sets.ts";
import { isMissing, isTaken, isUnsupported } from "./refusals.ts";
import { rulesetRequests } from "./ruleset.ts";

const purpose = "add egress masquerade";

/** @throws FirewallError, NetlinkError */
export function addAfterRefusal(
  conversation: Conversation,
  masquerade: EgressMasquerade,
  refusal: NetlinkError,
): void {
  const added = additions(masqueradeContents(masquerade));
  const missing = isMissing(refusal);
  if (!missing && !isTaken(refusal)) throw explained(conversation, refusal);
  try {
    if (missing && createAndAdd(conversation, added)) return;
    replace(conversation, masquerade, added);
  } catch (error) {
    throw explained(conversation, error);
  }
}

/** The table with its first elements in one batch. False where some of them are there, left over in half a table. */
function createAndAdd(conversation: Conversation, added: readonly Request[]): boolean {
  try {
    conversation.transaction(buildBatch({ purpose, requests: [...rulesetRequests(), ...added] }));
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

/** Puts our elements in the place of all that is kept for the same sources, and mends the table on the way. */
function replace(conversation: Conversation, masquerade: EgressMasquerade, added: readonly Request[]): void {
  onUnchangedRuleset(conversation, purpose, (generation) => {
    const inTheWay = readSets(conversation, decodeSetElements).map((found) => ofSources(found, masquerade));
    const requests = [...rulesetRequests(), ...deletions(inTheWay), ...added];
    conversation.transaction(buildBatch({ purpose, requests, generation }));
  });
}

/** What a set holds for the sources of `masquerade`, whoever owns it. */
function ofSources(found: SetContents, masquerade: EgressMasquerade): SetContents {
  const keys = masquerade.sources
    .filter(({ address }) => Object.values(setsOf[address.family]).includes(found.set))
    .map(({ address }) => sourceKey(address, masquerade.interfaceName));
  const elements = found.elements.filter((element) => keys.some((key) => startsWith(element.key, key)));
  return { set: found.set, elements };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}

/** A batch that makes the whole table can only fail for what the kernel lacks, or for another table of our name. */
function explained(conversation: Conversation, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  if (!isTaken(error) && !isUnsupported(error)) return error;
  const cause = { cause: error };
  if (tableExists(conversation)) {
    const advice = `rename it, or delete it with "nft delete table ${ownTableName}"`;
    const conflict = `the table "${ownTableName}" was not made by this program: ${advice}`;
    return new FirewallError("conflict", `${error.message}; ${conflict}`, cause);
  }
  const advice = `load them, or set "ipMasqBackend" to "iptables"`;
  const needs =
    "masquerading by nf_tables needs Linux 5.7 with the modules nf_tables, nft_chain_nat and nft_masq";
  return new FirewallError("unsupported", `${error.message}; ${needs}: ${advice}`, cause);
}

function tableExists(conversation: Conversation): boolean {
  try {
    return conversation.request(getTable(ownTable)).length > 0;
  } catch (error) {
    if (isUnsupported(error)) return false;
    throw error;
  }
}
