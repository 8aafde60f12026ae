/** Tables: NFT_MSG_*TABLE, NFTA_TABLE_*. */
import { messageFlags, type Message, type Request } from "../message.ts";
import { cString, u32be } from "../payload.ts";
import { splitMessage } from "../route/headers.ts";
import { buildNftablesRequest, familyHeaderBytes, nftablesMessageTypes } from "./headers.ts";

/** NFT_TABLE_F_* */
export const tableFlags = { dormant: 1 } as const;

const tableAttributes = { name: [1, cString], flags: [2, u32be] } as const;

export interface TableAddress {
  /** One of `protocolFamilies`. */
  readonly family: number;
  readonly table: string;
}

function tableRequest(
  request: { readonly verb: string; readonly type: number; readonly messageFlags?: number },
  target: TableAddress,
  flags: number | undefined,
): Request {
  return buildNftablesRequest({
    purpose: `${request.verb} table "${target.table}"`,
    type: request.type,
    flags: request.messageFlags ?? 0,
    family: target.family,
    table: tableAttributes,
    attributes: { name: target.table, flags },
  });
}

/** Succeeds as well where the table is there, and wakes it up where it is dormant. */
export function ensureTable(target: TableAddress): Request {
  const type = nftablesMessageTypes.newTable;
  return tableRequest({ verb: "create", type, messageFlags: messageFlags.create }, target, 0);
}

export function getTable(target: TableAddress): Request {
  return tableRequest({ verb: "read", type: nftablesMessageTypes.getTable }, target, undefined);
}

/** @throws DecodeError */
export function decodeTable(message: Message) {
  return splitMessage(message, familyHeaderBytes, tableAttributes).attributes;
}
