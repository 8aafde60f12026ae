/**
 * Attributes (struct nlattr, linux/netlink.h) declared once as tables: a name of ours, the kernel's number, the form of
 * the payload. Encoding, decoding, the TypeScript type and the names in errors all follow from the table.
 */
import { DecodeError } from "./decode-error.ts";
import { getU16 } from "./integers.ts";
import type { Payload } from "./payload.ts";

/** `{ mtu: [4, u32] }`: attribute IFLA_MTU holds a u32. */
export type Table = Readonly<Record<string, readonly [number, Payload<unknown>]>>;

type ValueOf<P> = P extends Payload<infer T> ? T : never;

/** An attribute that the table does not know, kept as it came. */
export interface UnknownAttribute {
  readonly type: number;
  /** NLA_F_NESTED and NLA_F_NET_BYTEORDER, kept out of `type`. */
  readonly flags?: number;
  /** A view of the message. */
  readonly bytes: Uint8Array;
}

/** What a table's attributes look like decoded. All are optional: the kernel sends what it has. */
export type Decoded<T extends Table> = {
  readonly [Name in keyof T]?: ValueOf<T[Name][1]> | undefined;
} & { readonly unknown?: readonly UnknownAttribute[] | undefined };

const headerBytes = 4;
const typeMask = 0x3fff;
/** NLA_F_NESTED */
export const nestedFlag = 0x8000;

export function align4(length: number): number {
  return (length + 3) & ~3;
}

interface NestedPayload<T> extends Payload<T> {
  readonly nested: true;
  readonly table: Table | undefined;
}

function isNested(payload: object): payload is NestedPayload<unknown> {
  return "nested" in payload;
}

/** A payload that is itself a run of attributes. */
export function nested<T extends Table>(table: T): Payload<Decoded<T>> {
  const payload: NestedPayload<Decoded<T>> = {
    name: "nested",
    nested: true,
    table,
    encode: (value) => encodeAttributes(table, value),
    decode: (bytes) => decodeAttributes(table, bytes),
  };
  return payload;
}

/** A payload of equal elements, each under attribute number `type` (NFTA_LIST_ELEM and the like). */
export function list<T>(type: number, element: Payload<T>): Payload<readonly T[]> {
  const number = isNested(element) ? type | nestedFlag : type;
  const payload: NestedPayload<readonly T[]> = {
    name: "list",
    nested: true,
    table: undefined,
    encode: (values) =>
      frame(
        values.map(() => number),
        values.map((value) => element.encode(value)),
      ),
    decode: (bytes) => rawAttributes(bytes).map((attribute) => element.decode(attribute.bytes)),
  };
  return payload;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Headers and padding around payloads. One loop without calls, for the reason given in payload.ts. */
function frame(types: readonly number[], payloads: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const payload of payloads) total += (headerBytes + payload.length + 3) & ~3;
  const whole = new Uint8Array(total);
  let at = 0;
  for (let index = 0; index < payloads.length; index++) {
    const payload = payloads[index];
    const type = types[index];
    if (payload === undefined || type === undefined) break;
    const length = headerBytes + payload.length;
    whole[at] = length;
    whole[at + 1] = length >>> 8;
    whole[at + 2] = type;
    whole[at + 3] = type >>> 8;
    whole.set(payload, at + headerBytes);
    at += (length + 3) & ~3;
  }
  return whole;
}

/** The attributes of `value` in the order of the value's keys. Only `undefined` is left out: zero is a value. */
export function encodeAttributes<T extends Table>(table: T, value: Decoded<T>): Uint8Array {
  const types: number[] = [];
  const payloads: Uint8Array[] = [];
  const fields: Readonly<Record<string, unknown>> = value;
  for (const name of Object.keys(fields)) {
    const entry = table[name];
    const field = fields[name];
    if (entry === undefined || field === undefined) continue;
    const payload = entry[1];
    types.push("nested" in payload ? entry[0] | nestedFlag : entry[0]);
    payloads.push(payload.encode(field));
  }
  for (const { type, flags = 0, bytes } of value.unknown ?? []) {
    types.push(type | flags);
    payloads.push(bytes);
  }
  return frame(types, payloads);
}

