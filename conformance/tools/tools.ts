import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../node/command.ts";
import { repository } from "../node/plugin-folder.ts";

const folder = join(repository, "dist/tools");

/** CNI's own command-line client, over its own library. */
export const cnitool = join(folder, "cnitool");

/**
 * Builds the pinned programs unless they are there; some seconds the first time, while Go compiles its library.
 *
 * @returns why that is not possible on this machine, in a few words; empty when all is well.
 */
export async function buildTools(): Promise<readonly string[]> {
  if (existsSync(cnitool)) {
    return [];
  }
  const { exitCode, stderr } = await runCommand(["sh", join(import.meta.dirname, "build.sh"), folder], {
    // Where Go keeps its caches, and which proxy it asks, are this machine's business.
    env: process.env,
    allowFailure: true,
    timeoutMs: 300_000,
  });
  return exitCode === 0 ? [] : [`cnitool (${stderr.split("\n").at(-1) ?? ""})`];
}
