import { describe, expect, test } from "@jest/globals";
import { percentile, summarize } from "./statistics.ts";

describe("percentile()", () => {
  test.each([
    { values: [7], share: 0.5, expected: 7 },
    { values: [1, 2, 3, 4], share: 0.5, expected: 2 },
    { values: [1, 2, 3, 4, 5], share: 0.5, expected: 3 },
    { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], share: 0.9, expected: 9 },
    { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], share: 0.99, expected: 10 },
    { values: [1, 2, 3], share: 0, expected: 1 },
    { values: [1, 2, 3], share: 1, expected: 3 },
  ])("of $values at $share is $expected", ({ values, share, expected }) => {
    expect(percentile(values, share)).toBe(expected);
  });

  test("refuses an empty list", () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

test("summarize() sorts as numbers and leaves the list alone", () => {
  const values = [100, 9, 20];
  expect(summarize(values)).toEqual({ count: 3, min: 9, p50: 20, p90: 100, p99: 100, max: 100 });
  expect(values).toEqual([100, 9, 20]);
});
