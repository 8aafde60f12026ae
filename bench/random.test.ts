import { expect, test } from "@jest/globals";
import { seededRandom, shuffled } from "./random.ts";

test("seededRandom() repeats itself for the same seed only", () => {
  const take = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
  expect(take(1)).toEqual(take(1));
  expect(take(1)).not.toEqual(take(2));
  expect(take(3).every((value) => value >= 0 && value < 1)).toBe(true);
});

test("shuffled() keeps every item and puts each in every place in the long run", () => {
  const random = seededRandom(7);
  const firsts = new Map<string, number>();
  for (let round = 0; round < 3000; round++) {
    const [first = "", ...rest] = shuffled(["a", "b", "c"], random);
    expect([first, ...rest].toSorted()).toEqual(["a", "b", "c"]);
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  for (const count of firsts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
