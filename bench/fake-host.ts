/** Runs a schedule in namespaces of its own (network, mounts, processes), which end with it: the host sees none of it. */
import { writeFileSync } from "node:fs";
import { execa } from "execa";
import * as v from "valibot";
import type { Schedule } from "./schedule.ts";

const line = v.union([
  v.object({
    op: v.string(),
    ms: v.number(),
    cpuMs: v.number(),
    maxRssKb: v.number(),
    status: v.number(),
    out: v.optional(v.string()),
    err: v.optional(v.string()),
  }),
  v.object({ group: v.string(), size: v.number(), ms: v.number(), leftBehind: v.number() }),
  v.object({ late: v.string(), leftBehind: v.number() }),
  v.object({ shell: v.string(), status: v.number(), out: v.string() }),
]);

/** What spawn.c prints about one directive. */
export type Line = v.InferOutput<typeof line>;

/** A process of a group. */
export type OpLine = Extract<Line, { op: string }>;

const namespaces = [
  "--net",
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
  "--propagation",
  "private",
];

const longestRunMs = 30 * 60 * 1000;

/**
 * Runs the schedule to its end.
 * @param seen is called with each line as it comes
 * @throws when the schedule cannot be run; what a measured program does wrong is in its lines
 */
export async function runOnFakeHost(
  options: { spawn: string; schedule: Schedule; file: string; signal: AbortSignal },
  seen: (line: Line) => void,
): Promise<void> {
  writeFileSync(options.file, options.schedule.toString());
  const run = execa("unshare", [...namespaces, "--", options.spawn, options.file], {
    stderr: "inherit",
    buffer: false,
    timeout: longestRunMs,
    killSignal: "SIGKILL",
    cancelSignal: options.signal,
  });
  for await (const text of run.iterable()) seen(v.parse(line, JSON.parse(text)));
  await run;
}
