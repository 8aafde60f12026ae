/** Runs clauses against what `install.ts` made. */
import type { Version } from "../../cni/version.ts";
import { catalogue } from "../catalogue/index.ts";
import { profiles, type Clause } from "../suite/clause.ts";
import { chooseClauses } from "../suite/plan.ts";
import type { ClauseReport } from "../suite/report.ts";
import { lacksOfMachine, runClauses } from "../suite/run.ts";
import { configurationOf, kindOf, type Subject } from "../suite/subject.ts";
import { judgedVersions, type MutatedType } from "./mutant.ts";

export interface Candidate {
  readonly folder: string;
  readonly type: MutatedType;
  readonly versions?: readonly Version[];
  /** Ids of clauses; the whole catalogue when left out. */
  readonly only?: readonly string[];
  /** Each clause in the newest of the versions that has it, not in all. */
  readonly isOnceEach?: boolean;
  /** Cases at a time. */
  readonly jobs: number;
}

let lacks: ReturnType<typeof lacksOfMachine> | undefined;

export async function judge(candidate: Candidate): Promise<readonly ClauseReport[]> {
  const { folder, type, versions = judgedVersions, only = [], isOnceEach = false, jobs } = candidate;
  const subject: Subject = {
    folder,
    type,
    kind: kindOf(type, undefined),
    configuration: configurationOf(type),
    description: "",
    versions,
  };
  const chosen = chooseClauses(catalogue, { profiles, only }, subject);
  const clauses = isOnceEach ? chosen.map((clause): Clause => ({ ...clause, isVersionless: true })) : chosen;
  // Asked once: there are some hundred runs of one clause.
  lacks ??= lacksOfMachine();
  return runClauses({ subject, clauses, jobs, lacks: await lacks });
}

/** Does some work for each item, a few at a time, and keeps the order. */
export async function inParallel<Item, Done>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<Done>,
): Promise<readonly Done[]> {
  const done: Done[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) done[index] = await work(item);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return done;
}
