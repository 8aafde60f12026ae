/** A ping that goes on while something else happens. */
import { setTimeout as delay } from "node:timers/promises";
import { patience } from "../node/patience.ts";
import type { Place } from "./endpoint.ts";

/** How many requests had no answer. */
export interface Losses {
  readonly sent: number;
  readonly lost: number;
}

/** Answers that come before it counts as running, and again before it ends: what happens lies between them, however fast it is. */
const answersAround = 5;

/**
 * Asks an address twenty times a second until it is stopped, and returns once answers come. Not more often, because on a busy
 * machine programs stand still for longer than that.
 *
 * @throws Error when no answers come at the start
 */
export async function pingOn(
  { node, netns }: Pick<Place, "node" | "netns">,
  address: string,
): Promise<{ stop(): Promise<Losses> }> {
  const options = netns === null ? {} : { namespace: netns };
  const ping = await node.background("ping", ["-n", "-i", "0.05", address], options);
  const answers = (): number => answered(ping.stdout()).size;
  const moreCome = async (): Promise<boolean> => {
    const wanted = answers() + answersAround;
    const end = Date.now() + 10_000 * patience;
    while (answers() < wanted && ping.isRunning() && Date.now() < end) {
      await delay(20);
    }
    return answers() >= wanted;
  };
  if (!(await moreCome())) {
    throw new Error(`No answers from ${address}: ${(await ping.stop("INT")).stdout}`);
  }
  return {
    stop: async () => {
      // Where none come any more, all that were sent since count; else those after the last answer may still be on their way.
      const goesOn = await moreCome();
      const { stdout } = await ping.stop("INT");
      const numbers = answered(stdout);
      const sent = goesOn
        ? Math.max(...numbers)
        : Number(/(?<sent>\d+) packets transmitted/.exec(stdout)?.groups?.["sent"]);
      return { sent, lost: sent - numbers.size };
    },
  };
}

/** Numbers of the requests that had an answer, from 1. */
function answered(output: string): ReadonlySet<number> {
  const answers = output.matchAll(/ bytes from .*icmp_seq=(?<number>\d+)/g);
  return new Set([...answers].map(({ groups }) => Number(groups?.["number"])));
}
