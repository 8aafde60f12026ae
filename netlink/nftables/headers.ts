/** What nf_tables messages have in common: linux/netfilter/nfnetlink.h and nf_tables.h. */
import { nested } from "../attributes.ts";
import type { Decoded, Table } from "../attributes.ts";
import type { Request } from "../message.ts";
import { binary } from "../payload.ts";
import { buildRequest } from "../route/headers.ts";

const subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES

/** NFT_MSG_* */
export const nftablesMessageTypes = {
  newTable: subsystem | 0,
  getTable: subsystem | 1,
  newChain: subsystem | 3,
  getChain: subsystem | 4,
  newRule: subsystem | 6,
  getRule: subsystem | 7,
  deleteRule: subsystem | 8,
  newSet: subsystem | 9,
  newSetElements: subsystem | 12,
  getSetElements: subsystem | 13,
  deleteSetElements: subsystem | 14,
  getGeneration: subsystem | 16,
} as const;

/** NFPROTO_*: the families that a table or a packet can have. */
export const protocolFamilies = { unspecified: 0, inet: 1, ipv4: 2, bridge: 7, ipv6: 10 } as const;

/** struct nfgenmsg */
export const familyHeaderBytes = 4;

export function familyHeader(family: number, resource = 0): Uint8Array {
  return Uint8Array.of(family, 0, resource >> 8, resource & 0xff);
}

/** NFTA_DATA_VALUE: bytes to compare with or to look up, in network order. */
export const dataAttributes = { value: [1, binary] } as const;
export const data = nested(dataAttributes);

export interface NftablesRequestParts<T extends Table> {
  readonly purpose: string;
  readonly type: number;
  readonly flags?: number;
  /** One of {@link protocolFamilies}. */
  readonly family: number;
  readonly table: T;
  readonly attributes: Decoded<T>;
}

export function buildNftablesRequest<T extends Table>(parts: NftablesRequestParts<T>): Request {
  const { family, ...rest } = parts;
  return buildRequest({ ...rest, header: familyHeader(family) });
}
