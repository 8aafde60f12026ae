/** Undoing what a failed operation did. */
import type { Log } from "../cni/log.ts";

/** Registers how to take an effect back: on the line after it, or before it where the answer to it may get lost. */
export type Undo = (description: string, step: () => void | Promise<void>) => void;

/**
 * Runs `body`. When it throws, all registered steps run, newest first, even if some fail; then the original error goes on.
 * A step that fails itself is told to the log, never to the runtime instead of the real failure.
 * `await using` is no replacement: when disposal fails too it hides the real error inside a SuppressedError.
 *
 *     return withUndo(request.log, async (undo) => {
 *       await writeFile(path, text);
 *       undo("remove the file", () => rm(path));
 *       return describe(await connect());
 *     });
 */
export async function withUndo<T>(log: Log, body: (undo: Undo) => Promise<T>): Promise<T> {
  const steps: { description: string; step: () => void | Promise<void> }[] = [];
  try {
    return await body((description, step) => steps.push({ description, step }));
  } catch (original) {
    for (const { description, step } of steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        log.warn(`cannot undo: ${description}`, { error });
      }
    }
    throw original;
  }
}
