/** Gives an uplink back as it was before the first attachment, by the mark that it carries. Whoever calls it is alone. */
import type { Log } from "../../../cni/log.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { vlanOptions } from "../../../netlink/route/bridge-vlan.ts";
import { changeLink, deleteLink, setAlias, type Link } from "../../../netlink/route/link.ts";
import { vlanIdOf } from "../../../netlink/route/vlan-link.ts";
import type { VlanRange } from "../../../netlink/route/vlan-range.ts";
import type { NamedLink } from "../../links.ts";
import {
  formatMark,
  readMark,
  switchAlias,
  type SubinterfaceMark,
  type UplinkMark,
} from "../switch-marks.ts";
import { usersOf, type SwitchState } from "../switch-state.ts";
import { idleVlans } from "./vlans.ts";
import { addressesToMove, belongingsOf, moveBelongings, moveToDown } from "./address.ts";
import { announceAt, applyBridgeSettings } from "./settings.ts";
import { isInUse } from "./use.ts";

/** A link that joined the bridge through us. */
export interface OwnUplink {
  readonly link: NamedLink;
  readonly mark: UplinkMark | SubinterfaceMark;
}

/** One that is no port yet is of an ADD that was killed. */
export function uplinksOf({ bridge, links }: SwitchState): OwnUplink[] {
  return links.flatMap((link) => {
    const mark = readMark(link.alias);
    if (mark === undefined || mark.kind === "gateway" || !isHere(link, mark.bridge, bridge)) return [];
    if (mark.kind === "subinterface" && vlanIdOf(link) === undefined) return [];
    return [{ link: { ...link, name: link.name ?? "" }, mark }];
  });
}

/** A bridge that was renamed keeps its ports, and its own mark. */
function isHere(link: Link, named: string, bridge: Link): boolean {
  if (!link.master) return named === bridge.name;
  return link.master === bridge.index && (named === bridge.name || bridge.alias === switchAlias);
}

/** All of them, as soon as nobody uses the bridge. */
export function unusedUplinks(state: SwitchState): OwnUplink[] {
  return usersOf(state).length === 0 ? uplinksOf(state) : [];
}

/** VLANs of an uplink that stays, of which the last other port is gone. */
export interface IdleVlans {
  readonly uplink: OwnUplink;
  readonly ranges: readonly VlanRange[];
}

/** @param left VLANs that the bridge itself leaves at the same time */
export function idleVlansOf(state: SwitchState, left: readonly number[]): IdleVlans[] {
  const options = vlanOptions(state.bridge);
  const users = usersOf(state);
  if (!options?.isFiltering || users.length === 0) return [];
  const itself = (state.vlans.get(state.bridge.index) ?? []).filter(
    ({ first, last, isPvid }) => !isPvid && !(first === last && left.includes(first)),
  );
  const used = [...users.flatMap(({ index }) => state.vlans.get(index) ?? []), ...itself];
  return uplinksOf(state).flatMap((uplink) => {
    if (uplink.mark.kind !== "uplink" || uplink.link.master !== state.bridge.index) return [];
    const hosts =
      uplink.mark.moved === undefined ? [] : [{ first: options.defaultPvid, last: options.defaultPvid }];
    const ranges = idleVlans(state.vlans.get(uplink.link.index) ?? [], [...used, ...hosts]);
    return ranges.length === 0 ? [] : [{ uplink, ranges }];
  });
}

/** @returns false where it has to stay. @throws NetlinkError */
export function takeBackUplink(
  { route, log }: { route: Conversation; log: Log },
  state: SwitchState,
  { link, mark }: OwnUplink,
): boolean {
  if (mark.kind === "subinterface") {
    removeSubinterface(route, state.links, { link, mark });
    return true;
  }
  const bridge = { ...state.bridge, name: state.bridge.name ?? "" };
  const release = () => {
    if (link.master === bridge.index) route.request(changeLink(link, { master: 0 }));
  };
  const goesDown = mark.wasDown && !isInUse(route, { links: state.links, link, bridge: bridge.index });
  const putDown = () => void (goesDown && route.request(changeLink(link, { up: false })));
  if (mark.moved === undefined || !hasWhatMoved(route, { bridge, link })) {
    release();
    putDown();
  } else {
    const done = moveBack({ route, log }, { bridge, link, release, goesDown });
    if (!done) return false;
    applyBridgeSettings(bridge.name, mark.moved);
  }
  route.request(setAlias(link.name, mark.alias));
  return true;
}

