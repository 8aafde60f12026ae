/** The lock by which every ADD tells that it relies on what is there: bridge, addresses, VLANs, uplink. */
import type { Log } from "../../cni/log.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import { usesVlans, type VlanKeys } from "./vlan/keys.ts";

/** An ADD that undoes needs the lock for milliseconds; whoever holds it for longer is none. */
const longestWaitMs = 1000;

/**
 * A DEL that takes back what a VLAN needs no more looks at all links first, and several do so one after the other. Uplinks wait for
 * the lock by themselves.
 */
const longestVlanWaitMs = 10_000;

/** Whatever comes of it the ADD goes on: anybody who can open the namespace could keep all others from attaching. */
export function shareNamespace(
  host: NetworkNamespace,
  keys: Pick<VlanKeys, "vlan" | "vlanTrunk">,
  log: Log,
): void {
  if (host.share(usesVlans(keys) ? longestVlanWaitMs : longestWaitMs)) return;
  log.warn("another process owns the namespace's lock; going on without");
}
