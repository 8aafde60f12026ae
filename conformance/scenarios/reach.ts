/** Who reaches whom. */
import type { Endpoint } from "./endpoint.ts";

export interface Pair {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Each of them to each other. */
export function allPairs(endpoints: readonly Endpoint[]): Pair[] {
  return endpoints.flatMap((from) => endpoints.filter((to) => to !== from).map((to) => ({ from, to })));
}

/**
 * Pings for each pair at once, and lists those that had an answer, as "one > two", in the order given: one comparison with what
 * must be is the positive and the negative control of each other.
 */
export async function reached(pairs: readonly Pair[], attempts?: number): Promise<string[]> {
  const answers = await Promise.all(pairs.map(async ({ from, to }) => from.ping(to.address, attempts)));
  return pairs.filter((_pair, index) => answers[index]).map(nameOf);
}

/** As {@link reached} names it. */
export function nameOf({ from, to }: Pair): string {
  return `${from.name} > ${to.name}`;
}
