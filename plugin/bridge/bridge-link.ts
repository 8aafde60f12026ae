/** The bridge itself: found or made, its settings, its gateway addresses. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { sameMac } from "../../inet/mac.ts";
import { formatPrefix, overlaps, samePrefix, type Prefix } from "../../inet/prefix.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { NetlinkError } from "../../netlink/netlink-error.ts";
import { addAddress, removeAddress } from "../../netlink/route/address.ts";
import {
  decodeLink,
  deleteLink,
  getLink,
  linkFlags,
  listLinks,
  type KnownLink,
  type Link,
} from "../../netlink/route/link.ts";
import { createBridge, type NewBridge } from "../../netlink/route/new-link.ts";
import { errno } from "../../sys/errno.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import { requestUnlessDone } from "../kernel.ts";
import { addressesOf, findLink, isPortOf, type EthernetLink, type NamedLink } from "../links.ts";
import { tryToSetSysctl } from "../sysctl.ts";

export interface Bridge extends EthernetLink {
  /** Flags as they were found. */
  readonly flags: number;
  readonly alias: string | undefined;
  /** True when this run made it. */
  readonly isNew: boolean;
}

function asBridge(link: NamedLink, isNew: boolean): Bridge {
  if (link.linkInfo?.kind !== "bridge") {
    const kind = link.linkInfo?.kind ?? "a link of another kind";
    throw new CniError(
      errorCodes.bridgeConflict,
      `failed to create bridge "${link.name}": "${link.name}" already exists but is not a bridge (it is ${kind})`,
      { details: 'choose another name in "bridge", or remove that link' },
    );
  }
  const { name, index, flags, alias } = link;
  return { name, index, mac: link.address ?? new Uint8Array(6), flags, alias, isNew };
}

/** The bridge called `name`, or undefined where there is none. @throws CniError when the name belongs to something else */
export function findBridge(route: Conversation, name: string): Bridge | undefined {
  const link = findLink(route, { name });
  return link === undefined ? undefined : asBridge(link, false);
}

/** Changes that give a bridge the flags it needs, and back; undefined where it has them. */
export function planFlags(bridge: Bridge, wanted: { promiscuous: boolean }) {
  const isUp = (bridge.flags & linkFlags.up) !== 0;
  const isPromiscuous = (bridge.flags & linkFlags.promiscuous) !== 0;
  const up = isUp ? undefined : true;
  const promiscuous = wanted.promiscuous && !isPromiscuous ? true : undefined;
  if (up === undefined && promiscuous === undefined) return undefined;
  const back = { up: up && false, promiscuous: promiscuous && false };
  return { there: { up, promiscuous }, back };
}

/** Makes a bridge, or finds the one that another ADD has made meanwhile. @throws NetlinkError, CniError */
export function makeBridge(route: Conversation, wanted: NewBridge): Bridge {
  const [created, read] = route.exchange([createBridge(wanted), getLink({ name: wanted.name })]);
  // EEXIST: another ADD was faster; its bridge is as good.
  const lostRace = created instanceof NetlinkError && created.errno === errno.EEXIST;
  if (created instanceof NetlinkError && !lostRace) throw created;
  if (read instanceof NetlinkError) throw read;
  const message = read?.[0];
  if (message === undefined) throw new CniError(errorCodes.tryAgainLater, `bridge "${wanted.name}" vanished`);
  tryToSetSysctl("0", "ipv6", "conf", wanted.name, "accept_ra");
  return asBridge({ ...decodeLink(message), name: wanted.name }, !lostRace);
}

/** The links that are attached to a bridge. */
export function portLinksOf(route: Conversation, bridge: { readonly index: number }): Link[] {
  return route
    .dump(listLinks({ master: bridge.index }))
    .map(decodeLink)
    .filter((link) => isPortOf(link, bridge));
}

/** Their indexes. */
export function portsOf(route: Conversation, bridge: { readonly index: number }): number[] {
  return portLinksOf(route, bridge).map(({ index }) => index);
}

/**
 * Whether what was done to a bridge can be undone: nobody was attached since who relies on it. It stays so while this process
 * owns the namespace alone, so the ports are looked at after that.
 */
export function isUndisturbed(
  { route, host }: { readonly route: Conversation; readonly host: NetworkNamespace },
  bridge: KnownLink,
  portsBefore: readonly number[],
): boolean {
  return host.tryToOwnAlone() && portsOf(route, bridge).every((port) => portsBefore.includes(port));
}

/** Removes the bridge of that name and MAC address if nothing is attached to it. */
export function removeUnusedBridge(route: Conversation, made: NewBridge): void {
  const bridge = findBridge(route, made.name);
  if (bridge === undefined || !sameMac(bridge.mac, made.mac) || portsOf(route, bridge).length > 0) return;
  route.request(deleteLink({ index: bridge.index }));
}

interface AddressChanges {
  readonly added: readonly Prefix[];
  readonly removed: readonly Prefix[];
}

function conflicts(existing: Prefix, gateway: Prefix): boolean {
  const family = gateway.address.family;
  if (existing.address.family !== family) return false;
  // A second IPv4 address would make the host's own choice of source address a matter of order; IPv6 expects several.
  return family === 4 || overlaps(existing, gateway);
}

/** What has to change for the bridge to have the gateways' addresses. @throws CniError for a conflict without force */
export function planAddresses(
  existing: readonly Prefix[],
  gateways: readonly Prefix[],
  subject: { bridge: string; forceAddress: boolean },
): AddressChanges {
  const added = gateways.filter((gateway) => !existing.some((have) => samePrefix(have, gateway)));
  const others = existing.filter((have) => !gateways.some((gateway) => samePrefix(have, gateway)));
  const removed = others.filter((have) => added.some((gateway) => conflicts(have, gateway)));
  const [obstacle] = removed;
  const gateway = added.find((candidate) => obstacle !== undefined && conflicts(obstacle, candidate));
  if (obstacle !== undefined && gateway !== undefined && !subject.forceAddress) {
    throw new CniError(
      errorCodes.bridgeConflict,
      `failed to set bridge addr: "${subject.bridge}" already has an IP address different from ${formatPrefix(gateway)}: ${formatPrefix(obstacle)}`,
      { details: 'use another "bridge" for this network, or set "forceAddress" to replace the address' },
    );
  }
  return { added, removed };
}

/** Addresses of global scope on a link. */
export function globalAddresses(route: Conversation, index: number): Prefix[] {
  return addressesOf(route, index)
    .filter(({ scope }) => scope === 0)
    .map(({ prefix }) => prefix);
}

/** Applies a plan; an address that another ADD has added meanwhile is a success. @throws NetlinkError */
export function applyAddresses(route: Conversation, link: KnownLink, changes: AddressChanges): void {
  const placement = { index: link.index, interfaceName: link.name };
  for (const prefix of changes.removed)
    requestUnlessDone(route, removeAddress({ ...placement, prefix }), [errno.EADDRNOTAVAIL]);
  for (const prefix of changes.added) {
    const request = addAddress({ ...placement, prefix, duplicateDetection: false });
    requestUnlessDone(route, request, [errno.EEXIST]);
  }
}
