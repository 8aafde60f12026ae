import { describe, expect, test } from "@jest/globals";
import {
  align4,
  attributePathAt,
  decodeAttributes,
  encodeAttributes,
  list,
  nested,
  nestedFlag,
  rawAttributes,
  type Decoded,
  type Table,
} from "./attributes.ts";
import { DecodeError } from "./decode-error.ts";
import { decodeMessages, encodeMessage } from "./message.ts";
import {
  address,
  binary,
  cString,
  flag,
  s32,
  u16,
  u16be,
  u32,
  u32be,
  u64be,
  u8,
  type Payload,
} from "./payload.ts";
import { decodeInterfaceAddress } from "./route/address.ts";
import { bridgePortAttributes, decodeLink } from "./route/link.ts";
import { decodeRoute } from "./route/route.ts";

const inner = {
  kind: [1, cString],
  order: [2, u16be],
  deep: [3, nested({ level: [1, u8] } as const)],
} as const;
const table = {
  name: [3, cString],
  mtu: [4, u32],
  error: [5, s32],
  inner: [6, nested(inner)],
  parts: [7, list(1, nested({ size: [1, u32be] } as const))],
  numbers: [8, list(1, u32)],
  bytes: [9, binary],
  present: [10, flag],
  handle: [11, u64be],
  port: [12, u16],
  gateway: [13, address],
} as const satisfies Table;

describe("encodeAttributes()", () => {
  test.each<{ value: Decoded<typeof table>; bytes: number[] }>([
    { value: {}, bytes: [] },
    { value: { mtu: undefined }, bytes: [] },
    { value: { mtu: 0 }, bytes: [8, 0, 4, 0, 0, 0, 0, 0] },
    { value: { mtu: 0x01020304 }, bytes: [8, 0, 4, 0, 4, 3, 2, 1] },
    { value: { mtu: 0xffffffff }, bytes: [8, 0, 4, 0, 255, 255, 255, 255] },
    { value: { error: -1 }, bytes: [8, 0, 5, 0, 255, 255, 255, 255] },
    { value: { port: 0x0102 }, bytes: [6, 0, 12, 0, 2, 1, 0, 0] },
    { value: { name: "" }, bytes: [5, 0, 3, 0, 0, 0, 0, 0] },
    { value: { name: "eth" }, bytes: [8, 0, 3, 0, 101, 116, 104, 0] },
    { value: { present: true }, bytes: [4, 0, 10, 0] },
    { value: { handle: 0x0102030405060708n }, bytes: [12, 0, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8] },
    { value: { inner: {} }, bytes: [4, 0, 6, 0x80] },
    { value: { inner: { order: 0x0102 } }, bytes: [12, 0, 6, 0x80, 6, 0, 2, 0, 1, 2, 0, 0] },
    {
      value: { parts: [{ size: 1 }, {}] },
      bytes: [20, 0, 7, 0x80, 12, 0, 1, 0x80, 8, 0, 1, 0, 0, 0, 0, 1, 4, 0, 1, 0x80],
    },
    { value: { numbers: [7] }, bytes: [12, 0, 8, 0x80, 8, 0, 1, 0, 7, 0, 0, 0] },
    {
      value: { unknown: [{ type: 99, flags: nestedFlag, bytes: Uint8Array.of(1) }] },
      bytes: [5, 0, 99, 0x80, 1, 0, 0, 0],
    },
  ])("and back: $value", ({ value, bytes }) => {
    const encoded = encodeAttributes(table, value);
    expect([...encoded]).toEqual(bytes);
    expect(decodeAttributes(table, encoded)).toEqual(value);
  });

  test("keeps the order of the value's keys, which nf_tables needs in places", () => {
    const types = rawAttributes(encodeAttributes(table, { port: 1, name: "x", mtu: 2 })).map(
      ({ type }) => type,
    );
    expect(types).toEqual([12, 3, 4]);
  });
});

