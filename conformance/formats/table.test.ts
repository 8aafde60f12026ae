import { describe, expect, test } from "@jest/globals";
import { hostile, sampleReport } from "./sample-report.ts";
import { formatSummary, formatTable } from "./table.ts";

const text = formatTable(sampleReport);

describe("formatTable()", () => {
  test("groups clauses, with what failed below", () => {
    expect(text).toContain(
      "\n\nENV  Environment\n  ✓ ENV-01   MUST   spec    What ENV-01 promises.\n  ! ENV-02 ",
    );
    expect(text).toContain("      should, and does not in 0.4.0: expected more\n");
    expect(text).toContain("DEL\n  ≠ DEL-01   quirk  compat ");
    expect(text).toContain("      differs on purpose: says 0.4.0\n      on purpose: our <way> is better");
    expect(text).toContain(
      "  ✗ DEL-02   MUST   spec    What DEL-02 promises.\n      fails: a lease is left\n",
    );
    expect(text).toContain("      skipped: no nft");
  });

  test("says how to repeat a failed call, in words that a shell takes", () => {
    expect(text).toContain(
      String.raw`
      by hand, as root:
      ip netns add one
      printf %s '{"name":"it'\''s"}' | env -i PATH=$PATH CNI_COMMAND=ADD CNI_NETNS=/run/netns/one CNI_ARGS='' '/plugins/evil one'
      # exit 1
      # standard output: </pre><script>`,
    );
    expect(text).toContain("\n      # standard error: two\n      # lines\n");
  });

  test("ends with totals by class", () => {
    expect(
      text
        .trimEnd()
        .split("\n")
        .slice(-4)
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      [
        "passes",
        "fails",
        "should, and does not",
        "could not be judged",
        "differs on purpose",
        "skipped",
        "does not apply",
      ],
      ["spec", "1", "1", "0", "0", "0", "1", "0"],
      ["compat", "0", "0", "0", "0", "1", "0", "0"],
      ["quality", "0", "0", "1", "0", "0", "0", "0"],
    ]);
  });

  test("what a plugin prints cannot paint or move the cursor", () => {
    expect(hostile).toMatch(/[^\P{C}\n]/u);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).toContain("\\u{1b}[31m\\u{202e}");
  });

  test("is coloured when asked for", () => {
    expect(formatTable(sampleReport, { isColoured: true })).toContain("\u001B[31m✗\u001B[0m DEL-02");
  });
});

describe("formatSummary()", () => {
  test("is one line that names what failed", () => {
    expect(formatSummary(sampleReport)).toBe(
      "evil: 5 clauses in CNI 0.4.0, 1.1.0: 1 passed, 1 failed, 1 SHOULD not kept, 1 differ on purpose, 1 skipped (ENV-02 DEL-02)",
    );
  });
});
