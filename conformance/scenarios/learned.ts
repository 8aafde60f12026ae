import type { FakeNode } from "../node/index.ts";

interface Entry {
  readonly mac: string;
  readonly ifname: string;
  readonly state: string;
}

/** What a bridge has learned: MAC addresses with their port, as bridge(8) tells, without those of the ports themselves. */
export async function learned(node: FakeNode, bridge: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await node.run("bridge", ["-j", "fdb", "show", "br", bridge]);
  const entries: readonly Entry[] = JSON.parse(stdout);
  return new Map(
    entries.filter(({ state }) => state !== "permanent").map(({ mac, ifname }) => [mac, ifname]),
  );
}
