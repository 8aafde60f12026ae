/** A ping that goes on while something else happens. */
import type { Place } from "./endpoint.ts";

/** How many requests had no answer. */
export interface Losses {
  readonly sent: number;
  readonly lost: number;
}

/**
 * Asks an address twenty times a second until it is stopped. Not more often, because on a busy machine programs stand still for
 * longer than that.
 */
export async function pingOn(
  { node, netns }: Pick<Place, "node" | "netns">,
  address: string,
): Promise<{ stop(): Promise<Losses> }> {
  const options = netns === null ? {} : { namespace: netns };
  const ping = await node.background("ping", ["-n", "-q", "-i", "0.05", address], options);
  return {
    stop: async () => {
      const { stdout } = await ping.stop("INT");
      const counts = /(?<sent>\d+) packets transmitted, (?<received>\d+) received/.exec(stdout)?.groups;
      const sent = Number(counts?.["sent"]);
      return { sent, lost: sent - Number(counts?.["received"]) };
    },
  };
}
