/** A report in the format that was asked for. */
import { formatHtml } from "../../conformance/formats/html.ts";
import { formatJson } from "../../conformance/formats/json.ts";
import { formatJunit } from "../../conformance/formats/junit.ts";
import { formatMarkdown } from "../../conformance/formats/markdown.ts";
import { sheetOfVersions } from "../../conformance/formats/sheet.ts";
import { formatTable } from "../../conformance/formats/table.ts";
import type { Report } from "../../conformance/suite/report.ts";
import type { Format } from "./options.ts";

export interface OutputOptions {
  readonly format: Format;
  readonly isColoured: boolean;
  /** Whether differences from the reference were listed. */
  readonly isListed: boolean;
}

export function formatReport(report: Report, { format, isColoured, isListed }: OutputOptions): string {
  const writers: Readonly<Record<Format, () => string>> = {
    table: () => formatTable(report, { isColoured }),
    json: () => formatJson(report, { isListed }),
    junit: () => formatJunit(report, { isListed }),
    html: () => formatHtml(sheetOfVersions(report)),
    markdown: () => formatMarkdown(sheetOfVersions(report)),
  };
  return writers[format]();
}
