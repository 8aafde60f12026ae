/** The MAC address of a bridge: one that nobody gave it is the lowest of its ports', and changes as they come and go. */
import { isUnicast, locallyAdministered } from "../../inet/mac.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { changeLink } from "../../netlink/route/link.ts";
import { SyscallError } from "../../sys/errno.ts";
import { readText } from "../../sys/folder.ts";
import { randomBytes } from "../../sys/libc.ts";
import type { EthernetLink } from "../links.ts";

/** A MAC address for a new bridge. It stays: ports that come and go do not change one that was set. */
export function randomMac(): Uint8Array {
  return locallyAdministered(randomBytes(6));
}

/** NET_ADDR_SET, linux/netdevice.h: somebody gave it, and ports that come and go do not change it. */
const givenType = "3";

/** Netlink does not tell. True also where sysfs does not. */
export function hasGivenMac(name: string): boolean {
  try {
    return readText(`/sys/class/net/${name}/addr_assign_type`, 16).trim() === givenType;
  } catch (error) {
    if (error instanceof SyscallError) return true;
    throw error;
  }
}

/** Gives the bridge the MAC address that it has: so it stays. Whoever remembers neighbours by the bridge forgets them. */
export function pinMac(route: Conversation, bridge: EthernetLink): void {
  route.request(changeLink(bridge, { mac: bridge.mac }));
}

/**
 * To be called before a port joins a bridge that somebody else made. The kernel has no way back from there, and needs none: the
 * address is the same. A bridge that lost its last port has none to keep.
 */
export function keepMac(route: Conversation, bridge: EthernetLink): void {
  if (isUnicast(bridge.mac) && !hasGivenMac(bridge.name)) pinMac(route, bridge);
}
