/** What was read, arranged so that things can be looked up. */
import { formatMac } from "../../inet/mac.ts";
import { formatPrefix } from "../../inet/prefix.ts";
import type { InterfaceAddress } from "../../netlink/route/address.ts";
import { linkFlags, operationalStates, type Link } from "../../netlink/route/link.ts";
import { routeConstants } from "../../netlink/route/route.ts";
import type { Basics, LinkState } from "./description.ts";
import type { Findings, NamespaceFindings } from "./findings.ts";

/** Anything that has links: the host, or another namespace. */
type Place = Pick<Findings, "links" | "addresses">;

/** Everything of a namespace but what it is called. */
export interface LinkIndex {
  link(index: number | undefined): Link | undefined;
  basics(link: Link): Basics;
}

export interface FindingsIndex extends LinkIndex {
  readonly findings: Findings;
  /** The namespace that has this number in the host's. */
  namespace(id: number): (NamespaceFindings & LinkIndex) | undefined;
}

export function indexFindings(findings: Findings): FindingsIndex {
  const namespaces = new Map<number, NamespaceFindings & LinkIndex>();
  for (const found of findings.namespaces)
    if (found.id !== undefined) namespaces.set(found.id, { ...found, ...indexLinks(found) });
  return { findings, ...indexLinks(findings), namespace: (id) => namespaces.get(id) };
}

export function indexLinks({ links, addresses }: Place): LinkIndex {
  const byIndex = new Map(links.map((link) => [link.index, link]));
  const addressesOf = groupBy(addresses, ({ index }) => index);
  return {
    link: (index) => (index === undefined ? undefined : byIndex.get(index)),
    basics: (link) => basicsOf(link, addressesOf.get(link.index) ?? []),
  };
}

/** As `Map.groupBy`, which Node 20 has not. */
export function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function basicsOf(link: Link, addresses: readonly InterfaceAddress[]): Basics {
  return {
    name: link.name ?? "",
    mac: macOf(link),
    mtu: link.mtu ?? 0,
    state: stateOf(link),
    // Of the link's scope and narrower ones they say nothing about a network.
    addresses: addresses
      .filter(({ scope }) => scope < routeConstants.scopeLink)
      .map(({ prefix }) => formatPrefix(prefix)),
  };
}

const macBytes = 6; // ETH_ALEN

/** Tunnels have addresses of other lengths, or none. */
function macOf({ address }: Link): string | undefined {
  return address?.length === macBytes ? formatMac(address) : undefined;
}

/** Some drivers never say that they are up: RFC 2863 calls that unknown. */
export function stateOf({ flags, operationalState = operationalStates.unknown }: Link): LinkState {
  if ((flags & linkFlags.up) === 0) return "down";
  const { up, unknown, dormant } = operationalStates;
  if (operationalState === up || operationalState === unknown) return "up";
  return operationalState === dormant ? "dormant" : "no-carrier";
}
