/** Batches: every change of nf_tables travels in one, and takes effect as a whole. linux/netfilter/nfnetlink.h */
import type { Batch } from "../conversation.ts";
import type { Request } from "../message.ts";
import { u32be } from "../payload.ts";
import { buildRequest } from "../route/headers.ts";
import { familyHeader } from "./headers.ts";

/** NFNL_MSG_BATCH_* */
const batchMessageTypes = { begin: 16, end: 17 } as const;

/** NFNL_BATCH_* */
const batchAttributes = { generation: [1, u32be] } as const;

const nftablesSubsystem = 10; // NFNL_SUBSYS_NFTABLES, which here goes into nfgenmsg.res_id

export interface BatchParts {
  /** What the whole is for, in the words of an error: "add the masquerade of ...". */
  readonly purpose: string;
  readonly requests: readonly Request[];
  /** The generation that the requests were worked out from: with any other the kernel answers ERESTART. */
  readonly generation?: number | undefined;
}

export function buildBatch(parts: BatchParts): Batch {
  const edge = (type: number, generation?: number) =>
    buildRequest({
      purpose: parts.purpose,
      type,
      header: familyHeader(0, nftablesSubsystem),
      table: batchAttributes,
      attributes: { generation },
    });
  return {
    begin: edge(batchMessageTypes.begin, parts.generation),
    requests: parts.requests,
    end: edge(batchMessageTypes.end),
  };
}
