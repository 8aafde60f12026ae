/** A table of ours as one value: its sets, chains and rules, which never depend on how many containers there are. */
import type { Request } from "../netlink/message.ts";
import { ensureChain, type Attachment } from "../netlink/nftables/chain.ts";
import type { KnownExpression } from "../netlink/nftables/expression.ts";
import { appendRule, flushChain } from "../netlink/nftables/rule.ts";
import { ensureSet, type NewSet } from "../netlink/nftables/set.ts";
import { ensureTable } from "../netlink/nftables/table.ts";
import type { OwnTable } from "./layout.ts";

export interface Chain {
  readonly name: string;
  readonly attachment?: Attachment;
  readonly rules: readonly (readonly KnownExpression[])[];
}

export type RulesetSet = Pick<NewSet, "set" | "key" | "ranges">;

export interface Ruleset {
  readonly table: OwnTable;
  readonly sets: readonly RulesetSet[];
  /** Chains before those that lead to them. */
  readonly chains: readonly Chain[];
  /** What a kernel must have for it and what to do without, in words for a person. */
  readonly needs: string;
}

/**
 * Requests that, in one batch, bring the table to this form from whatever it is: absent, emptied, half deleted. Elements
 * that are there stay. Rules are flushed and written anew, so two processes doing this at once never double them.
 */
export function rulesetRequests({ table: { family, table }, sets, chains }: Ruleset): Request[] {
  return [
    ensureTable({ family, table }),
    ...sets.map((set, at) => ensureSet({ family, table, id: at + 1, ...set })),
    ...chains.map(({ name, attachment }) => ensureChain({ family, table, chain: name }, attachment)),
    ...chains.flatMap(({ name, rules }) => {
      const target = { family, table, chain: name };
      return [flushChain(target), ...rules.map((rule) => appendRule(target, rule))];
    }),
  ];
}
