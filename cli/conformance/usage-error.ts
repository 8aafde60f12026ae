/** The command line, or what it points to, is not one that can be judged. The message says what was found and what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
