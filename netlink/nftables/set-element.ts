/** Elements of sets: NFT_MSG_*SETELEM, NFTA_SET_ELEM_* of linux/netfilter/nf_tables.h. */
import { decodeAttributes, list, nested, rawAttributes } from "../attributes.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { binary, cString } from "../payload.ts";
import { buildNftablesRequest, data, familyHeaderBytes, nftablesMessageTypes } from "./headers.ts";
import { decodeComment, encodeComment } from "./user-data.ts";

/** NFTA_SET_ELEM_* */
const elementAttributes = {
  key: [1, data],
  userData: [6, binary],
  /** Last key of a range, where the set holds ranges of concatenated fields. */
  keyEnd: [10, data],
} as const;

const elementsNumber = 3; // NFTA_SET_ELEM_LIST_ELEMENTS

/** NFTA_SET_ELEM_LIST_* */
const elementListAttributes = {
  table: [1, cString],
  set: [2, cString],
  elements: [elementsNumber, list(1, nested(elementAttributes))],
} as const;

export interface SetElement {
  /** All fields of the key, each filled up to a multiple of four bytes. */
  readonly key: Uint8Array;
  readonly keyEnd?: Uint8Array | undefined;
  /** What nft(8) shows as `comment "..."`. */
  readonly comment?: string | undefined;
}

/** Which set: `family` is one of `protocolFamilies`. */
export interface SetAddress {
  readonly family: number;
  readonly table: string;
  readonly set: string;
}

function encodeElement(element: SetElement) {
  return {
    key: { value: element.key },
    keyEnd: element.keyEnd && { value: element.keyEnd },
    userData: element.comment === undefined ? undefined : encodeComment(element.comment),
  };
}

function elementsRequest(
  request: { readonly verb: string; readonly type: number; readonly flags?: number },
  target: SetAddress,
  elements: readonly SetElement[] | undefined,
): Request {
  return buildNftablesRequest({
    purpose: `${request.verb} set "${target.set}" of table "${target.table}"`,
    type: request.type,
    flags: request.flags ?? 0,
    family: target.family,
    table: elementListAttributes,
    attributes: { table: target.table, set: target.set, elements: elements?.map(encodeElement) },
  });
}

/** Fails with EEXIST where one is there already, with ENOTEMPTY where a range overlaps another. */
export function addSetElements(target: SetAddress, elements: readonly SetElement[]): Request {
  const flags = messageFlags.create | messageFlags.exclusive;
  const type = nftablesMessageTypes.newSetElements;
  return elementsRequest({ verb: "add elements to", type, flags }, target, elements);
}

/** Fails with ENOENT where one is not there. */
export function deleteSetElements(target: SetAddress, elements: readonly SetElement[]): Request {
  const type = nftablesMessageTypes.deleteSetElements;
  return elementsRequest({ verb: "delete elements of", type }, target, elements);
}

/** A dump; fails with ENOENT where there is no such table or set. */
export function listSetElements(target: SetAddress): Request {
  return elementsRequest({ verb: "list", type: nftablesMessageTypes.getSetElements }, target, undefined);
}

function decodeElement(bytes: Uint8Array): SetElement | undefined {
  const { key, keyEnd, userData } = decodeAttributes(elementAttributes, bytes);
  if (key?.value === undefined) return undefined;
  return { key: key.value, keyEnd: keyEnd?.value, comment: userData && decodeComment(userData) };
}

function* rawElements(message: Message): Generator<Uint8Array> {
  for (const attribute of rawAttributes(message.body.subarray(familyHeaderBytes))) {
    if (attribute.type !== elementsNumber) continue;
    for (const element of rawAttributes(attribute.bytes)) yield element.bytes;
  }
}

/** @throws DecodeError */
export function decodeSetElements(message: Message): SetElement[] {
  return [...rawElements(message)].map(decodeElement).filter((element) => element !== undefined);
}

const bytewise = new TextDecoder("latin1");

/**
 * The elements whose comment is exactly `comment`. Sets hold an element or more for every container of the machine, of
 * which a caller wants a few: all others are skipped by one search in the bytes instead of being decoded.
 * @throws DecodeError
 */
export function decodeElementsCommented(comment: string, message: Message): SetElement[] {
  const wanted = bytewise.decode(encodeComment(comment));
  const text = bytewise.decode(message.body);
  const found: SetElement[] = [];
  let hit = text.indexOf(wanted);
  if (hit < 0) return found;
  for (const bytes of rawElements(message)) {
    const end = bytes.byteOffset - message.body.byteOffset + bytes.length;
    if (hit >= end) continue;
    const element = decodeElement(bytes);
    if (element?.comment === comment) found.push(element);
    hit = text.indexOf(wanted, end);
    if (hit < 0) break;
  }
  return found;
}
