import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { formatHtml } from "./html.ts";
import { elementsOf } from "./read-markup.ts";
import { sampleReport } from "./sample-report.ts";
import { sheetOfPlugins, sheetOfVersions } from "./sheet.ts";

const page = formatHtml(sheetOfVersions(sampleReport));
const other = { ...sampleReport, clauses: sampleReport.clauses.slice(0, 1) };
const matrix = formatHtml(
  sheetOfPlugins("All <plugins>", [
    { name: "one", report: sampleReport },
    { name: "two", description: "from <source>", report: other },
  ]),
  "Generated -->",
);

describe("formatHtml()", () => {
  test.each([
    ["one plugin", page],
    ["several", matrix],
  ])("of %s is well formed, and nothing in it is a plugin's", (_what, text) => {
    const elements = elementsOf(text);
    expect(elements.filter((name) => name === "script")).toEqual(["script"]);
    expect(text).not.toContain("<script>alert");
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });

  test("loads nothing and runs its own script alone", () => {
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    const script = /<script>(.*)<\/script>/s.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(script).digest("base64");
    expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`);
  });

  test("of one plugin has a column for each version", () => {
    expect(page).toContain('<th scope="col" class="first">0.4.0</th><th scope="col">1.1.0</th>');
    const row = /<tr id="ENV-02".*?<\/tr>/s.exec(page)?.[0] ?? "";
    expect(row).toContain('data-profile="quality" data-marks="all should differ"');
    expect(row).toMatch(/<td class="cell should first"><a href="#ENV-02".*<td class="cell pass">/);
    expect(row).toContain('<b class="should">! should, and does not</b>');
    expect(row).toContain("By hand, as root:");
    expect(row).toContain('<p class="source">SHOULD of quality · 2 Parameters</p>');
    expect(page).toMatch(/<tr id="DEL-02".*?data-marks="all fail">.*?<td class="cell fail first">/s);
  });

  test("of several has a column for each plugin, below its type", () => {
    expect(matrix).toContain('<th scope="colgroup" colspan="2" class="first">evil</th>');
    expect(matrix).toContain("evil · two<small>from &lt;source&gt;</small>");
    const row = /<tr id="ENV-02".*?<\/tr>/s.exec(matrix)?.[0] ?? "";
    expect(row).toMatch(/<td class="cell should first">.*<small>0\.4\.0<\/small>.*<td class="cell"><\/td>/);
  });

  test("a remark cannot end its comment", () => {
    expect(matrix).toContain("<!-- Generated --&gt; -->");
  });
});
