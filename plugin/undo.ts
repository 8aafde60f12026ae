/** Undoing what a failed operation did. */

/** Registers how to take an effect back: on the line after it, or before it where the answer to it may get lost. */
export type Undo = (description: string, step: () => void | Promise<void>) => void;

/** A step of the undoing itself failed; told to the log, never to the runtime instead of the real failure. */
export interface UndoFailure {
  readonly description: string;
  readonly error: unknown;
}

/**
 * Runs `body`. When it throws, all registered steps run, newest first, even if some fail; then the original error goes on.
 * `await using` is no replacement: when disposal fails too it hides the real error inside a SuppressedError.
 */
export async function withUndo<T>(
  body: (undo: Undo) => Promise<T>,
  report: (failure: UndoFailure) => void,
): Promise<T> {
  const steps: { description: string; step: () => void | Promise<void> }[] = [];
  try {
    return await body((description, step) => steps.push({ description, step }));
  } catch (original) {
    for (const { description, step } of steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        report({ description, error });
      }
    }
    throw original;
  }
}
