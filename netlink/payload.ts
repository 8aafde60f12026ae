/**
 * How one attribute's payload looks on the wire. Byte order is in the name; netlink's own is the machine's, which is
 * little-endian on everything that this program is built for.
 */
import { addressFromBytes, type Address } from "../inet/address.ts";
import { DecodeError } from "./decode-error.ts";

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
  write: (view: DataView, value: T) => void,
  read: (view: DataView) => T,
): Payload<T> & { readonly size: number } {
  return {
    name,
    size,
    encode(value) {
      const bytes = new Uint8Array(size);
      write(viewOf(bytes), value);
      return bytes;
    },
    decode(bytes) {
      if (bytes.length !== size) throw new DecodeError(`expected ${size} bytes, got ${bytes.length}`);
      return read(viewOf(bytes));
    },
  };
}

export const u8 = fixed<number>(
  "u8",
  1,
  (view, value) => view.setUint8(0, value),
  (view) => view.getUint8(0),
);

export const u16 = fixed<number>(
  "u16",
  2,
  (view, value) => view.setUint16(0, value, true),
  (view) => view.getUint16(0, true),
);

export const u32 = fixed<number>(
  "u32",
  4,
  (view, value) => view.setUint32(0, value, true),
  (view) => view.getUint32(0, true),
);

export const s32 = fixed<number>(
  "s32",
  4,
  (view, value) => view.setInt32(0, value, true),
  (view) => view.getInt32(0, true),
);

export const u16be = fixed<number>(
  "u16be",
  2,
  (view, value) => view.setUint16(0, value, false),
  (view) => view.getUint16(0, false),
);

export const u32be = fixed<number>(
  "u32be",
  4,
  (view, value) => view.setUint32(0, value, false),
  (view) => view.getUint32(0, false),
);

export const u64be = fixed<bigint>(
  "u64be",
  8,
  (view, value) => view.setBigUint64(0, value, false),
  (view) => view.getBigUint64(0, false),
);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

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
  decode: () => true,
};
