import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { DecodeError } from "../decode-error.ts";
import { parseGoldens } from "./goldens/golden.ts";
import { nftablesMessageTypes, protocolFamilies } from "./headers.ts";
import {
  addSetElements,
  decodeElementsCommented,
  decodeSetElements,
  type SetElement,
} from "./set-element.ts";

const text = readFileSync("netlink/nftables/goldens/listed.hex", "utf8");
const listed = parseGoldens(text).filter(({ type }) => type === nftablesMessageTypes.newSetElements);
const target = { family: protocolFamilies.inet, table: "t", set: "s" };

function messageOf(elements: readonly SetElement[]) {
  const { type, body } = addSetElements(target, elements);
  return { type, flags: 0, sequence: 1, body };
}

const key = (first: number) => Uint8Array.of(first, 1, 2, 3);

test("decodeSetElements() reads what the kernel lists", () => {
  const elements = listed.flatMap(decodeSetElements);
  expect(elements.map((element) => [element.key.length, element.keyEnd?.length, element.comment])).toEqual([
    [20, undefined, "net1 cid1 eth0"],
    [24, 24, "net1 cid1 eth0"],
    [24, 24, "net1 cid1 eth0"],
    [32, undefined, "net1 cid1 eth0"],
    [48, 48, "net1 cid1 eth0"],
  ]);
  expect([...(elements[1]?.keyEnd?.subarray(20) ?? [])]).toEqual([10, 1, 255, 255]);
});

test("what is added is what is read", () => {
  const elements: SetElement[] = [
    { key: key(1), keyEnd: undefined, comment: undefined },
    { key: key(2), keyEnd: key(9), comment: "ä b" },
  ];
  expect(decodeSetElements(messageOf(elements))).toEqual(elements);
});

describe("decodeElementsCommented()", () => {
  const elements = ["a b c", "a b cd", "xa b c", undefined, "a b c", "", "ä"].map((comment, at) => ({
    key: key(at),
    keyEnd: undefined,
    comment,
  }));

  test.each([
    ["a b c", [0, 4]],
    ["a b", []],
    ["", [5]],
    ["ä", [6]],
  ])("finds all of %j and nothing like it", (comment, positions) => {
    const found = decodeElementsCommented(comment, messageOf(elements));
    expect(found.map((element) => element.key[0])).toEqual(positions);
  });

  test("is not led astray by keys that look like a comment", () => {
    const lookalike = Uint8Array.of(0, 2, 0x61, 0);
    const found = decodeElementsCommented(
      "a",
      messageOf([
        { key: lookalike, comment: "b" },
        { key: key(1), comment: "a" },
      ]),
    );
    expect(found.map((element) => element.key[0])).toEqual([1]);
  });

  test("finds in the kernel's listing what decoding all of it finds", () => {
    expect(listed.flatMap((message) => decodeElementsCommented("net1 cid1 eth0", message))).toEqual(
      listed.flatMap(decodeSetElements),
    );
  });
});

test("on random bytes only DecodeError is thrown", () => {
  let state = 1;
  const random = () => (state = (state * 48271) % 0x7fffffff);
  const [sample] = listed;
  const thrown: unknown[] = [];
  for (let round = 0; round < 2000; round++) {
    const body = (sample?.body ?? new Uint8Array()).slice();
    for (let change = 0; change < 4; change++) body[random() % body.length] = random() & 0xff;
    thrown.push(thrownBy(() => decodeSetElements({ type: 0, flags: 0, sequence: 0, body })));
  }
  expect(thrown.filter((error) => error !== undefined && !(error instanceof DecodeError))).toEqual([]);
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

test("a comment that does not fit is refused", () => {
  expect(() => addSetElements(target, [{ key: key(1), comment: "x".repeat(255) }])).toThrow(RangeError);
});