/**
 * What is on a bridge that the uplink is no port of can be its own: it may have been removed, and made again. A move that was not
 * finished left nothing on it that is not on the uplink as well.
 */
function hasWhatMoved(
  route: Conversation,
  { bridge, link }: { readonly bridge: NamedLink; readonly link: NamedLink },
): boolean {
  if (link.master === bridge.index) return true;
  const texts = new Set(addressesToMove(route, link).map(({ text }) => text));
  return addressesToMove(route, bridge).every(({ text }) => texts.has(text));
}

/** A link whose bridge is gone, and with it whatever had been moved there. @throws NetlinkError */
export function takeBackOrphan(
  route: Conversation,
  links: readonly Link[],
  { name = "", ...orphan }: Link,
): void {
  const link = { ...orphan, name };
  const mark = readMark(link.alias);
  if (mark?.kind === "subinterface" && vlanIdOf(link) !== undefined)
    return removeSubinterface(route, links, { link, mark });
  if (mark?.kind !== "uplink") return;
  if (mark.wasDown && !isInUse(route, { links, link, bridge: undefined }))
    route.request(changeLink(link, { up: false }));
  route.request(setAlias(name, mark.alias));
}

/** False where something would be lost: then the host keeps its addresses where they are, and stays reachable. */
function moveBack(
  { route, log }: { route: Conversation; log: Log },
  way: { bridge: NamedLink; link: NamedLink; release: () => void; goesDown: boolean },
): boolean {
  const { bridge, link, release } = way;
  const belongings = belongingsOf(route, { from: bridge, to: link });
  if (belongings.immovable.length > 0) {
    log.warn("the uplink stays on the bridge: a route cannot be moved back", {
      routes: belongings.immovable,
    });
    return false;
  }
  const places = { from: bridge, to: link };
  // A route that somebody added since is lost on an interface that is down.
  if (way.goesDown && belongings.routes.every(({ isLearned }) => isLearned)) {
    // First: going down takes IPv6 addresses away.
    route.request(changeLink(link, { up: false }));
    moveToDown(route, belongings, places, release);
    return true;
  }
  moveBelongings(route, belongings, places, release);
  const mac = link.address ?? new Uint8Array(6);
  if (belongings.addresses.length > 0) announceAt({ route, log }, { ...link, mac }, bridge.address ?? mac);
  return true;
}

function removeSubinterface(
  route: Conversation,
  links: readonly Link[],
  { link, mark }: { link: NamedLink; mark: SubinterfaceMark },
): void {
  route.request(deleteLink({ index: link.index }));
  const lower = links.find(({ index }) => index === link.link);
  if (!mark.wasDown || lower?.name === undefined) return;
  lowerAgain(route, links, { ...lower, name: lower.name }, link);
}

/** The last one puts the uplink down; until then another one remembers that. */
function lowerAgain(route: Conversation, links: readonly Link[], lower: NamedLink, gone: Link): void {
  const others = links.filter(
    (each) => each.link === lower.index && each.linkNamespaceId === undefined && each.index !== gone.index,
  );
  for (const other of others) {
    const mark = readMark(other.alias);
    if (mark?.kind !== "subinterface" || other.name === undefined) continue;
    route.request(setAlias(other.name, formatMark({ ...mark, wasDown: true })));
    return;
  }
  const left = links.filter(({ index }) => index !== gone.index);
  if (!isInUse(route, { links: left, link: lower, bridge: undefined }))
    route.request(changeLink(lower, { up: false }));
}
