/** Gives an uplink back as it was before the first attachment, by the mark that it carries. Whoever calls it is alone. */
import type { Log } from "../../cni/log.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { vlanOptions, type VlanRange } from "../../netlink/route/bridge-vlan.ts";
import { changeLink, deleteLink, setAlias, type Link } from "../../netlink/route/link.ts";
import { vlanIdOf } from "../../netlink/route/vlan-link.ts";
import type { NamedLink } from "../links.ts";
import { formatMark, readMark, type SubinterfaceMark, type UplinkMark } from "./switch-marks.ts";
import { usersOf, type SwitchState } from "./switch-state.ts";
import { idleVlans } from "./uplink-vlans.ts";
import { addressesToMove, belongingsOf, moveBelongings } from "./uplink-address.ts";
import { announceAt, applyBridgeSettings } from "./uplink-settings.ts";

/** A link that joined the bridge through us. */
export interface OwnUplink {
  readonly link: NamedLink;
  readonly mark: UplinkMark | SubinterfaceMark;
}

/** One that is no port yet is of an ADD that was killed. */
export function uplinksOf({ bridge, links }: SwitchState): OwnUplink[] {
  return links.flatMap((link) => {
    const mark = readMark(link.alias);
    if (mark === undefined || mark.kind === "gateway" || mark.bridge !== bridge.name) return [];
    if (link.master !== undefined && link.master !== 0 && link.master !== bridge.index) return [];
    if (mark.kind === "subinterface" && vlanIdOf(link) === undefined) return [];
    return [{ link: { ...link, name: link.name ?? "" }, mark }];
  });
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
  if (mark.moved === undefined) release();
  else if (!moveBack({ route, log }, { bridge, link, release })) return false;
  else applyBridgeSettings(bridge.name, mark.moved);
  if (mark.wasDown) route.request(changeLink(link, { up: false }));
  route.request(setAlias(link.name, mark.alias));
  return true;
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
  if (mark.wasDown && addressesToMove(route, link).length === 0)
    route.request(changeLink(link, { up: false }));
  route.request(setAlias(name, mark.alias));
}

/** False where something would be lost: then the host keeps its addresses where they are, and stays reachable. */
function moveBack(
  { route, log }: { route: Conversation; log: Log },
  { bridge, link, release }: { bridge: NamedLink; link: NamedLink; release: () => void },
): boolean {
  const belongings = belongingsOf(route, { from: bridge, to: link });
  if (belongings.immovable.length > 0) {
    log.warn("the uplink stays on the bridge: a route cannot be moved back", {
      routes: belongings.immovable,
    });
    return false;
  }
  moveBelongings(route, belongings, { from: bridge, to: link }, release);
  const mac = link.address ?? new Uint8Array(6);
  if (belongings.addresses.length > 0) announceAt(route, { ...link, mac }, bridge.address ?? mac);
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
  const isUsed = others.length > 0 || Boolean(lower.master) || addressesToMove(route, lower).length > 0;
  if (!isUsed) route.request(changeLink(lower, { up: false }));
}
