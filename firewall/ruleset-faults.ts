/** Comparing our table with what it should be, rule by rule. */
import type { Conversation } from "../netlink/conversation.ts";
import type { Message, Request } from "../netlink/message.ts";
import { decodeAttachment, getChain } from "../netlink/nftables/chain.ts";
import { decodeRule, listRules, type Rule } from "../netlink/nftables/rule.ts";
import { decodeTable, getTable, tableFlags } from "../netlink/nftables/table.ts";
import { ownTable, ownTableName } from "./layout.ts";
import { isMissing, isWithoutNftables } from "./refusals.ts";
import { chains, type Chain } from "./ruleset.ts";

/** How the table differs from what it should be, in words for a person. @throws NetlinkError, DecodeError */
export function rulesetFaults(conversation: Conversation): string[] {
  const table = read(conversation, getTable(ownTable));
  if (table === undefined) return [`table "${ownTableName}" is missing`];
  const faults: string[] = [];
  if (((decodeTable(table).flags ?? 0) & tableFlags.dormant) !== 0) {
    faults.push(`table "${ownTableName}" is dormant`);
  }
  const rules = conversation.dump(listRules(ownTable)).map(decodeRule);
  return [...faults, ...chains.flatMap((chain) => chainFaults(conversation, chain, rules))];
}

function chainFaults(conversation: Conversation, chain: Chain, rules: readonly Rule[]): string[] {
  const subject = `chain "${chain.name}" of table "${ownTableName}"`;
  const found = read(conversation, getChain({ ...ownTable, chain: chain.name }));
  if (found === undefined) return [`${subject} is missing`];
  if (!covers(decodeAttachment(found), chain.attachment)) return [`${subject} hangs at another place`];
  const own = rules.filter((rule) => rule.chain === chain.name);
  const same = own.length === chain.rules.length && chain.rules.every((rule, at) => isRule(own[at], rule));
  return same ? [] : [`${subject} has other rules than it should`];
}

function isRule(found: Rule | undefined, wanted: Chain["rules"][number]): boolean {
  return found?.expressions.length === wanted.length && covers(found.expressions, wanted);
}

/** Whether all that is `wanted` is in `found`: the kernel adds defaults of its own when it reports an expression. */
function covers(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return wanted === found;
  if (typeof found !== "object" || found === null) return false;
  const values = new Map<string, unknown>(Object.entries(found));
  return Object.entries(wanted).every(([name, value]) => covers(values.get(name), value));
}

function read(conversation: Conversation, request: Request): Message | undefined {
  try {
    return conversation.request(request)[0];
  } catch (error) {
    if (isMissing(error) || isWithoutNftables(error)) return undefined;
    throw error;
  }
}
