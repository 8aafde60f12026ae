import { describe, expect, test } from "@jest/globals";
import { findingsOf } from "./findings.ts";
import { sampleClause, sampleReport, sampleVerdict } from "./sample-report.ts";
import { sheetOfPlugins } from "./sheet.ts";
import { standingOf, versionSpans } from "./standing.ts";

describe("versionSpans()", () => {
  test.each([
    [[], ""],
    [["1.0.0"], "1.0.0"],
    [["0.2.0", "0.1.0", "1.1.0"], "0.1.0–0.2.0, 1.1.0"],
    [["0.3.0", "0.3.1", "0.4.0", "1.0.0"], "0.3.0–1.0.0"],
  ] as const)("%j is %j", (versions, expected) => {
    expect(versionSpans(versions)).toBe(expected);
  });
});

describe("standingOf()", () => {
  const failed = [sampleVerdict("1.1.0", { outcome: "fail" })];

  test.each([
    ["MUST", "spec", "fail"],
    ["MAY", "spec", "fail"],
    ["SHOULD", "spec", "should"],
    ["SHOULD", "quality", "should"],
    ["quirk", "compat", "fail"],
  ] as const)("a %s of %s that is not kept: %s", (strength, profile, standing) => {
    const clause = sampleClause("X-1", { strength, profile });
    expect(standingOf({ clause, verdicts: failed, outcome: "fail" })).toBe(standing);
    expect(standingOf({ clause, verdicts: [], outcome: "pass" })).toBe("pass");
  });

  test("only a difference from the reference can be on purpose", () => {
    const of = (profile: "spec" | "compat"): string =>
      standingOf({
        clause: sampleClause("X-1", { profile }),
        verdicts: failed,
        outcome: "fail",
        knownDifference: "so",
      });
    expect([of("compat"), of("spec")]).toEqual(["known", "fail"]);
  });
});

describe("findingsOf()", () => {
  test("joins versions with the same reason, also where it quotes the version; failures first", () => {
    const verdicts = [
      sampleVerdict("0.1.0", { outcome: "not applicable", reason: "no such key" }),
      sampleVerdict("0.3.0", { outcome: "fail", reason: "found 0.3.0" }),
      sampleVerdict("0.4.0", { outcome: "fail", reason: "found 0.4.0" }),
      sampleVerdict("1.0.0", { outcome: "fail", reason: "found nothing" }),
      sampleVerdict("1.1.0"),
    ];
    const found = findingsOf({ clause: sampleClause("X-1"), verdicts, outcome: "fail" });
    expect(found.map(({ versions, reason }) => [versions, reason])).toEqual([
      [["0.3.0", "0.4.0"], "found 0.3.0"],
      [["1.0.0"], "found nothing"],
      [["0.1.0"], "no such key"],
    ]);
  });
});

describe("sheetOfPlugins()", () => {
  test("puts plugins of one type side by side, and leaves the clauses of others empty", () => {
    const typed = (type: string, ids: readonly string[]) => ({
      ...sampleReport,
      subject: { ...sampleReport.subject, type },
      clauses: sampleReport.clauses.filter(({ clause }) => ids.includes(clause.id)),
    });
    const sheet = sheetOfPlugins("t", [
      { name: "a", report: typed("bridge", ["ENV-01", "DEL-01"]) },
      { name: "a", report: typed("loopback", ["ENV-02"]) },
      { name: "b", report: typed("bridge", ["DEL-01"]) },
    ]);
    expect(sheet.headings.map(({ over, name }) => `${over} ${name}`)).toEqual([
      "bridge a",
      "bridge b",
      "loopback a",
    ]);
    expect(sheet.groups.map(({ id, rows }) => [id, rows.map(({ clause }) => clause.id)])).toEqual([
      ["ENV", ["ENV-01", "ENV-02"]],
      ["DEL", ["DEL-01"]],
    ]);
    expect(sheet.groups[0]?.rows[1]?.cells).toEqual([
      undefined,
      undefined,
      { standing: "should", note: "0.4.0" },
    ]);
  });
});
