/** What was measured, in one line for people. */
import type { Latency } from "../suite/latency.ts";

/** "median (90 %) in ms: ADD 14.2 (16.0), DEL 31.5 (35.1); …"; undefined where nothing was measured. */
export function latencyLine(measured: readonly Latency[] | undefined): string | undefined {
  if (measured === undefined || measured.length === 0) return undefined;
  const times = (each: Latency): string => `${each.medianMs} (${each.ninetiethMs})`;
  const commands = measured.filter(({ command }) => command !== "start");
  const bare = measured.find(({ command }) => command === "start");
  const told = commands.map((each) => `${each.command} ${times(each)}`).join(", ");
  const more =
    bare === undefined ? "" : `; a program that does nothing, started the same way: ${times(bare)}`;
  return `median (90 %) in ms: ${told}${more}`;
}
