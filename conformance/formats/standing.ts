/** An outcome as reports show it. */
import { versions, type Version } from "../../cni/version.ts";
import type { ClauseReport } from "../suite/report.ts";
import type { Outcome } from "../suite/verdict.ts";

/**
 * Two kinds of failure are told apart from the others: that of a SHOULD, for which RFC 2119 grants that there may be good reasons, and a
 * difference from the reference that the plugin's author means.
 */
export const standings = ["pass", "fail", "should", "error", "known", "skipped", "not applicable"] as const;
export type Standing = (typeof standings)[number];

export const signs: Readonly<Record<Standing, string>> = {
  pass: "✓",
  fail: "✗",
  should: "!",
  error: "?",
  known: "≠",
  skipped: "○",
  "not applicable": "–",
};

/** As a person would say it of a clause. */
export const words: Readonly<Record<Standing, string>> = {
  pass: "passes",
  fail: "fails",
  should: "should, and does not",
  error: "could not be judged",
  known: "differs on purpose",
  skipped: "skipped",
  "not applicable": "does not apply",
};

/** Of one version, or over all when `outcome` is left out. */
export function standingOf(report: ClauseReport, outcome: Outcome = report.outcome): Standing {
  if (outcome !== "fail") return outcome;
  const { profile, strength } = report.clause;
  if (report.knownDifference !== undefined && profile === "compat") return "known";
  return strength === "SHOULD" ? "should" : "fail";
}

/** True where a promise was not kept, for whatever reason, or the suite's own failure left that open. */
export function isFailure(standing: Standing): boolean {
  return ["fail", "should", "error", "known"].includes(standing);
}

/** Numbers of clauses by standing. */
export type Tally = Readonly<Record<Standing, number>>;

export function tally(found: readonly Standing[]): Tally {
  const numbers = { pass: 0, fail: 0, should: 0, error: 0, known: 0, skipped: 0, "not applicable": 0 };
  for (const standing of found) numbers[standing]++;
  return numbers;
}

/** "0.1.0, 0.3.0–1.0.0": neighbours as a range. */
export function versionSpans(chosen: readonly Version[]): string {
  const runs: Version[][] = [];
  for (const [index, version] of versions.entries()) {
    if (!chosen.includes(version)) continue;
    const before = versions[index - 1];
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === before) run.push(version);
    else runs.push([version]);
  }
  return runs.map((run) => (run.length > 1 ? `${run[0]}–${run.at(-1)}` : `${run[0]}`)).join(", ");
}
