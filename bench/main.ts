/**
 * The bench: our plugins, the reference plugins and the C floor, side by side in one run. See README.md.
 * It runs on the pinned Bun; everything that is timed is started by spawn.c.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, usage, UsageError, type Options } from "./options.ts";
import { runBench } from "./run.ts";

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupted.abort());
  return inWorkFolder(options, interrupted.signal);
}

async function inWorkFolder(options: Options, signal: AbortSignal): Promise<number> {
  const workFolder = mkdtempSync(join(tmpdir(), "trestle-bench-"));
  try {
    return await runBench(options, { workFolder, signal });
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const text = error instanceof UsageError ? `${error.message}\n\n${usage}` : String(error);
  process.stderr.write(`bench: ${text}\n`);
  process.exitCode = 2;
}
