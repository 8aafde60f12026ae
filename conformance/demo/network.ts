/** Reads what is there, with ip(8) and nft(8), for the drawing. */
import type { OutsideHost } from "../node/outside-host.ts";
import type { Network } from "./drawing.ts";
import { named, readInterfaces } from "./interfaces.ts";
import { countElements, tableName } from "./leftovers.ts";
import { Unexpected } from "./report.ts";
import type { Container } from "./runtime.ts";
import type { Stage } from "./story.ts";

export async function readNetwork(
  { node, list }: Stage,
  outside: OutsideHost,
  containers: readonly Container[],
): Promise<Network> {
  const own = await readInterfaces(node, null);
  const drawn = containers.map(async ({ name }) => {
    const end = named(await readInterfaces(node, name), "eth0");
    const hostEnd = own.find(({ index }) => index === end.peer);
    if (hostEnd === undefined) throw new Unexpected(`eth0 of ${name}: its other end is not in the node`);
    return { name, end, hostEnd };
  });
  return {
    outside: named(await readInterfaces(node, outside.name), outside.interface),
    uplink: named(own, outside.uplink),
    masquerade: `masquerade (table ${tableName}: ${await countElements(node)} elements)`,
    bridge: named(own, list.plugins[0].bridge),
    containers: await Promise.all(drawn),
  };
}
