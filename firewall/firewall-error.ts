/** Why the firewall could not be brought into the wanted state. */
export type FirewallReason =
  /** The kernel, or the program asked to change it, lacks what is needed. */
  | "unsupported"
  /** Others kept changing the ruleset; the same call may succeed a moment later. */
  | "busy"
  /** Something that is not ours has our name. */
  | "conflict"
  /** A program reported a failure of its own. */
  | "failed";

export class FirewallError extends Error {
  override readonly name = "FirewallError";
  readonly reason: FirewallReason;

  constructor(reason: FirewallReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}
