/** A report for programs. The shape is described in docs/conformance.md; a change of it that breaks readers changes `format`. */
import type { Profile } from "../suite/clause.ts";
import { decisive, type ClauseReport, type Report } from "../suite/report.ts";
import { tallies } from "./sheet.ts";
import { standingOf, type Standing, type Tally } from "./standing.ts";

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
    totals: totalsOf(report),
    decisive: decisive(report, isListed).map(({ clause }) => clause.id),
    clauses: clauses.map(clauseOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Without a word of its own for a SHOULD that is not kept: the clause says its strength beside the outcome. */
type Total = Omit<Tally, "should">;

function totalsOf(report: Report): Readonly<Record<Profile, Total>> {
  const of = tallies(report);
  return { spec: total(of.spec), compat: total(of.compat), quality: total(of.quality) };
}

function total({ pass, fail, should, ...others }: Tally): Total {
  return { pass, fail: fail + should, ...others };
}

function outcomeOf(report: ClauseReport): Exclude<Standing, "should"> {
  const standing = standingOf(report);
  return standing === "should" ? "fail" : standing;
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
    outcome: outcomeOf(report),
    knownDifference,
    verdicts,
  };
}
