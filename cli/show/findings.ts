/** What was read of a host, as its sources have it. No source is needed: what cannot be read is told in `unreadable`. */
import type { CachedAttachment } from "../../cni/runtime/result-cache.ts";
import type { ListedGuard } from "../../firewall/list-guards.ts";
import type { ListedMasquerade } from "../../firewall/list-masquerade.ts";
import type { ListedLease } from "../../ipam/host-local/list-leases.ts";
import type { InterfaceAddress } from "../../netlink/route/address.ts";
import type { BridgeVlan } from "../../netlink/route/bridge-vlan.ts";
import type { Link } from "../../netlink/route/link.ts";
import type { ForwardingEntry } from "../../netlink/route/neighbour.ts";
import type { Route } from "../../netlink/route/route.ts";
import type { Description, Unreadable } from "./description.ts";

export interface Findings {
  readonly host: string;
  readonly forwarding: Description["forwarding"];
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  /** Of all tables. */
  readonly routes: readonly Route[];
  /** VLANs of bridges and their ports, by the index of the link. */
  readonly vlans: ReadonlyMap<number, readonly BridgeVlan[]>;
  readonly learned: readonly ForwardingEntry[];
  readonly namespaces: readonly NamespaceFindings[];
  readonly masquerade: readonly ListedMasquerade[];
  readonly guards: readonly ListedGuard[];
  readonly leases: readonly NetworkLease[];
  /** What runtimes keep of their attachments. */
  readonly attachments: readonly CachedAttachment[];
  readonly unreadable: readonly Unreadable[];
}

/** A network namespace other than the host's. */
export interface NamespaceFindings {
  /** Files that it was found by, the best known first. */
  readonly paths: readonly string[];
  /** The number that it has in the host's namespace, if it has one. */
  readonly id: number | undefined;
  /** The number that the host's namespace has in it, if it has one. */
  readonly hostId: number | undefined;
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
}

export interface NetworkLease extends ListedLease {
  readonly network: string;
}

export const nothingFound: Findings = {
  host: "",
  forwarding: {},
  links: [],
  addresses: [],
  routes: [],
  vlans: new Map(),
  learned: [],
  namespaces: [],
  masquerade: [],
  guards: [],
  leases: [],
  attachments: [],
  unreadable: [],
};
