import { expect, test } from "@jest/globals";
import { u32 } from "../payload.ts";
import { decodeNamespaceId, getNamespaceId } from "./namespace-id.ts";

const answer = (id: number) => ({
  type: 88,
  flags: 0,
  sequence: 1,
  body: Uint8Array.of(0, 0, 0, 0, 8, 0, 1, 0, ...u32.encode(id)),
});

test.each([
  [0, 0],
  [7, 7],
  [-1, undefined],
])("decodeNamespaceId() of %d is %s", (sent, expected) => {
  expect(decodeNamespaceId(answer(sent))).toBe(expected);
});

test("getNamespaceId() sends the descriptor", () => {
  const { type, body } = getNamespaceId(9);
  expect(type).toBe(90);
  expect([...body]).toEqual([0, 0, 0, 0, 8, 0, 3, 0, 9, 0, 0, 0]);
});
