/**
 * Takes back what attachments needed of a bridge and none needs any more, whatever a configuration says by now: the marks of
 * `switch-marks.ts` tell. For DEL, GC and the undo of ADD. It is decided and done while no ADD is under way, which every ADD
 * tells by its share in the namespace's lock.
 */
import type { Log } from "../../cni/log.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import type { Request } from "../../netlink/message.ts";
import { NetlinkError } from "../../netlink/netlink-error.ts";
import { removeBridgeVlans } from "../../netlink/route/bridge-vlan.ts";
import { decodeLink, deleteLink, listLinks, setAlias } from "../../netlink/route/link.ts";
import { errno } from "../../sys/errno.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import { findLink } from "../links.ts";
import { orphansOf, switchAlias } from "./switch-marks.ts";
import {
  idleVlansOf,
  takeBackOrphan,
  takeBackUplink,
  unusedUplinks,
  uplinksOf,
  type IdleVlans,
  type OwnUplink,
} from "./uplink/take-back.ts";
import {
  gatewaysOf,
  readSwitch,
  unusedGateways,
  type FailedAttempt,
  type OwnGateway,
  type SwitchState,
} from "./switch-state.ts";

export interface TakingBack {
  readonly route: Conversation;
  readonly host: NetworkNamespace;
  readonly log: Log;
}

/** What is not used any more. */
interface Unused {
  readonly gateways: readonly OwnGateway[];
  readonly uplinks: readonly OwnUplink[];
  readonly vlans: readonly IdleVlans[];
  /** Nothing with a mark stays, so the bridge's alias goes as well. */
  readonly isMarkIdle: boolean;
}

/** An ADD may take longer; what it keeps from being taken back now, the next DEL or GC takes. */
const longestWaitMs = 5000;

/** @param failed for the undo of an ADD. @throws NetlinkError */
export function takeBackUnused(work: TakingBack, bridgeIndex: number, failed?: FailedAttempt): void {
  const { route, host, log } = work;
  if (isNothing(lookFor(route, bridgeIndex, failed))) return;
  if (!host.ownAlone(longestWaitMs)) {
    log.warn("what a bridge needs no more stays until the next DEL or GC: another process holds the lock", {
      bridge: findLink(route, { index: bridgeIndex })?.name,
    });
    return;
  }
  try {
    // Somebody may have come meanwhile.
    const state = readSwitch(route, bridgeIndex);
    if (state === undefined) return;
    const unused = unusedIn(state, failed);
    for (const gateway of unused.gateways) removeGateway(route, state, gateway);
    for (const { uplink, ranges } of unused.vlans) route.request(removeBridgeVlans(uplink.link, ranges));
    const kept = unused.uplinks.filter((uplink) => !takeBackUplink({ route, log }, state, uplink));
    if (unused.isMarkIdle && kept.length === 0) route.request(setAlias(state.bridge.name ?? "", ""));
    const taken = [...unused.gateways, ...unused.uplinks].map(({ link }) => link.name);
    log.debug("taken back", { links: taken });
  } finally {
    host.release();
  }
}

/** Gives back what a bridge had that somebody removed. @throws NetlinkError */
export function takeBackOrphans({ route, host, log }: TakingBack): void {
  const list = () => route.dump(listLinks()).map(decodeLink);
  if (orphansOf(list()).length === 0 || !host.ownAlone(longestWaitMs)) return;
  try {
    const links = list();
    for (const link of orphansOf(links)) takeBackOrphan(route, links, link);
    log.debug("taken back what a removed bridge had");
  } finally {
    host.release();
  }
}

function lookFor(route: Conversation, bridgeIndex: number, failed?: FailedAttempt): Unused | undefined {
  const state = readSwitch(route, bridgeIndex);
  return state === undefined ? undefined : unusedIn(state, failed);
}

function isNothing(unused: Unused | undefined): boolean {
  if (unused === undefined) return true;
  const { gateways, uplinks, vlans, isMarkIdle } = unused;
  return gateways.length + uplinks.length + vlans.length === 0 && !isMarkIdle;
}

function unusedIn(state: SwitchState, failed?: FailedAttempt): Unused {
  const gateways = unusedGateways(state, failed);
  const uplinks = unusedUplinks(state);
  const vlans = idleVlansOf(
    state,
    gateways.flatMap(({ mark, vlan }) => (mark.wasMember ? [] : [vlan])),
  );
  const marked = gatewaysOf(state).length + uplinksOf(state).length;
  const isMarkIdle = state.bridge.alias === switchAlias && marked === gateways.length + uplinks.length;
  return { gateways, uplinks, vlans, isMarkIdle };
}

function removeGateway(route: Conversation, { bridge }: SwitchState, gateway: OwnGateway): void {
  const { link, vlan, mark } = gateway;
  const itself = { index: bridge.index, name: bridge.name ?? "", self: true };
  const leave = mark.wasMember ? [] : [removeBridgeVlans(itself, [{ first: vlan, last: vlan }])];
  requestUnlessGone(route, [deleteLink({ index: link.index }), ...leave]);
}

function requestUnlessGone(route: Conversation, requests: readonly Request[]): void {
  for (const outcome of route.exchange(requests)) {
    if (outcome instanceof NetlinkError && outcome.errno !== errno.ENODEV) throw outcome;
  }
}
