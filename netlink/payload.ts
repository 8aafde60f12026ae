/**
 * How one attribute's payload looks on the wire. Byte order is in the name; netlink's own is the machine's, which is
 * little-endian on everything that this program is built for.
 */
import { addressFromBytes, type Address } from "../inet/address.ts";
import { DecodeError } from "./decode-error.ts";
import { getU16, getU16be, getU32be, setU16, setU16be } from "./integers.ts";

export interface Payload<T> {
  /** Shown in errors. */
  readonly name: string;
  encode(value: T): Uint8Array;
  /** @throws DecodeError when the bytes are not of this form */
  decode(bytes: Uint8Array): T;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface FixedPayload<T> extends Payload<T> {
  /** Bytes. */
  readonly size: number;
}

/** @throws DecodeError */
function demand(bytes: Uint8Array, size: number): void {
  if (bytes.length !== size) throw new DecodeError(`expected ${size} bytes, got ${bytes.length}`);
}

// The integers are written out, each in one step: in a process that lives for milliseconds every function counts, and one that
// is called a few dozen times is compiled, which costs more than it saves.

export const u8: FixedPayload<number> = {
  name: "u8",
  size: 1,
  encode(value) {
    const bytes = new Uint8Array(1);
    bytes[0] = value;
    return bytes;
  },
  decode(bytes) {
    demand(bytes, 1);
    return bytes[0] ?? 0;
  },
};

export const u16: FixedPayload<number> = {
  name: "u16",
  size: 2,
  encode(value) {
    const bytes = new Uint8Array(2);
    setU16(bytes, 0, value);
    return bytes;
  },
  decode(bytes) {
    demand(bytes, 2);
    return getU16(bytes, 0);
  },
};

export const u32: FixedPayload<number> = {
  name: "u32",
  size: 4,
  encode(value) {
    const bytes = new Uint8Array(4);
    bytes[0] = value;
    bytes[1] = value >>> 8;
    bytes[2] = value >>> 16;
    bytes[3] = value >>> 24;
    return bytes;
  },
  decode(bytes) {
    if (bytes.length !== 4) demand(bytes, 4);
    const low = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
    return (low | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24)) >>> 0;
  },
};

export const s32: FixedPayload<number> = {
  name: "s32",
  size: 4,
  encode: (value) => u32.encode(value),
  decode: (bytes) => u32.decode(bytes) | 0,
};

export const u16be: FixedPayload<number> = {
  name: "u16be",
  size: 2,
  encode(value) {
    const bytes = new Uint8Array(2);
    setU16be(bytes, 0, value);
    return bytes;
  },
  decode(bytes) {
    demand(bytes, 2);
    return getU16be(bytes, 0);
  },
};

export const u32be: FixedPayload<number> = {
  name: "u32be",
  size: 4,
  encode(value) {
    const bytes = new Uint8Array(4);
    bytes[0] = value >>> 24;
    bytes[1] = value >>> 16;
    bytes[2] = value >>> 8;
    bytes[3] = value;
    return bytes;
  },
  decode(bytes) {
    demand(bytes, 4);
    return getU32be(bytes, 0);
  },
};

export const u64be: FixedPayload<bigint> = {
  name: "u64be",
  size: 8,
  encode(value) {
    const bytes = new Uint8Array(8);
    viewOf(bytes).setBigUint64(0, value, false);
    return bytes;
  },
  decode(bytes) {
    demand(bytes, 8);
    return viewOf(bytes).getBigUint64(0, false);
  },
};

const encoder = new TextEncoder();
// Without ignoreBOM a name that starts with U+FEFF would lose it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Text with a closing NUL, as the kernel writes names. */
export const cString: Payload<string> = {
  name: "string",
  encode: (value) => encoder.encode(`${value}\0`),
  decode(bytes) {
    const end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
  },
};

export const binary: Payload<Uint8Array> = {
  name: "binary",
  encode: (value) => value,
  decode: (bytes) => bytes.slice(),
};

/** 4 or 16 bytes in network order, the family told by the length. */
export const address: Payload<Address> = {
  name: "address",
  encode: (value) => value.bytes,
  decode(bytes) {
    if (bytes.length === 16) return { family: 6, bytes: bytes.slice() };
    if (bytes.length !== 4) throw new DecodeError(`expected 4 or 16 bytes, got ${bytes.length}`);
    return addressFromBytes(bytes);
  },
};

/** An attribute that says something by being there. */
export const flag: Payload<true> = {
  name: "flag",
  encode: () => new Uint8Array(0),
  decode(bytes) {
    if (bytes.length > 0) throw new DecodeError(`expected no bytes, got ${bytes.length}`);
    return true;
  },
};
