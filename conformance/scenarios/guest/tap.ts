import { attach } from "../../kernel/attachment.ts";
import type { Config } from "../../kernel/network.ts";
import type { FakeNode } from "../../node/index.ts";

/** A tap device on a bridge of the node, by the plugin, with the address that was leased for its guest. */
export async function attachTap(
  node: FakeNode,
  tap: string,
  network: Config,
): Promise<{ tap: string; address: string }> {
  // The node's own namespace, as its first process has it.
  const added = await attach(node, network, { netns: "/proc/1/ns/net", containerId: tap, ifname: tap });
  return { tap, address: added.ips?.[0]?.address ?? "" };
}
