import { describe, expect, test } from "@jest/globals";
import { formatJson } from "./json.ts";
import { hostile, sampleReport } from "./sample-report.ts";

describe("formatJson()", () => {
  test("has the shape of docs/conformance.md", () => {
    const document = JSON.parse(formatJson(sampleReport, { isListed: true })) as Record<string, unknown>;
    expect(document).toMatchObject({
      format: "trestle-conformance/1",
      plugin: { type: "evil", folder: "/plugins", kind: "interface", versions: ["0.4.0", "1.1.0"] },
      kernel: "6.1.0",
      totals: {
        spec: { pass: 1, fail: 1, known: 0, skipped: 1, "not applicable": 0 },
        compat: { known: 1 },
        quality: { fail: 1 },
      },
      decisive: ["ENV-02", "DEL-02"],
      clauses: [
        { id: "ENV-01", strength: "MUST", profile: "spec", outcome: "pass", verdicts: [{}, {}] },
        {
          id: "ENV-02",
          strength: "SHOULD",
          outcome: "fail",
          verdicts: [
            {
              version: "0.4.0",
              outcome: "fail",
              milliseconds: 1200,
              calls: [{ command: "ADD", program: "/plugins/evil one", exitCode: 1, stdout: hostile }],
            },
            { version: "1.1.0", outcome: "pass", reason: "", calls: [] },
          ],
        },
        { id: "DEL-01", outcome: "known", knownDifference: "our <way> is better" },
        { id: "DEL-02", outcome: "fail" },
        { id: "GC-01", outcome: "skipped", since: "1.1.0" },
      ],
    });
    expect(Object.keys(document)).toEqual(["format", "plugin", "kernel", "totals", "decisive", "clauses"]);
  });

  test("a difference that is listed decides nothing only because it is listed", () => {
    const clauses = sampleReport.clauses.map(({ knownDifference: _why, ...report }) => report);
    const decisiveOf = (isListed: boolean): unknown =>
      (JSON.parse(formatJson({ ...sampleReport, clauses }, { isListed })) as { decisive: unknown }).decisive;
    expect(decisiveOf(true)).toEqual(["ENV-02", "DEL-01", "DEL-02"]);
    expect(decisiveOf(false)).toEqual(["ENV-02", "DEL-02"]);
  });
});
