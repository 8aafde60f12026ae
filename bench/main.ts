/**
 * The bench: our plugins, the reference plugins and the C floor, side by side in one run. See README.md.
 * It runs on the pinned Bun; everything that is timed is started by spawn.c.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, usage, UsageError, type Options } from "./options.ts";
import { runBench } from "./run.ts";

const interrupted = new AbortController();

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  // Not `once`: a listener that is gone when execa looks lets it end this process before the folder is removed.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupted.abort());
  return inWorkFolder(options);
}

async function inWorkFolder(options: Options): Promise<number> {
  const workFolder = mkdtempSync(join(tmpdir(), "trestle-bench-"));
  try {
    return await runBench(options, { workFolder, signal: interrupted.signal });
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

function explain(error: unknown): { text: string; exitCode: number } {
  if (interrupted.signal.aborted) return { text: "interrupted", exitCode: 130 };
  if (error instanceof UsageError) return { text: `${error.message}\n\n${usage}`, exitCode: 2 };
  return { text: String(error), exitCode: 2 };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { text, exitCode } = explain(error);
  process.stderr.write(`bench: ${text}\n`);
  process.exitCode = exitCode;
}