/** The attributes in `bytes` one after the other. @throws DecodeError when a length leads out of the bytes */
export function rawAttributes(bytes: Uint8Array): UnknownAttribute[] {
  const attributes: UnknownAttribute[] = [];
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const length = getU16(bytes, at);
    if (length < headerBytes || at + length > bytes.length) throw misfit(bytes, at, length);
    const type = getU16(bytes, at + 2);
    attributes.push({
      type: type & typeMask,
      flags: type & ~typeMask,
      bytes: bytes.subarray(at + headerBytes, at + length),
    });
    at += align4(length);
  }
  return attributes;
}

const byNumber = new WeakMap<Table, Map<number, string>>();

function namesByNumber(table: Table): Map<number, string> {
  let names = byNumber.get(table);
  if (names === undefined) {
    names = new Map();
    for (const [name, [type]] of Object.entries(table)) names.set(type, name);
    byNumber.set(table, names);
  }
  return names;
}

/** Reads attributes by the table; what it does not know is kept under `unknown`. @throws DecodeError */
export function decodeAttributes<T extends Table>(table: T, bytes: Uint8Array): Decoded<T> {
  const names = namesByNumber(table);
  const decoded: Record<string, unknown> = {};
  const unknown: UnknownAttribute[] = [];
  for (const attribute of rawAttributes(bytes)) {
    const name = names.get(attribute.type);
    const entry = name === undefined ? undefined : table[name];
    if (name === undefined || entry === undefined) {
      unknown.push(attribute);
      continue;
    }
    decoded[name] = decodeField(name, entry[1], attribute.bytes);
  }
  if (unknown.length > 0) decoded["unknown"] = unknown;
  return decoded as Decoded<T>;
}

/** Reads what the table knows and passes over the rest: for messages that are only read. @throws DecodeError */
export function decodeKnown<T extends Table>(table: T, bytes: Uint8Array): Decoded<T> {
  const names = namesByNumber(table);
  const decoded: Record<string, unknown> = {};
  let reading = "";
  try {
    // A link has some sixty attributes of which a dozen are of interest: no calls for the others.
    for (let at = 0; at + headerBytes <= bytes.length;) {
      const length = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
      if (length < headerBytes || at + length > bytes.length) throw misfit(bytes, at, length);
      const name = names.get(((bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8)) & typeMask);
      const entry = name === undefined ? undefined : table[name];
      if (name !== undefined && entry !== undefined) {
        reading = name;
        decoded[name] = entry[1].decode(bytes.subarray(at + headerBytes, at + length));
        reading = "";
      }
      at += (length + 3) & ~3;
    }
  } catch (error) {
    throw error instanceof DecodeError && reading !== "" ? error.within(reading) : error;
  }
  return decoded as Decoded<T>;
}

function misfit(bytes: Uint8Array, at: number, length: number): DecodeError {
  return new DecodeError(`attribute of ${length} bytes at ${at} does not fit into ${bytes.length}`);
}

function decodeField(name: string, payload: Payload<unknown>, bytes: Uint8Array): unknown {
  try {
    return payload.decode(bytes);
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}

/** The path of names to the attribute that `offset` lies in, for the kernel's error offsets. */
export function attributePathAt(table: Table, bytes: Uint8Array, offset: number): string | undefined {
  if (offset < 0) return undefined;
  const names = namesByNumber(table);
  let at = 0;
  for (const attribute of rawAttributes(bytes)) {
    const end = at + align4(headerBytes + attribute.bytes.length);
    if (offset < end) {
      const name = names.get(attribute.type) ?? `attribute ${attribute.type}`;
      const payload = table[name]?.[1];
      if (offset === at || payload === undefined || !isNested(payload) || payload.table === undefined)
        return name;
      const inner = attributePathAt(payload.table, attribute.bytes, offset - at - headerBytes);
      return inner === undefined ? name : `${name}.${inner}`;
    }
    at = end;
  }
  return undefined;
}
