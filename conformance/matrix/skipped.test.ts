import { expect, test } from "@jest/globals";
import { sampleClause, sampleReport, sampleVerdict } from "../formats/sample-report.ts";
import { skippedFacts } from "./skipped.ts";

function reportOf(outcome: "pass" | "skipped", ...reasons: readonly string[]) {
  const verdicts = reasons.map((reason) => sampleVerdict("1.1.0", { outcome, reason }));
  return { ...sampleReport, clauses: [{ clause: sampleClause("BRG-91a"), verdicts, outcome }] };
}

test("a page tells why clauses were skipped, each reason once, and where they are judged", () => {
  const columns = [
    { report: reportOf("skipped", "no VLANs", "no VLANs") },
    { report: reportOf("skipped", "no ping") },
    { report: reportOf("pass", "") },
  ];
  expect(skippedFacts(columns)).toEqual([expect.stringMatching(/^○ .*\(no VLANs; no ping\): .*lab/)]);
});

test("a page without any says nothing", () => {
  expect(skippedFacts([{ report: reportOf("pass", "") }])).toEqual([]);
});
