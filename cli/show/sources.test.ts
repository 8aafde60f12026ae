import { expect, test } from "@jest/globals";
import { Sources } from "./sources.ts";

function failing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

test("Sources.read() gives what is read, or else what is given, and notes why, each source once", () => {
  const sources = new Sources();
  expect(sources.read("one", 0, () => 1)).toBe(1);
  expect(sources.read("two", 0, failing("no"))).toBe(0);
  expect([sources.read("three", 0, failing("first")), sources.read("three", 0, failing("second"))]).toEqual([
    0, 0,
  ]);
  expect(sources.unreadable).toEqual([
    { source: "two", reason: "no" },
    { source: "three", reason: "first (and 1 more)" },
  ]);
});
