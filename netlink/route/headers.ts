/** The fixed headers of rtnetlink messages, linux/rtnetlink.h, and what names them. */
import { attributePathAt, decodeKnown, encodeAttributes, type Decoded, type Table } from "../attributes.ts";
import { DecodeError } from "../decode-error.ts";
import type { Message, Request } from "../message.ts";
import { viewOf } from "../payload.ts";

/** RTM_* */
export const routeMessageTypes = {
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  setLink: 19,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  getNeighbour: 30,
  getNamespaceId: 90,
} as const;

/** AF_* */
export const addressFamilies = { unspecified: 0, inet: 2, bridge: 7, inet6: 10 } as const;

export function familyNumber(family: 4 | 6): number {
  return family === 4 ? addressFamilies.inet : addressFamilies.inet6;
}

/** AF_INET6 or else AF_INET: messages of other families are not asked for. */
export function familyOf(number: number | undefined): 4 | 6 {
  return number === addressFamilies.inet6 ? 6 : 4;
}

export interface RequestParts<T extends Table> {
  readonly purpose: string;
  readonly type: number;
  readonly flags?: number;
  readonly header: Uint8Array;
  readonly table: T;
  readonly attributes: Decoded<T>;
}

/** A request of a fixed header and attributes. */
export function buildRequest<T extends Table>(parts: RequestParts<T>): Request {
  const attributes = encodeAttributes(parts.table, parts.attributes);
  const body = new Uint8Array(parts.header.length + attributes.length);
  body.set(parts.header);
  body.set(attributes, parts.header.length);
  return {
    purpose: parts.purpose,
    type: parts.type,
    flags: parts.flags ?? 0,
    body,
    attributeAt: (offset) => attributePathAt(parts.table, attributes, offset - parts.header.length),
  };
}

/** Splits a message into its fixed header and those of its attributes that the table knows. @throws DecodeError */
export function splitMessage<T extends Table>(
  message: Message,
  headerBytes: number,
  table: T,
): { header: DataView; attributes: Decoded<T> } {
  if (message.body.length < headerBytes) {
    throw new DecodeError(`expected a header of ${headerBytes} bytes, got ${message.body.length}`);
  }
  return {
    header: viewOf(message.body.subarray(0, headerBytes)),
    attributes: decodeKnown(table, message.body.subarray(headerBytes)),
  };
}
