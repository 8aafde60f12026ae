/** Comparing a table of ours with what it should be, rule by rule. */
import type { Conversation } from "../netlink/conversation.ts";
import { decodeAttachment, getChain } from "../netlink/nftables/chain.ts";
import { decodeRule, listRules, type Rule } from "../netlink/nftables/rule.ts";
import { decodeTable, getTable, tableFlags } from "../netlink/nftables/table.ts";
import type { OwnTable } from "./layout.ts";
import { readObject } from "./read-object.ts";
import type { Chain, Ruleset } from "./ruleset.ts";

/** How the table differs from what it should be, in words for a person. @throws NetlinkError, DecodeError */
export function rulesetFaults(conversation: Conversation, { table, chains }: Ruleset): string[] {
  const found = readObject(conversation, getTable(table));
  if (found === undefined) return [`table "${table.title}" is missing`];
  const faults: string[] = [];
  if (((decodeTable(found).flags ?? 0) & tableFlags.dormant) !== 0) {
    faults.push(`table "${table.title}" is dormant`);
  }
  const rules = conversation.dump(listRules(table)).map(decodeRule);
  return [...faults, ...chains.flatMap((chain) => chainFaults(conversation, { table, chain, rules }))];
}

/** `rules`: all that the table has. */
function chainFaults(
  conversation: Conversation,
  { table, chain, rules }: { table: OwnTable; chain: Chain; rules: readonly Rule[] },
): string[] {
  const subject = `chain "${chain.name}" of table "${table.title}"`;
  const found = readObject(conversation, getChain({ ...table, chain: chain.name }));
  if (found === undefined) return [`${subject} is missing`];
  if (!covers(decodeAttachment(found), chain.attachment)) return [`${subject} hangs at another place`];
  const own = rules.filter((rule) => rule.chain === chain.name);
  const same = own.length === chain.rules.length && chain.rules.every((rule, at) => isRule(own[at], rule));
  if (same) return [];
  return [`${subject} has other rules than it should (a GC of the network writes them again)`];
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
