/** How long a plugin takes, measured for the report and never judged: machines differ, and so does their load. */
import { FakeNode } from "../node/fake-node.ts";
import { inTime } from "./in-time.ts";
import type { Subject } from "./subject.ts";
import { Trial } from "./trial.ts";
import { Overdue } from "./verdict.ts";

const rounds = 15;

/** For all rounds together: a plugin that is slow is measured by fewer. */
const limitMs = 10_000;

export interface Latency {
  /** "ADD", or "start" for a program that does nothing, started in the same way: what the measuring itself takes. */
  readonly command: string;
  readonly medianMs: number;
  /** Nine of ten took no longer. */
  readonly ninetiethMs: number;
}

/** One call after the other on a host of its own, in the newest version that the plugin speaks. Empty where ADD does not work. */
export async function measureLatency(subject: Subject): Promise<readonly Latency[]> {
  const version = subject.versions.at(-1);
  if (version === undefined) return [];
  const end = performance.now() + limitMs;
  await using node = await FakeNode.start();
  const trial = await Trial.start({ subject, version, node });
  const times = new Map<string, number[]>();
  const timed = async <T>(command: string, call: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await call();
    times.set(command, [...(times.get(command) ?? []), performance.now() - start]);
    return result;
  };
  try {
    for (let round = 0; round < rounds; round++) {
      const left = end - performance.now();
      if (round > 0 && left <= 0) break;
      await inTime(measureOnce(trial, timed), Math.max(left, 0));
    }
  } catch (error) {
    // A plugin that cannot be measured is told so by its verdicts.
    if (!(error instanceof Overdue) || times.get("DEL") === undefined) return [];
  }
  return [...times].map(([command, all]) => ({ command, ...quantiles(all) }));
}

type Timed = <T>(command: string, call: () => Promise<T>) => Promise<T>;

async function measureOnce(trial: Trial, timed: Timed): Promise<void> {
  await timed("start", async () => trial.node.run("true"));
  await timed("VERSION", async () => trial.call("VERSION"));
  const added = await timed("ADD", async () => trial.add());
  if (trial.isAtLeast("0.4.0")) await timed("CHECK", async () => trial.succeed("CHECK", { previous: added }));
  await timed("DEL", async () => trial.succeed("DEL", trial.final(added)));
}

function quantiles(times: readonly number[]): Omit<Latency, "command"> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;
  return { medianMs: at(0.5), ninetiethMs: at(0.9) };
}
