import { describe, expect, test } from "@jest/globals";
import { boundsOf, judge } from "./bounds.ts";
import type { Measurement } from "./measurement.ts";
import { scenarios } from "./scenario.ts";

function measured(contestant: string, p50: number, atOnce = 1): Measurement {
  const all = { count: 1, min: p50, p50, p90: p50, p99: p50, max: p50 };
  return {
    scenario: "masq",
    atOnce,
    contestant,
    operation: "add",
    latency: all,
    wallPerOperation: all,
    cpu: all,
    maxRssMiB: 40,
    leftBehind: 0,
    failures: 0,
  };
}

const bound = { scenario: "masq", operation: "add", measure: "reference", limit: 0.35 } as const;

describe("judge()", () => {
  test.each([
    { name: "below", ours: 3, isKept: true },
    { name: "on it", ours: 3.5, isKept: true },
    { name: "above", ours: 3.6, isKept: false },
  ])("a ratio $name", ({ ours, isKept }) => {
    const verdict = judge(bound, [
      measured("ours", ours),
      measured("reference", 10),
      measured("ours", 99, 8),
    ]);
    expect(verdict).toMatchObject({ value: ours / 10, isKept });
  });

  test("memory is ours alone", () => {
    const verdict = judge({ ...bound, measure: "memory", limit: 45 }, [measured("ours", 1)]);
    expect(verdict).toMatchObject({ value: 40, isKept: true });
  });

  test("says nothing when a side is missing", () => {
    expect(judge(bound, [measured("ours", 1)])).toMatchObject({ value: undefined, isKept: undefined });
  });
});

test("every scenario has bounds, and masquerade the stricter ones", () => {
  for (const scenario of scenarios) expect(boundsOf(scenario).length).toBeGreaterThan(0);
  const limit = (name: string) =>
    scenarios
      .filter((scenario) => scenario.name === name)
      .flatMap(boundsOf)
      .find(({ measure, operation }) => measure === "reference" && operation === "add")?.limit;
  expect(limit("masq")).toBe(0.35);
  expect(limit("bridge")).toBe(0.8);
});
