/** An end for what may never end by itself. */
import { setTimeout as delay } from "node:timers/promises";
import { Overdue } from "./verdict.ts";

/** @throws Overdue after the limit; what was running goes on, and whoever called has to take away what it works with */
export async function inTime<T>(running: Promise<T>, limitMs: number): Promise<T> {
  const ended = new AbortController();
  const limit = delay(limitMs, undefined, { signal: ended.signal }).then((): never => {
    throw new Overdue(`not ended after ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([running, limit]);
  } finally {
    ended.abort();
    // The one that lost must not end the program: the timer is aborted, the case fails with its host.
    limit.catch(() => undefined);
    running.catch(() => undefined);
  }
}
