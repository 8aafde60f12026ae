/**
 * Where bridges have seen MAC addresses: their forwarding databases. RTM_GETNEIGH of AF_BRIDGE, struct ndmsg and NDA_* of
 * linux/neighbour.h.
 */
import type { Message, Request } from "../message.ts";
import { binary, u16, u32 } from "../payload.ts";
import { addressFamilies, buildRequest, routeMessageTypes, splitMessage } from "./headers.ts";

const attributes = {
  linkAddress: [2, binary],
  vlan: [5, u16],
  master: [9, u32],
} as const;

const ndmsgBytes = 12;

/** NUD_PERMANENT: an address of the port itself. NUD_NOARP: one that somebody entered by hand. */
const notLearned = 0x80 | 0x40;

/** A MAC address that a bridge has seen, or was told of. */
export interface ForwardingEntry {
  readonly mac: Uint8Array;
  /** Index of the port behind which it is. */
  readonly port: number;
  /** Index of the bridge. */
  readonly bridge: number;
  /** Undefined on a bridge that does not filter by VLAN. */
  readonly vlan: number | undefined;
  /** True where the bridge took it from a frame, and forgets it again. */
  readonly isLearned: boolean;
}

/** The forwarding databases of all bridges in one dump. */
export function listForwarding(): Request {
  const header = new Uint8Array(ndmsgBytes);
  header[0] = addressFamilies.bridge;
  return buildRequest({
    purpose: "list what bridges have learned",
    type: routeMessageTypes.getNeighbour,
    header,
    table: attributes,
    attributes: {},
  });
}

/** Undefined for what a device keeps for itself (NTF_SELF), such as multicast addresses. @throws DecodeError */
export function decodeForwarding(message: Message): ForwardingEntry | undefined {
  const { header, attributes: found } = splitMessage(message, ndmsgBytes, attributes);
  if (found.linkAddress === undefined || found.master === undefined) return undefined;
  return {
    mac: found.linkAddress,
    port: header.getInt32(4, true),
    bridge: found.master,
    vlan: found.vlan,
    isLearned: (header.getUint16(8, true) & notLearned) === 0,
  };
}
