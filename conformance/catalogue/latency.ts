/** LAT: answers in time. How fast they come is measured, not judged: `conformance/suite/latency.ts`. */
import { claimNone } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { claimAttached } from "./footprint.ts";

/** Nobody waits this long for a container's start without complaining; far above what a loaded machine needs. */
const patienceMs = 5000;

/** What took too long, in words. */
async function slowCommands(trial: Trial): Promise<string[]> {
  const slow: string[] = [];
  const timed = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await call();
    const took = performance.now() - start;
    if (took >= patienceMs)
      slow.push(`${what} took ${(took / 1000).toFixed(1)} s, longer than ${patienceMs / 1000} s`);
    return result;
  };
  const added = await timed("ADD", async () => trial.add());
  await claimAttached(trial, added);
  if (trial.isAtLeast("0.4.0")) await timed("CHECK", async () => trial.succeed("CHECK", { previous: added }));
  await timed("DEL", async () => trial.succeed("DEL", trial.final(added)));
  await timed("VERSION", async () => trial.call("VERSION"));
  return slow;
}

/** A machine may stand still for seconds, but not in both of two rounds. */
async function commandsInTime(trial: Trial): Promise<void> {
  const first = await slowCommands(trial);
  if (first.length > 0) claimNone("too slow, twice", await slowCommands(trial));
}

export const latencyClauses: readonly Clause[] = [
  {
    id: "LAT-01",
    strength: "SHOULD",
    profile: "quality",
    section: "2 Execution protocol",
    statement: "No command keeps a runtime waiting without need.",
    observed: `ADD, CHECK, DEL and VERSION each end within ${patienceMs / 1000} s: a limit that only waiting for nothing breaks.`,
    run: commandsInTime,
  },
];
