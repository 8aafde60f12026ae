/**
 * How one attribute's payload looks on the wire. Byte order is in the name; netlink's own is the machine's, which is
 * little-endian on everything that this program is built for.
 */
import { addressFromBytes, type Address } from "../inet/address.ts";
import { DecodeError } from "./decode-error.ts";
import { getU16, getU16be, getU32, getU32be, setU16, setU16be, setU32, setU32be } from "./integers.ts";

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

function fixed<T>(
  name: string,
  size: number,
  write: (bytes: Uint8Array, value: T) => void,
  read: (bytes: Uint8Array) => T,
): Payload<T> & { readonly size: number } {
  return {
    name,
    size,
    encode(value) {
      const bytes = new Uint8Array(size);
      write(bytes, value);
      return bytes;
    },
    decode(bytes) {
      if (bytes.length !== size) throw new DecodeError(`expected ${size} bytes, got ${bytes.length}`);
      return read(bytes);
    },
  };
}

export const u8 = fixed<number>(
  "u8",
  1,
  (bytes, value) => bytes.fill(value),
  (bytes) => bytes[0] ?? 0,
);

export const u16 = fixed<number>(
  "u16",
  2,
  (bytes, value) => setU16(bytes, 0, value),
  (bytes) => getU16(bytes, 0),
);

export const u32 = fixed<number>(
  "u32",
  4,
  (bytes, value) => setU32(bytes, 0, value),
  (bytes) => getU32(bytes, 0),
);

export const s32 = fixed<number>(
  "s32",
  4,
  (bytes, value) => setU32(bytes, 0, value),
  (bytes) => getU32(bytes, 0) | 0,
);

export const u16be = fixed<number>(
  "u16be",
  2,
  (bytes, value) => setU16be(bytes, 0, value),
  (bytes) => getU16be(bytes, 0),
);

export const u32be = fixed<number>(
  "u32be",
  4,
  (bytes, value) => setU32be(bytes, 0, value),
  (bytes) => getU32be(bytes, 0),
);

export const u64be = fixed<bigint>(
  "u64be",
  8,
  (bytes, value) => viewOf(bytes).setBigUint64(0, value, false),
  (bytes) => viewOf(bytes).getBigUint64(0, false),
);

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
