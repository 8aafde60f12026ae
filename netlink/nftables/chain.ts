/** Chains: NFT_MSG_*CHAIN, NFTA_CHAIN_*. */
import { nested } from "../attributes.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { cString, u32be, type Payload } from "../payload.ts";
import { splitMessage } from "../route/headers.ts";
import { buildNftablesRequest, familyHeaderBytes, nftablesMessageTypes } from "./headers.ts";

/** NF_INET_* and NF_BR_*: where a packet is when the chain sees it. */
export const hooks = { prerouting: 0, postrouting: 4 } as const;

/** NF_IP_PRI_* and NF_BR_PRI_*: lower comes first. */
export const hookPriorities = { sourceNat: 100, bridgeDestinationNat: -300 } as const;

const s32be: Payload<number> = { ...u32be, name: "s32be", decode: (bytes) => u32be.decode(bytes) | 0 };

/** NF_ACCEPT, the policy of a chain that only picks out packets. */
const acceptPolicy = 1;

const chainAttributes = {
  table: [1, cString],
  name: [3, cString],
  hook: [4, nested({ number: [1, u32be], priority: [2, s32be] } as const)],
  policy: [5, u32be],
  type: [7, cString],
} as const;

export interface ChainAddress {
  /** One of `protocolFamilies`. */
  readonly family: number;
  readonly table: string;
  readonly chain: string;
}

/** Where a base chain hangs. */
export interface Attachment {
  readonly type: "nat" | "filter";
  readonly hook: number;
  readonly priority: number;
}

/** Succeeds as well where the chain is there; EEXIST where it hangs elsewhere. */
export function ensureChain(target: ChainAddress, attachment?: Attachment): Request {
  return buildNftablesRequest({
    purpose: `create chain "${target.chain}" of table "${target.table}"`,
    type: nftablesMessageTypes.newChain,
    flags: messageFlags.create,
    family: target.family,
    table: chainAttributes,
    attributes: {
      table: target.table,
      name: target.chain,
      type: attachment?.type,
      policy: attachment && acceptPolicy,
      hook: attachment && { number: attachment.hook, priority: attachment.priority },
    },
  });
}

export function getChain(target: ChainAddress): Request {
  return buildNftablesRequest({
    purpose: `read chain "${target.chain}" of table "${target.table}"`,
    type: nftablesMessageTypes.getChain,
    family: target.family,
    table: chainAttributes,
    attributes: { table: target.table, name: target.chain },
  });
}

/** Undefined for a chain that packets reach only from other chains. @throws DecodeError */
export function decodeAttachment(message: Message): Attachment | undefined {
  const { type, hook } = splitMessage(message, familyHeaderBytes, chainAttributes).attributes;
  if (hook?.number === undefined || hook.priority === undefined) return undefined;
  return { type: type === "nat" ? "nat" : "filter", hook: hook.number, priority: hook.priority };
}
