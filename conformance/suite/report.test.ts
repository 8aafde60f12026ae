import { describe, expect, test } from "@jest/globals";
import type { Profile } from "./clause.ts";
import { staleDifferences } from "./known-differences.ts";
import { count, decisive, overall, type ClauseReport, type Report } from "./report.ts";
import type { Outcome } from "./verdict.ts";

function item(id: string, profile: Profile, outcome: Outcome, knownDifference?: string): ClauseReport {
  return {
    clause: { id, strength: "MUST", profile, section: "1", statement: "", observed: "" },
    verdicts: [],
    outcome,
    ...(knownDifference !== undefined && { knownDifference }),
  };
}

function reportOf(clauses: readonly ClauseReport[]): Report {
  return {
    subject: { folder: "/p", type: "bridge", kind: "interface", description: "", versions: ["1.1.0"] },
    kernel: "6.1",
    clauses,
  };
}

describe("overall()", () => {
  test.each<[readonly Outcome[], Outcome]>([
    [["pass", "fail", "skipped"], "fail"],
    [["pass", "error", "fail"], "fail"],
    [["pass", "error", "skipped"], "error"],
    [["skipped", "pass", "not applicable"], "pass"],
    [["not applicable", "skipped"], "skipped"],
    [["not applicable"], "not applicable"],
    [[], "not applicable"],
  ])("of %j is %s", (outcomes, expected) => {
    expect(overall(outcomes)).toBe(expected);
  });
});

test("count() has a number for every outcome", () => {
  const clauses = [item("A-1", "spec", "pass"), item("A-2", "spec", "pass"), item("A-3", "spec", "fail")];
  expect(count(clauses)).toEqual({ pass: 2, fail: 1, error: 0, skipped: 0, "not applicable": 0 });
});

describe("decisive()", () => {
  const report = reportOf([
    item("A-1", "spec", "fail"),
    item("A-2", "quality", "fail", "not excused by being listed"),
    item("A-3", "compat", "fail"),
    item("A-4", "compat", "fail", "on purpose"),
    item("A-5", "spec", "pass"),
    item("A-6", "spec", "skipped"),
  ]);

  test.each([
    ["no difference from the reference without a list", false, ["A-1", "A-2"]],
    ["those that a list leaves out", true, ["A-1", "A-2", "A-3"]],
  ] as const)("counts %s", (_what, isListed, expected) => {
    expect(decisive(report, isListed).map(({ clause }) => clause.id)).toEqual(expected);
  });
});

test("staleDifferences() tells what is listed without need, but not of what was not judged", () => {
  const clauses = [
    item("A-1", "spec", "fail"),
    item("A-2", "compat", "pass"),
    item("A-3", "compat", "fail"),
    item("A-4", "compat", "skipped"),
    item("A-5", "compat", "pass"),
  ];
  const catalogue = clauses.map(({ clause }) => ({ ...clause, run: () => Promise.resolve() }));
  const differences = { "A-1": "", "A-2": "", "A-3": "", "A-4": "", "A-5": "", "A-6": "" };
  const report = reportOf(clauses.slice(0, 4));
  expect(Object.fromEntries(staleDifferences(differences, { catalogue, report }))).toEqual({
    "A-1": "is of spec, where no difference is excused",
    "A-2": "passes",
    "A-6": "does not exist",
  });
});
