import { type Snapshot, diff } from "../node/index.ts";
import { type Json, isObject } from "../node/json.ts";

/** What the first attachment of a network makes for all, and a runtime for itself; it stays by design. */
function lasting(bridge: string): RegExp[] {
  return [
    new RegExp(`^\\+ network / (links|queues) / ${bridge}[ :]`),
    new RegExp(`^\\+ network / (addresses|routes) / .*\\b${bridge}[ :]`),
    // Local routes to the bridge's own addresses name it in the value.
    new RegExp(`^\\+ network / routes / .*"dev":"${bridge}"`),
    new RegExp(`^\\+ network / settings / ipv[46]/conf/${bridge}:`),
    /^~ network \/ settings \/ .*forwarding: "0" -> "1"$/,
    /^~ network \/ settings \/ ipv4 \/ ip_forward: "0" -> "1"$/,
    // The kernel changes it together with forwarding.
    /^~ network \/ settings \/ ipv4\/conf\/all \/ accept_redirects: "1" -> "0"$/,
    /^. files \/ \/var\/lib\/cni\/(networks(\/[^/]+)?|results): /,
    /^. files \/ \/var\/lib\/cni\/networks\/[^/]+\/(lock|last_reserved_ip\.\d+)[: ]/,
    /^. files \/ \/run\/(runc|containers?|containerd|crun|libpod)[/:]/,
    // The four built-in chains without a rule.
    /^\+ network \/ iptables \/ ipv[46] \w+: \[(":[A-Z]+ ACCEPT",?)+\]$/,
    /^\+ mounts \/ \/run\/netns tmpfs: 1$/,
  ];
}

/**
 * Differences between a node before its first container and after its last one that nobody asked for: empty for a
 * plugin that cleans up. Firewall tables may stay as long as no set or map of theirs has an element, and none of their
 * rules names one of the addresses.
 */
export function leftovers(before: Snapshot, after: Snapshot, bridge: string): string[] {
  const lines = diff(before, after, { ignore: lasting(bridge) });
  const tables = Object.entries(after.network.nftables).filter(
    ([name]) => !(name in before.network.nftables),
  );
  const empty = tables
    .filter(([, table]) => !hasElements(table))
    .map(([name]) => `+ network / nftables / ${name}: `);
  return lines.filter((line) => !empty.some((start) => line.startsWith(start)));
}

function hasElements(value: Json | undefined): boolean {
  if (!isObject(value)) {
    return false;
  }
  const elements = value["elem"];
  return (isObject(elements) && Object.keys(elements).length > 0) || Object.values(value).some(hasElements);
}
