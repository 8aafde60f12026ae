/** A report as JUnit XML, for CI systems: a suite for each group of clauses, a test case for each clause in each version. */
import type { ClauseReport, Report, Verdict } from "../suite/report.ts";
import { describeCalls } from "./call.ts";
import { escapeMarkup, printableLine } from "./escape.ts";
import { grouped } from "./groups.ts";
import { standingOf, type Standing } from "./standing.ts";

export function formatJunit(report: Report): string {
  const suites = [...grouped(report.clauses, ({ clause }) => clause)];
  const cases = report.clauses.flatMap(casesOf);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `conformance of ${report.subject.type}`, ...numbers(cases) })}>`,
    ...suites.flatMap(([id, members]) => suite(id, members, report)),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

interface Case {
  readonly report: ClauseReport;
  readonly verdict: Verdict;
}

function casesOf(report: ClauseReport): readonly Case[] {
  return report.verdicts.map((verdict) => ({ report, verdict }));
}

/** In attributes a line break would come back as a blank. */
function attributes(pairs: Readonly<Record<string, string | number>>): string {
  const texts = Object.entries(pairs).map(
    ([name, value]) => ` ${name}="${escapeMarkup(printableLine(String(value)))}"`,
  );
  return texts.join("");
}

function numbers(cases: readonly Case[]): Readonly<Record<string, string | number>> {
  const standings = cases.map(({ report, verdict }) => standingOf(report, verdict.outcome));
  const failures = standings.filter((standing) => standing === "fail").length;
  const passes = standings.filter((standing) => standing === "pass").length;
  const milliseconds = cases.reduce((total, { verdict }) => total + verdict.milliseconds, 0);
  const skipped = cases.length - failures - passes;
  return { tests: cases.length, failures, errors: 0, skipped, time: seconds(milliseconds) };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function suite(id: string, members: readonly ClauseReport[], report: Report): readonly string[] {
  const cases = members.flatMap(casesOf);
  const head = attributes({ name: id, ...numbers(cases) });
  return [`  <testsuite${head}>`, ...cases.flatMap((each) => testcase(each, report)), "  </testsuite>"];
}

function testcase({ report, verdict }: Case, { subject }: Report): readonly string[] {
  const { id, statement } = report.clause;
  const head = attributes({
    classname: `${subject.type}.${id}`,
    name: `${id} ${verdict.version} ${statement}`,
    time: seconds(verdict.milliseconds),
  });
  const ending = endingOf(report, verdict);
  return ending === "" ? [`    <testcase${head}/>`] : [`    <testcase${head}>`, ending, "    </testcase>"];
}

/** The element inside of a test case; empty for a pass. */
function endingOf(report: ClauseReport, verdict: Verdict): string {
  const { outcome, reason } = verdict;
  const endings: Readonly<Record<Standing, () => string>> = {
    pass: () => "",
    fail: () => failure(report, verdict),
    known: () => leftOut(`differs on purpose: ${report.knownDifference}: ${reason}`),
    skipped: () => leftOut(reason),
    "not applicable": () => leftOut(`does not apply: ${reason}`),
  };
  return endings[standingOf(report, outcome)]();
}

function failure({ clause }: ClauseReport, { reason, calls }: Verdict): string {
  const head = attributes({ type: clause.profile, message: reason.split("\n")[0] ?? "" });
  const text = `${reason}\n\n${clause.section}: ${clause.observed}\n\n${describeCalls(calls)}`;
  return `      <failure${head}>${escapeMarkup(text.trimEnd())}</failure>`;
}

function leftOut(message: string): string {
  return `      <skipped${attributes({ message })}/>`;
}
