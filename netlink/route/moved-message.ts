/** Entries of the kernel's own lists, made into requests: what nobody here knows goes along as it came. */
import { concat, encodeAttributes, rawAttributes } from "../attributes.ts";
import type { Message } from "../message.ts";

/** A list's entry, taken apart. */
export interface RawEntry {
  /** The fixed header, a copy. */
  readonly header: Uint8Array;
  readonly attributes: Uint8Array;
}

/** Undefined for a message that is too short to be one. */
export function takeApart(message: Message, headerBytes: number): RawEntry | undefined {
  if (message.body.length < headerBytes) return undefined;
  return { header: message.body.slice(0, headerBytes), attributes: message.body.subarray(headerBytes) };
}

/** The payload of an attribute by its number. @throws DecodeError */
export function findAttribute(entry: RawEntry, type: number): Uint8Array | undefined {
  return rawAttributes(entry.attributes).find((attribute) => attribute.type === type)?.bytes;
}

/** The entry as a request's body, with some attributes replaced; those that are `undefined` are left out. @throws DecodeError */
export function bodyWith(entry: RawEntry, replaced: ReadonlyMap<number, Uint8Array | undefined>): Uint8Array {
  const kept = rawAttributes(entry.attributes).filter(({ type }) => !replaced.has(type));
  const put = [...replaced].flatMap(([type, bytes]) => (bytes === undefined ? [] : [{ type, bytes }]));
  return concat([entry.header, encodeAttributes({}, { unknown: [...kept, ...put] })]);
}
