/** A report for programs. The shape is described in docs/conformance.md; a change of it that breaks readers changes `format`. */
import { decisive, type ClauseReport, type Report } from "../suite/report.ts";
import { tallies } from "./sheet.ts";
import { standingOf } from "./standing.ts";

const format = "trestle-conformance/1";

export interface JsonOptions {
  /** Whether the differences from the reference were listed, so that others decide. */
  readonly isListed?: boolean;
}

export function formatJson(report: Report, { isListed = false }: JsonOptions = {}): string {
  const { subject, kernel, clauses, latency } = report;
  const { folder, type, kind, description, versions } = subject;
  const document = {
    format,
    plugin: { type, folder, kind, description, versions },
    kernel,
    latency,
    totals: tallies(report),
    decisive: decisive(report, isListed).map(({ clause }) => clause.id),
    clauses: clauses.map(clauseOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function clauseOf(report: ClauseReport): object {
  const { id, strength, profile, section, statement, observed, since, until } = report.clause;
  const { knownDifference, verdicts } = report;
  return {
    id,
    strength,
    profile,
    section,
    statement,
    observed,
    since,
    until,
    outcome: standingOf(report),
    knownDifference,
    verdicts,
  };
}