describe("decodeAttributes()", () => {
  test("keeps unknown attributes, their flags and their order", () => {
    const bytes = Uint8Array.of(5, 0, 77, 0x80, 9, 0, 0, 0, 8, 0, 4, 0, 1, 0, 0, 0, 4, 0, 78, 0x40);
    const decoded = decodeAttributes(table, bytes);
    expect(decoded).toEqual({
      mtu: 1,
      unknown: [
        { type: 77, flags: 0x8000, bytes: Uint8Array.of(9) },
        { type: 78, flags: 0x4000, bytes: new Uint8Array() },
      ],
    });
    expect([...encodeAttributes(table, decoded)]).toEqual([
      ...bytes.subarray(8, 16),
      ...bytes.subarray(0, 8),
      ...bytes.subarray(16),
    ]);
  });

  test("takes a nest with or without its flag", () => {
    for (const high of [0, 0x80]) {
      expect(decodeAttributes(table, Uint8Array.of(12, 0, 6, high, 6, 0, 2, 0, 1, 2, 0, 0)).inner).toEqual({
        order: 258,
      });
    }
  });

  test("reads a name without its closing NUL, and one in front of more bytes", () => {
    expect(decodeAttributes(table, Uint8Array.of(7, 0, 3, 0, 101, 116, 104, 0)).name).toBe("eth");
    expect(decodeAttributes(table, Uint8Array.of(8, 0, 3, 0, 101, 0, 104, 0)).name).toBe("e");
  });

  test("reads addresses by their length and leaves mapped ones as they are", () => {
    const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 0, 4];
    expect(decodeAttributes(table, Uint8Array.of(8, 0, 13, 0, 10, 1, 0, 4)).gateway?.family).toBe(4);
    expect(decodeAttributes(table, Uint8Array.of(20, 0, 13, 0, ...mapped)).gateway?.family).toBe(6);
  });

  test.each([
    { bytes: [3, 0, 4, 0], message: "attribute of 3 bytes at 0 does not fit into 4" },
    { bytes: [9, 0, 4, 0, 1, 0, 0, 0], message: "attribute of 9 bytes at 0 does not fit into 8" },
    { bytes: [7, 0, 4, 0, 1, 0, 0, 0], message: "mtu: expected 4 bytes, got 3" },
    { bytes: [12, 0, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0], message: "mtu: expected 4 bytes, got 8" },
    { bytes: [5, 0, 10, 0, 1, 0, 0, 0], message: "present: expected no bytes, got 1" },
    { bytes: [9, 0, 13, 0, 1, 0, 0, 0, 1, 0, 0, 0], message: "gateway: expected 4 or 16 bytes, got 5" },
    { bytes: [12, 0, 6, 0x80, 5, 0, 2, 0, 1, 0, 0, 0], message: "inner.order: expected 2 bytes, got 1" },
    {
      bytes: [16, 0, 6, 0x80, 12, 0, 3, 0x80, 6, 0, 1, 0, 1, 1, 0, 0],
      message: "inner.deep.level: expected 1 bytes, got 2",
    },
    {
      bytes: [16, 0, 7, 0x80, 12, 0, 1, 0x80, 6, 0, 1, 0, 1, 1, 0, 0],
      message: "parts.size: expected 4 bytes, got 2",
    },
  ])("refuses: $message", ({ bytes, message }) => {
    expect(() => decodeAttributes(table, Uint8Array.from(bytes))).toThrow(new DecodeError(message));
  });

  test("reads from the middle of a buffer", () => {
    const buffer = Uint8Array.of(255, 255, 255, 8, 0, 4, 0, 1, 2, 3, 4, 255, 255);
    expect(decodeAttributes(table, buffer.subarray(3, 11)).mtu).toBe(0x04030201);
  });
});

test.each([
  [-4, undefined],
  [0, "mtu"],
  [4, "mtu"],
  [8, "inner"],
  [12, "inner.order"],
  [20, "inner.attribute 9"],
  [28, "attribute 99"],
  [36, undefined],
])("attributePathAt(%d) is %s", (offset, path) => {
  const bytes = encodeAttributes(table, {
    mtu: 1,
    inner: { order: 1, unknown: [{ type: 9, bytes: Uint8Array.of(1, 2, 3, 4) }] },
    unknown: [{ type: 99, bytes: Uint8Array.of(1, 2, 3, 4) }],
  });
  expect(attributePathAt(table, bytes, offset)).toBe(path);
});

