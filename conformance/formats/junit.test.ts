import { describe, expect, test } from "@jest/globals";
import { formatJunit } from "./junit.ts";
import { elementsOf } from "./read-markup.ts";
import { sampleClause, sampleReport, sampleVerdict } from "./sample-report.ts";

const text = formatJunit(sampleReport);

describe("formatJunit()", () => {
  test("is well formed, whatever a plugin prints", () => {
    const elements = elementsOf(text);
    const count = (name: string): number => elements.filter((each) => each === name).length;
    expect(elements.slice(0, 3)).toEqual(["testsuites", "testsuite", "testcase"]);
    expect([count("testsuite"), count("testcase"), count("failure"), count("skipped")]).toEqual([3, 9, 3, 3]);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });

  test("has a case for each clause and version", () => {
    expect(text).toContain(
      '<testcase classname="evil.ENV-01" name="ENV-01 1.1.0 What ENV-01 promises." time="1.200"/>',
    );
  });

  test("counts, at the top and in each group", () => {
    expect(text).toContain(
      '<testsuites name="conformance of evil" tests="9" failures="3" errors="0" skipped="3" time="10.800">',
    );
    expect(text).toContain(
      '<testsuite name="ENV" tests="4" failures="1" errors="0" skipped="0" time="4.800">',
    );
  });

  test("says what failed, by which class, and how to repeat it", () => {
    expect(text).toContain(
      '<failure type="quality" message="should, and does not: expected more">expected more\n&lt;/pre&gt;',
    );
    expect(text).toContain('<failure type="spec" message="a lease is left">a lease is left\n\n');
    expect(text).toContain("2 Parameters: How ENV-02 is observed.\n\nip netns add one\nprintf %s ");
  });

  test("what is left out has its reason", () => {
    expect(text).toContain('<skipped message="no nft"/>');
    expect(text).toContain('<skipped message="differs on purpose: our &lt;way&gt; is better: says 0.4.0"/>');
  });

  test("a difference from the reference fails a test only where the others were listed", () => {
    const clause = sampleClause("OUT-07", { strength: "quirk", profile: "compat" });
    const verdicts = [sampleVerdict("1.1.0", { outcome: "fail" as const, reason: "no newline" })];
    const report = { ...sampleReport, clauses: [{ clause, verdicts, outcome: "fail" as const }] };
    expect(formatJunit(report)).toContain(
      '<skipped message="differs from the reference plugins: no newline"/>',
    );
    expect(formatJunit(report)).toContain('failures="0" errors="0" skipped="1"');
    expect(formatJunit(report, { isListed: true })).toContain('<failure type="compat" message="no newline">');
  });

  test("what could not be judged is an error, not a failure", () => {
    const verdicts = [sampleVerdict("1.1.0", { outcome: "error" as const, reason: "ip: exit 1" })];
    const report = {
      ...sampleReport,
      clauses: [{ clause: sampleClause("ADD-01"), verdicts, outcome: "error" as const }],
    };
    expect(formatJunit(report)).toContain('failures="0" errors="1" skipped="0"');
    expect(formatJunit(report)).toContain('<error type="spec" message="ip: exit 1">ip: exit 1\n\n');
  });
});
