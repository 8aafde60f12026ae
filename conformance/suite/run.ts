/** Runs cases, some at a time, each on a host of its own, and collects their verdicts. */
import { setTimeout as delay } from "node:timers/promises";
import { FakeNode } from "../node/fake-node.ts";
import type { Clause } from "./clause.ts";
import { findLacks, type Lacks } from "./needs.ts";
import { casesOf, type Case } from "./plan.ts";
import { overall, type ClauseReport, type RecordedCall, type Verdict } from "./report.ts";
import type { Subject } from "./subject.ts";
import { Trial } from "./trial.ts";
import { Fault, outcomeOf, Skipped } from "./verdict.ts";

/** A case that takes longer has failed: a plugin that hangs is no reason to wait for ever. */
const limitMs = 60_000;

/** How many of the last calls are kept with a failure. */
const keptCalls = 3;

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
  const work = async (): Promise<void> => {
    for (const next of waiting) {
      const verdict = await judge(next, subject, lacks);
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

async function judge({ clause, version }: Case, subject: Subject, lacks: Lacks): Promise<Verdict> {
  const start = performance.now();
  const calls: RecordedCall[] = [];
  let ended: Pick<Verdict, "outcome" | "reason"> = { outcome: "pass", reason: "" };
  try {
    const lack = clause.needs?.map((need) => lacks.get(need)).find((reason) => reason !== undefined);
    if (lack !== undefined) throw new Skipped(lack);
    await using node = await FakeNode.start();
    const trial = await Trial.start({ subject, version, node });
    try {
      await inTime(clause.run(trial));
    } finally {
      calls.push(...trial.calls);
    }
  } catch (error) {
    ended = { outcome: outcomeOf(error), reason: error instanceof Error ? error.message : String(error) };
  }
  const milliseconds = Math.round(performance.now() - start);
  const kept = ended.outcome === "fail" ? calls.slice(-keptCalls) : [];
  return { version, ...ended, calls: kept, milliseconds };
}

/** @throws Fault after the limit; the case then ends with its host */
async function inTime(running: Promise<void>): Promise<void> {
  const ended = new AbortController();
  const limit = delay(limitMs, undefined, { signal: ended.signal }).then(() => {
    throw new Fault(`not ended after ${limitMs / 1000} s`);
  });
  try {
    await Promise.race([running, limit]);
  } finally {
    ended.abort();
    // The one that lost must not end the program: the timer is aborted, the case fails with its host.
    limit.catch(() => undefined);
    running.catch(() => undefined);
  }
}
