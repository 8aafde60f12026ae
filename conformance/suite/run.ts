/** Runs cases, some at a time, each on a host of its own, and collects their verdicts. */
import { FakeNode } from "../node/fake-node.ts";
import type { Clause } from "./clause.ts";
import { judgeCase, type Judged } from "./judge-case.ts";
import { findLacks, type Lacks } from "./needs.ts";
import { casesOf, type Case } from "./plan.ts";
import { overall, type ClauseReport, type Verdict } from "./report.ts";
import type { Subject } from "./subject.ts";

/** After so many cases in a row that were not over in time the plugin hangs, and each of some hundred more would take as long. */
const patience = 5;

export interface Progress {
  readonly done: number;
  readonly all: number;
  readonly failed: number;
  /** The case that ended last. */
  readonly last: Case;
}

export interface RunOptions {
  readonly subject: Subject;
  readonly clauses: readonly Clause[];
  /** Cases at a time. */
  readonly jobs: number;
  /** What the machine lacks; found out when left out. */
  readonly lacks?: Lacks;
  readonly onProgress?: (progress: Progress) => void;
  /** Reasons for differences from the reference, by clause id. */
  readonly differences?: Readonly<Record<string, string>>;
}

/** One report for each clause, in the order given. @throws Error where a host cannot be made: no root, no namespaces */
export async function runClauses(options: RunOptions): Promise<readonly ClauseReport[]> {
  const { subject, clauses, jobs, onProgress, differences = {} } = options;
  const lacks = options.lacks ?? (await lacksOfMachine());
  const cases = casesOf(clauses, subject.versions);
  const verdicts = new Map<Clause, Verdict[]>(clauses.map((clause) => [clause, []]));
  const waiting = cases.values();
  let done = 0;
  let failed = 0;
  let overdueInRow = 0;
  const work = async (): Promise<void> => {
    for (const next of waiting) {
      const isHopeless = overdueInRow >= patience;
      const { verdict, isOverdue } = isHopeless ? notRun(next) : await judgeCase(next, { subject, lacks });
      if (!isHopeless) overdueInRow = isOverdue ? overdueInRow + 1 : 0;
      verdicts.get(next.clause)?.push(verdict);
      done++;
      if (verdict.outcome === "fail") failed++;
      onProgress?.({ done, all: cases.length, failed, last: next });
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return clauses.map((clause) => reportOf(clause, verdicts.get(clause) ?? [], differences[clause.id]));
}

/** In a node that is made for it. @throws Error where none can be made */
export async function lacksOfMachine(): Promise<Lacks> {
  await using node = await FakeNode.start();
  return await findLacks(node);
}

function notRun({ version }: Case): Judged {
  const reason = `not run, because the plugin hangs: ${patience} cases in a row were not over in time`;
  return { verdict: { version, outcome: "skipped", reason, calls: [], milliseconds: 0 }, isOverdue: false };
}

function reportOf(clause: Clause, found: readonly Verdict[], difference: string | undefined): ClauseReport {
  const { run: _run, ...facts } = clause;
  // Cases end in any order.
  const verdicts = found.toSorted((a, b) => (a.version < b.version ? -1 : 1));
  const outcome = overall(verdicts.map((verdict) => verdict.outcome));
  return {
    clause: facts,
    verdicts,
    outcome,
    ...(difference === undefined ? {} : { knownDifference: difference }),
  };
}
