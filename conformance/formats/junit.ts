/** A report as JUnit XML, for CI systems: a suite for each group of clauses, a test case for each clause in each version. */
import { decides, type ClauseReport, type Report, type Verdict } from "../suite/report.ts";
import { describeCalls } from "./call.ts";
import { escapeMarkup, printableLine } from "./escape.ts";
import { grouped } from "./groups.ts";
import { standingOf, words, type Standing } from "./standing.ts";

export interface JunitOptions {
  /** Whether the differences from the reference were listed, so that others are failures. */
  readonly isListed?: boolean;
}

export function formatJunit(report: Report, { isListed = false }: JunitOptions = {}): string {
  const casesOf = (clause: ClauseReport): readonly Case[] =>
    clause.verdicts.map((verdict) => ({ report: clause, verdict, decides: decides(clause, isListed) }));
  const suites = [...grouped(report.clauses, ({ clause }) => clause)];
  const cases = report.clauses.flatMap(casesOf);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `conformance of ${report.subject.type}`, ...numbers(cases) })}>`,
    ...suites.flatMap(([id, members]) => suite(id, members.flatMap(casesOf), report)),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

interface Case {
  readonly report: ClauseReport;
  readonly verdict: Verdict;
  /** Whether its failure makes the run fail; CI systems know no other failures. */
  readonly decides: boolean;
}

/** In attributes a line break would come back as a blank. */
function attributes(pairs: Readonly<Record<string, string | number>>): string {
  const texts = Object.entries(pairs).map(
    ([name, value]) => ` ${name}="${escapeMarkup(printableLine(String(value)))}"`,
  );
  return texts.join("");
}

function numbers(cases: readonly Case[]): Readonly<Record<string, string | number>> {
  const failures = cases.filter(
    ({ verdict, decides: counts }) => counts && verdict.outcome === "fail",
  ).length;
  const passes = cases.filter(({ verdict }) => verdict.outcome === "pass").length;
  const milliseconds = cases.reduce((total, { verdict }) => total + verdict.milliseconds, 0);
  const errors = cases.filter(({ verdict }) => verdict.outcome === "error").length;
  const skipped = cases.length - failures - errors - passes;
  return { tests: cases.length, failures, errors, skipped, time: seconds(milliseconds) };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function suite(id: string, cases: readonly Case[], report: Report): readonly string[] {
  const head = attributes({ name: id, ...numbers(cases) });
  return [`  <testsuite${head}>`, ...cases.flatMap((each) => testcase(each, report)), "  </testsuite>"];
}

function testcase(each: Case, { subject }: Report): readonly string[] {
  const { report, verdict } = each;
  const { id, statement } = report.clause;
  const head = attributes({
    classname: `${subject.type}.${id}`,
    name: `${id} ${verdict.version} ${statement}`,
    time: seconds(verdict.milliseconds),
  });
  const ending = endingOf(each);
  return ending === "" ? [`    <testcase${head}/>`] : [`    <testcase${head}>`, ending, "    </testcase>"];
}

/** The element inside of a test case; empty for a pass. */
function endingOf({ report, verdict, decides: counts }: Case): string {
  const { outcome, reason } = verdict;
  const unkept = counts
    ? element("failure", { report, verdict })
    : leftOut(`differs from the reference plugins: ${reason}`);
  const endings: Readonly<Record<Standing, () => string>> = {
    pass: () => "",
    fail: () => unkept,
    should: () => unkept,
    error: () => element("error", { report, verdict }),
    known: () => leftOut(`differs on purpose: ${report.knownDifference}: ${reason}`),
    skipped: () => leftOut(reason),
    "not applicable": () => leftOut(`does not apply: ${reason}`),
  };
  return endings[standingOf(report, outcome)]();
}

function element(name: "failure" | "error", { report, verdict }: Pick<Case, "report" | "verdict">): string {
  const { clause } = report;
  const { outcome, reason, calls } = verdict;
  // CI systems know one kind of failure: what makes the difference is said in words.
  const lead = standingOf(report, outcome) === "should" ? `${words.should}: ` : "";
  const head = attributes({ type: clause.profile, message: `${lead}${reason.split("\n")[0]}` });
  const text = `${reason}\n\n${clause.section}: ${clause.observed}\n\n${describeCalls(calls)}`;
  return `      <${name}${head}>${escapeMarkup(text.trimEnd())}</${name}>`;
}

function leftOut(message: string): string {
  return `      <skipped${attributes({ message })}/>`;
}
