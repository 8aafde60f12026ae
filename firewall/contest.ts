/** Changes that are worked out from what was read, while others change the same ruleset. */
import type { Conversation } from "../netlink/conversation.ts";
import { decodeGeneration, getGeneration } from "../netlink/nftables/generation.ts";
import { FirewallError } from "./firewall-error.ts";
import { isOutdated } from "./refusals.ts";

/** Each failed attempt means that somebody else's change went through: this many in a row are no accident. */
const longestContest = 100;

/**
 * Runs `attempt` until the ruleset stood still between its reading and its batch. `attempt` gets the generation to send
 * along: with any other the kernel refuses the batch.
 * @throws FirewallError "busy", NetlinkError and whatever else `attempt` throws
 */
export function onUnchangedRuleset<T>(
  conversation: Conversation,
  purpose: string,
  attempt: (generation: number) => T,
): T {
  let refusal: unknown;
  for (let attempts = 0; attempts < longestContest; attempts++) {
    try {
      return attempt(readGeneration(conversation));
    } catch (error) {
      if (!isOutdated(error)) throw error;
      refusal = error;
    }
  }
  throw new FirewallError(
    "busy",
    `Cannot ${purpose}: the ruleset changed while it was read, ${longestContest} times in a row; try again`,
    { cause: refusal },
  );
}

function readGeneration(conversation: Conversation): number {
  const [answer] = conversation.request(getGeneration());
  return answer === undefined ? 0 : decodeGeneration(answer);
}
