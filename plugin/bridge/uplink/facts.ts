/** What there is of an uplink and its bridge, read from the kernel. Decides nothing. */
import type { Conversation } from "../../../netlink/conversation.ts";
import { errno, failedWith } from "../../../sys/errno.ts";
import { status } from "../../../sys/libc.ts";
import { findLink, isPortOf, type NamedLink } from "../../links.ts";
import { portLinksOf } from "../bridge-link.ts";
import { addressesToMove, belongingsOf } from "./address.ts";
import { readMark, type SubinterfaceMark, type UplinkMark } from "../switch-marks.ts";
import type { UplinkFacts } from "./plan.ts";
import type { UplinkWish } from "./wish.ts";

/** True where cfg80211 knows the interface: a station sends frames of its own address only. */
function isWireless(name: string): boolean {
  try {
    status(`/sys/class/net/${name}/phy80211`);
    return true;
  } catch (error) {
    if (failedWith(error, errno.ENOENT, errno.ENOTDIR, errno.EACCES)) return false;
    throw error;
  }
}

export function readUplinkFacts(route: Conversation, wish: UplinkWish, bridgeName: string): UplinkFacts {
  const uplink = findLink(route, { name: wish.name });
  const port = wish.port === wish.name ? uplink : findLink(route, { name: wish.port });
  const bridge = findLink(route, { name: bridgeName });
  const isPort = isPortOf(port, bridge);
  const readsAddresses = port !== undefined && (!isPort || wish.movesAddresses);
  const addresses = readsAddresses ? addressesToMove(route, port) : [];
  const readsRoutes = readsAddresses && !isPort && wish.movesAddresses && addresses.length === 0;
  return {
    uplink,
    port,
    bridge,
    mark: uplinkMark(port),
    addresses,
    hasRoutes: readsRoutes && hasRoutes(route, port, bridge),
    otherMaster: isPort || !port?.master ? undefined : findLink(route, { index: port.master }),
    ports: isPort || bridge === undefined ? [] : portLinksOf(route, bridge),
    // A port has proved that it can be one.
    isWireless: !isPort && isWireless(wish.name),
  };
}

function hasRoutes(route: Conversation, port: NamedLink, bridge: NamedLink | undefined): boolean {
  const { routes, immovable } = belongingsOf(route, { from: port, to: bridge });
  return routes.length + immovable.length > 0;
}

function uplinkMark(port: NamedLink | undefined): UplinkMark | SubinterfaceMark | undefined {
  const mark = readMark(port?.alias);
  return mark?.kind === "gateway" ? undefined : mark;
}
