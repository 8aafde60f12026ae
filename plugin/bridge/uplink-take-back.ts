/** Gives an uplink back as it was before the first attachment, by the mark that it carries. Whoever calls it is alone. */
import type { Log } from "../../cni/log.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { changeLink, deleteLink, setAlias, type Link } from "../../netlink/route/link.ts";
import { vlanIdOf } from "../../netlink/route/vlan-link.ts";
import type { NamedLink } from "../links.ts";
import { formatMark, readMark, type SubinterfaceMark, type UplinkMark } from "./switch-marks.ts";
import { usersOf, type SwitchState } from "./switch-state.ts";
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

/** @throws NetlinkError */
export function takeBackUplink(
  { route, log }: { route: Conversation; log: Log },
  state: SwitchState,
  { link, mark }: OwnUplink,
): void {
  if (mark.kind === "subinterface") return removeSubinterface(route, state, { link, mark });
  const bridge = { ...state.bridge, name: state.bridge.name ?? "" };
  const release = () => {
    if (link.master === bridge.index) route.request(changeLink(link, { master: 0 }));
  };
  if (mark.moved === undefined) release();
  else if (!moveBack({ route, log }, { bridge, link, release })) return;
  else applyBridgeSettings(bridge.name, mark.moved);
  if (mark.wasDown) route.request(changeLink(link, { up: false }));
  route.request(setAlias(link.name, mark.alias));
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
  state: SwitchState,
  { link, mark }: { link: NamedLink; mark: SubinterfaceMark },
): void {
  route.request(deleteLink({ index: link.index }));
  const lower = state.links.find(({ index }) => index === link.link);
  if (!mark.wasDown || lower?.name === undefined) return;
  lowerAgain(route, state, { ...lower, name: lower.name }, link);
}

/** The last one puts the uplink down; until then another one remembers that. */
function lowerAgain(route: Conversation, { links }: SwitchState, lower: NamedLink, gone: Link): void {
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
