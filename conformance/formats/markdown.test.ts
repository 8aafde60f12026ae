import { describe, expect, test } from "@jest/globals";
import { formatMarkdown } from "./markdown.ts";
import { sampleReport } from "./sample-report.ts";
import { sheetOfPlugins, sheetOfVersions } from "./sheet.ts";

const one = formatMarkdown(sheetOfVersions(sampleReport));
const both = formatMarkdown(
  sheetOfPlugins("Two | plugins", [
    { name: "one", report: sampleReport },
    { name: "two", report: { ...sampleReport, clauses: sampleReport.clauses.slice(0, 2) } },
  ]),
  "<!-- Generated. -->",
);

describe("formatMarkdown()", () => {
  test("of one plugin has a column for each version", () => {
    expect(one).toContain("| clause |  |  | 0.4.0 | 1.1.0 |");
    expect(one).toContain("| **ENV-02** What ENV-02 promises. | SHOULD | quality | ! | ✓ |");
    expect(one).toContain("| **DEL-02** What DEL-02 promises. | MUST | spec | ✗ | ✗ |");
    expect(one).toContain("**should, and does not in 0.4.0:** expected more");
    expect(one).toContain("**fails in 0.4.0, 1.1.0:** a lease is left");
    expect(one).toContain("| **DEL-01** What DEL-01 promises. | quirk | compat | ≠ | ≠ |");
    expect(one).toContain("| **GC-01** What GC-01 promises. | MUST | spec |  | ○ |");
  });

  test("of several has a column for each plugin, with the versions that fail", () => {
    expect(both).toContain(String.raw`<!-- Generated. -->

# Two \| plugins`);
    expect(both).toContain("| clause |  |  | evil<br>one | evil<br>two |");
    expect(both).toContain("| **ENV-02** What ENV-02 promises. | SHOULD | quality | ! 0.4.0 | ! 0.4.0 |");
    expect(both).toContain("| 1 ✓&ensp;1 ✗&ensp;1 ○ | 1 ≠ | 1 ! |");
  });

  test("every row of a table has as many cells as its head", () => {
    const rows = both.split("\n").filter((line) => line.startsWith("|"));
    const sizes = rows.map((line) => line.split(/(?<!\\)\|/).length);
    expect(new Set(sizes)).toEqual(new Set([6, 7]));
  });

  test("nothing that a plugin prints is markup", () => {
    expect(one).not.toContain("<script>");
    const outside = one.replaceAll(/<pre>.*?<\/pre>/gs, "");
    expect(outside).not.toMatch(/(?<!\\)[`|]{3}/);
    expect(one).not.toMatch(/[^\P{C}\n]/u);
    expect(one.match(/<\/pre>/g)).toHaveLength(2);
  });
});
