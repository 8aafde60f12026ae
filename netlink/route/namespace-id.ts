/** The numbers by which one network namespace knows others: RTM_GETNSID, NETNSA_* of linux/net_namespace.h. */
import type { Message, Request } from "../message.ts";
import { s32, u32 } from "../payload.ts";
import { buildRequest, routeMessageTypes, splitMessage } from "./headers.ts";

const attributes = { id: [1, s32], descriptor: [3, u32] } as const;

/** struct rtgenmsg, filled up to four bytes. */
const rtgenmsgBytes = 4;

/** Asks which number the namespace behind an open file has here. None is given where it has none yet. */
export function getNamespaceId(descriptor: number): Request {
  return buildRequest({
    purpose: "read the number of a network namespace",
    type: routeMessageTypes.getNamespaceId,
    header: new Uint8Array(rtgenmsgBytes),
    table: attributes,
    attributes: { descriptor },
  });
}

/** Undefined where the namespace has no number here (NETNSA_NSID_NOT_ASSIGNED). @throws DecodeError */
export function decodeNamespaceId(message: Message): number | undefined {
  const { id = -1 } = splitMessage(message, rtgenmsgBytes, attributes).attributes;
  return id < 0 ? undefined : id;
}
