/** Rules: NFT_MSG_*RULE, NFTA_RULE_*. */
import { list } from "../attributes.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { cString } from "../payload.ts";
import { splitMessage } from "../route/headers.ts";
import type { ChainAddress } from "./chain.ts";
import { expression, type Expression } from "./expression.ts";
import { buildNftablesRequest, familyHeaderBytes, nftablesMessageTypes } from "./headers.ts";
import type { TableAddress } from "./table.ts";

const ruleAttributes = {
  table: [1, cString],
  chain: [2, cString],
  expressions: [4, list(1, expression)],
} as const;

/** A rule at the end of its chain. */
export function appendRule(target: ChainAddress, expressions: readonly Expression[]): Request {
  return buildNftablesRequest({
    purpose: `add a rule to chain "${target.chain}" of table "${target.table}"`,
    type: nftablesMessageTypes.newRule,
    flags: messageFlags.create | messageFlags.append,
    family: target.family,
    table: ruleAttributes,
    attributes: { table: target.table, chain: target.chain, expressions },
  });
}

/** Deletes all rules of a chain; none is fine. */
export function flushChain(target: ChainAddress): Request {
  return buildNftablesRequest({
    purpose: `flush chain "${target.chain}" of table "${target.table}"`,
    type: nftablesMessageTypes.deleteRule,
    family: target.family,
    table: ruleAttributes,
    attributes: { table: target.table, chain: target.chain },
  });
}

/** A dump, in order within each chain. */
export function listRules(target: TableAddress): Request {
  return buildNftablesRequest({
    purpose: `list the rules of table "${target.table}"`,
    type: nftablesMessageTypes.getRule,
    family: target.family,
    table: ruleAttributes,
    attributes: { table: target.table },
  });
}

export interface Rule {
  readonly chain: string;
  readonly expressions: readonly Expression[];
}

/** @throws DecodeError */
export function decodeRule(message: Message): Rule {
  const { chain = "", expressions = [] } = splitMessage(
    message,
    familyHeaderBytes,
    ruleAttributes,
  ).attributes;
  return { chain, expressions };
}
