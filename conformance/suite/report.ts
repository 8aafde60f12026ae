/** What a run found, as data; `conformance/formats` turns it into text. */
import type { Version } from "../../cni/version.ts";
import type { Clause, Profile } from "./clause.ts";
import type { Latency } from "./latency.ts";
import type { Subject } from "./subject.ts";
import type { Outcome } from "./verdict.ts";

/** One start of the plugin, so that it can be repeated by hand. */
export interface RecordedCall {
  readonly command: string;
  /** Path of the executable. */
  readonly program: string;
  /** The CNI_* variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How one clause ended in one version. */
export interface Verdict {
  readonly version: Version;
  readonly outcome: Outcome;
  /** What was expected and found, or why it was not observed; empty for a pass. */
  readonly reason: string;
  /** The last calls before a failure or an error. */
  readonly calls: readonly RecordedCall[];
  readonly milliseconds: number;
}

/** Everything about a clause but its case. */
export type ClauseFacts = Omit<Clause, "run">;

export interface ClauseReport {
  readonly clause: ClauseFacts;
  readonly verdicts: readonly Verdict[];
  /** Over all versions: a failure in one is a failure. */
  readonly outcome: Outcome;
  /** Why a `compat` clause fails on purpose, as the author of the plugin says. */
  readonly knownDifference?: string;
}

export interface Report {
  readonly subject: Omit<Subject, "configuration">;
  /** Release of the kernel that it ran on. */
  readonly kernel: string;
  /** Measured for information; left out where only some clauses were asked for. */
  readonly latency?: readonly Latency[];
  readonly clauses: readonly ClauseReport[];
}

/** Over versions: the worst that was observed, and "not applicable" only where nothing else is known. */
export function overall(outcomes: readonly Outcome[]): Outcome {
  const order = ["fail", "error", "pass", "skipped", "not applicable"] as const;
  return order.find((outcome) => outcomes.includes(outcome)) ?? "not applicable";
}

/** Numbers of clauses by outcome. */
export function count(clauses: readonly ClauseReport[]): Readonly<Record<Outcome, number>> {
  const numbers: Record<Outcome, number> = { pass: 0, fail: 0, error: 0, "not applicable": 0, skipped: 0 };
  for (const { outcome } of clauses) numbers[outcome]++;
  return numbers;
}

/** A failure that makes a run fail: any but a difference from the reference that is known, or that nobody listed. */
export function decides({ clause, outcome, knownDifference }: ClauseReport, isListed: boolean): boolean {
  if (outcome !== "fail") return false;
  return clause.profile !== "compat" || (isListed && knownDifference === undefined);
}

export function decisive({ clauses }: Report, isListed: boolean): readonly ClauseReport[] {
  return clauses.filter((report) => decides(report, isListed));
}

export function inProfile({ clauses }: Report, profile: Profile): readonly ClauseReport[] {
  return clauses.filter(({ clause }) => clause.profile === profile);
}