/** A repeatable source of numbers below `limit`: mulberry32. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

describe("for any value", () => {
  const below = numbers(1);
  const text = () => String.fromCodePoint(...Array.from({ length: below(6) }, () => 1 + below(0xd000)));
  const some = <T>(value: () => T): T | undefined => (below(2) === 0 ? value() : undefined);
  const bytes = () => Uint8Array.from({ length: below(9) }, () => below(256));
  const value = (): Decoded<typeof table> => ({
    name: some(text),
    mtu: some(() => below(2 ** 32)),
    error: some(() => below(2 ** 32) - 2 ** 31),
    inner: some(() => ({
      kind: some(text),
      order: some(() => below(65536)),
      deep: some(() => ({ level: below(256) })),
    })),
    parts: some(() => Array.from({ length: below(4) }, () => ({ size: below(2 ** 32) }))),
    numbers: some(() => Array.from({ length: below(4) }, () => below(2 ** 32))),
    bytes: some(bytes),
    present: some((): true => true),
    handle: some(() => BigInt(below(2 ** 32)) << BigInt(below(32))),
    port: some(() => below(65536)),
    gateway: some(() => ({ family: 4 as const, bytes: Uint8Array.from({ length: 4 }, () => below(256)) })),
    unknown: some(() => [{ type: 20 + below(1000), flags: below(4) << 14, bytes: bytes() }]),
  });

  test("decode(encode(value)) is the value", () => {
    for (let round = 0; round < 500; round++) {
      const given = value();
      expect(decodeAttributes(table, encodeAttributes(table, given))).toEqual(given);
    }
  });

  test("encode(decode(bytes)) is the bytes when keys come in the order of the bytes", () => {
    for (let round = 0; round < 500; round++) {
      const encoded = encodeAttributes(table, value());
      expect(encodeAttributes(table, decodeAttributes(table, encoded))).toEqual(encoded);
    }
  });
});

describe("on random bytes only DecodeError leaves", () => {
  const headers: readonly { name: string; decode: (bytes: Uint8Array) => unknown }[] = [
    { name: "decodeAttributes()", decode: (bytes) => decodeAttributes(table, bytes) },
    { name: "decodeMessages()", decode: decodeMessages },
    { name: "decodeLink()", decode: (body) => decodeLink({ type: 16, flags: 0, sequence: 1, body }) },
    { name: "decodeRoute()", decode: (body) => decodeRoute({ type: 24, flags: 0, sequence: 1, body }) },
    {
      name: "decodeInterfaceAddress()",
      decode: (body) => decodeInterfaceAddress({ type: 20, flags: 0, sequence: 1, body }),
    },
    { name: "attributePathAt()", decode: (bytes) => attributePathAt(table, bytes, bytes.length >> 1) },
  ];

  test.each(headers)("$name", ({ decode }) => {
    const below = numbers(2);
    let refused = 0;
    for (let round = 0; round < 5000; round++) {
      // Small numbers are likelier, so that lengths and types are often good ones.
      const bytes = Uint8Array.from({ length: below(80) }, () =>
        below(3) === 0 ? below(256) : below(20) & ~3,
      );
      try {
        decode(bytes);
      } catch (error) {
        refused++;
        if (!(error instanceof DecodeError)) throw error;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

test("decodeMessages() takes apart what encodeMessage() wrote, padding included", () => {
  const one = encodeMessage(
    { purpose: "one", type: 16, flags: 0x400, body: Uint8Array.of(1, 2, 3) },
    0xfffffffe,
  );
  const two = encodeMessage({ purpose: "two", type: 300, flags: 0, body: new Uint8Array() }, 2);
  expect(decodeMessages(Uint8Array.of(...one, ...two))).toEqual([
    { type: 16, flags: 0x401, sequence: 0xfffffffe, body: Uint8Array.of(1, 2, 3) },
    { type: 300, flags: 1, sequence: 2, body: new Uint8Array() },
  ]);
  expect([one.length, two.length]).toEqual([20, 16]);
});

test.each([
  { bytes: 15, length: 15, message: "message header cut off at 0" },
  { bytes: 16, length: 15, message: "message of 15 bytes at 0 does not fit into 16" },
  { bytes: 16, length: 17, message: "message of 17 bytes at 0 does not fit into 16" },
  { bytes: 18, length: 16, message: "message header cut off at 16" },
])("decodeMessages() refuses $bytes bytes that say $length", ({ bytes, length, message }) => {
  const datagram = new Uint8Array(bytes);
  datagram[0] = length;
  expect(() => decodeMessages(datagram)).toThrow(new DecodeError(message));
});

test.each([
  [0, 0],
  [1, 4],
  [4, 4],
  [5, 8],
])("align4(%d) is %d", (length, aligned) => {
  expect(align4(length)).toBe(aligned);
});

test("the compiler refuses fields that a table does not have", () => {
  const accept = (value: Decoded<typeof table>) => value;
  accept({ mtu: 1500, inner: { kind: "veth", deep: { level: 1 } }, parts: [{ size: 1 }] });
  // @ts-expect-error no such attribute
  accept({ mut: 1500 });
  // @ts-expect-error text for a number
  accept({ mtu: "1500" });
  // @ts-expect-error a number for a 64-bit one
  accept({ handle: 1 });
  // @ts-expect-error a flag is there or not
  accept({ present: false });
  // @ts-expect-error no such attribute in the nest
  accept({ inner: { knid: "veth" } });
  // @ts-expect-error text for a number, two nests down
  accept({ inner: { deep: { level: "1" } } });
  // @ts-expect-error no such attribute in a list's element
  accept({ parts: [{ length: 1 }] });
  // @ts-expect-error no such attribute, where the value goes straight to the encoder
  encodeAttributes(bridgePortAttributes, { hairpn: 1 });
  // @ts-expect-error null is not absence
  accept({ mtu: null });
  const { mtu, inner: nest } = decodeAttributes(table, new Uint8Array());
  // @ts-expect-error what comes from the kernel may lack anything
  const certain: number = mtu;
  // @ts-expect-error and so may a nest
  const kind = () => nest.kind;
  // @ts-expect-error a table's entry is a number and a payload
  const wrong: Table = { mtu: u32 };
  // @ts-expect-error a payload encodes what it decodes
  const lying: Payload<string> = u32;
  expect([certain, typeof kind, wrong["mtu"], lying.name]).toEqual([undefined, "function", u32, "u32"]);
});
