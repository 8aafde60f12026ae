/** How a case ended. */
import { Absent } from "../node/absent.ts";

export const outcomes = ["pass", "fail", "error", "not applicable", "skipped"] as const;
export type Outcome = (typeof outcomes)[number];

/** The plugin broke the promise: what was expected and what was found. */
export class Fault extends Error {
  override readonly name: string = "Fault";
}

/** The plugin was not over in time. */
export class Overdue extends Fault {
  override readonly name = "Overdue";
}

/** The promise does not concern this plugin or configuration. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** The machine lacks what the case needs. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

/**
 * The outcome that something thrown by a case stands for. Anything unknown, such as a host that could not be made or a tool that failed,
 * is no word about the plugin: neither a failure of it nor a pass.
 */
export function outcomeOf(error: unknown): Exclude<Outcome, "pass"> {
  if (error instanceof Fault || error instanceof Absent) return "fail";
  if (error instanceof NotApplicable) return "not applicable";
  if (error instanceof Skipped) return "skipped";
  return "error";
}
