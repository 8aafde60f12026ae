/** One case: a clause in one version, on a host of its own. */
import { FakeNode } from "../node/fake-node.ts";
import { patience } from "../node/patience.ts";
import { inTime } from "./in-time.ts";
import { lackOf, needsOf, type Lacks } from "./needs.ts";
import type { Case } from "./plan.ts";
import type { RecordedCall, Verdict } from "./report.ts";
import type { Subject } from "./subject.ts";
import { Trial } from "./trial.ts";
import { outcomeOf, Overdue, Skipped } from "./verdict.ts";

/** A case that takes longer has failed; the limit of a single call is in trial.ts. */
const limitMs = 60_000 * patience;

/** How many of the last calls are kept with a failure. */
const keptCalls = 3;

export interface CaseSetup {
  readonly subject: Subject;
  readonly lacks: Lacks;
}

export interface Judged {
  readonly verdict: Verdict;
  /** Whether the plugin was not over in time. */
  readonly isOverdue: boolean;
}

export async function judgeCase({ clause, version }: Case, { subject, lacks }: CaseSetup): Promise<Judged> {
  const start = performance.now();
  const calls: RecordedCall[] = [];
  let ended: Pick<Verdict, "outcome" | "reason"> = { outcome: "pass", reason: "" };
  let isOverdue = false;
  try {
    const reason = lackOf(clause.needs ?? [], lacks);
    if (reason !== undefined) throw new Skipped(reason);
    await using node = await FakeNode.start();
    const trial = await Trial.start({ subject, version, node, lack: lackOf(needsOf(subject), lacks) });
    try {
      await inTime(clause.run(trial), limitMs);
    } finally {
      calls.push(...trial.calls);
    }
  } catch (error) {
    ended = { outcome: outcomeOf(error), reason: error instanceof Error ? error.message : String(error) };
    isOverdue = error instanceof Overdue;
  }
  const milliseconds = Math.round(performance.now() - start);
  const kept = ended.outcome === "fail" || ended.outcome === "error" ? calls.slice(-keptCalls) : [];
  return { verdict: { version, ...ended, calls: kept, milliseconds }, isOverdue };
}
