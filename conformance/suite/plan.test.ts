import { describe, expect, test } from "@jest/globals";
import type { Clause } from "./clause.ts";
import { casesOf, chooseClauses, unknownIds } from "./plan.ts";

function clause(id: string, more: Partial<Clause> = {}): Clause {
  return {
    id,
    strength: "MUST",
    profile: "spec",
    section: "1",
    statement: "",
    observed: "",
    run: () => Promise.resolve(),
    ...more,
  };
}

const catalogue = [
  clause("ADD-01"),
  clause("ADD-02", { profile: "compat" }),
  clause("ADD-02b", { kinds: ["ipam"] }),
  clause("DEL-01", { types: ["bridge"] }),
];
const bridge = { kind: "interface", type: "bridge" } as const;

function ids(clauses: readonly Clause[]): readonly string[] {
  return clauses.map(({ id }) => id);
}

describe("chooseClauses()", () => {
  const all = { profiles: ["spec", "compat", "quality"], only: [] } as const;

  test.each([
    ["all of a plugin", all, bridge, ["ADD-01", "ADD-02", "DEL-01"]],
    ["all of another", all, { kind: "ipam", type: "host-local" }, ["ADD-01", "ADD-02", "ADD-02b"]],
    ["all there are", all, undefined, ["ADD-01", "ADD-02", "ADD-02b", "DEL-01"]],
    ["a class", { ...all, profiles: ["compat"] }, bridge, ["ADD-02"]],
    ["a group", { ...all, only: ["ADD"] }, bridge, ["ADD-01", "ADD-02"]],
    ["one, not those that start like it", { ...all, only: ["ADD-02"] }, undefined, ["ADD-02"]],
  ] as const)("%s", (_what, choice, subject, expected) => {
    expect(ids(chooseClauses(catalogue, choice, subject))).toEqual(expected);
  });
});

describe("casesOf()", () => {
  test("has each clause in the chosen versions that have it, oldest first", () => {
    const clauses = [clause("A-1", { since: "0.4.0" }), clause("A-2", { until: "0.3.1" }), clause("A-3")];
    const cases = casesOf(clauses, ["1.1.0", "0.3.1", "0.4.0"]);
    expect(cases.map((each) => `${each.clause.id} ${each.version}`)).toEqual([
      "A-1 0.4.0",
      "A-1 1.1.0",
      "A-2 0.3.1",
      "A-3 0.3.1",
      "A-3 0.4.0",
      "A-3 1.1.0",
    ]);
  });

  test("has what depends on no version in the newest alone", () => {
    const cases = casesOf(
      [clause("A-1", { isVersionless: true, until: "1.0.0" })],
      ["0.1.0", "1.0.0", "1.1.0"],
    );
    expect(cases.map(({ version }) => version)).toEqual(["1.0.0"]);
  });
});

test("unknownIds() names what is neither a clause nor a group", () => {
  expect(unknownIds(catalogue, ["ADD", "DEL-01", "DEL-02", "A", "add", ""])).toEqual([
    "DEL-02",
    "A",
    "add",
    "",
  ]);
});
