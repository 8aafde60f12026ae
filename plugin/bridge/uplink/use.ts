/** Whether somebody relies on an interface of the host that was down before it became an uplink: then it stays up. */
import type { Conversation } from "../../../netlink/conversation.ts";
import type { Link } from "../../../netlink/route/link.ts";
import { errno, failedWith } from "../../../sys/errno.ts";
import { readText } from "../../../sys/folder.ts";
import type { NamedLink } from "../../links.ts";
import { sharesMulticast } from "../shared-multicast.ts";
import { addressesToMove } from "./address.ts";

export interface Station {
  /** All links of the namespace, without those that are gone by now. */
  readonly links: readonly Link[];
  readonly link: NamedLink;
  /** Index of the bridge that it is given back by; undefined for one that is no port of ours. */
  readonly bridge: number | undefined;
}

/** True also where nobody can tell. @throws NetlinkError */
export function isInUse(route: Conversation, { links, link, bridge }: Station): boolean {
  const isOthersPort = Boolean(link.master) && link.master !== bridge;
  const hasUpper = links.some((each) => isAbove(each, link));
  return (
    isOthersPort ||
    hasUpper ||
    addressesToMove(route, link).length > 0 ||
    sharesMulticast(readMemberships(), link.index)
  );
}

/** The link of a veth is its other end, on which it does not lie. */
function isAbove({ link: below, linkNamespaceId, linkInfo }: Link, link: Link): boolean {
  return below === link.index && linkNamespaceId === undefined && linkInfo?.kind !== "veth";
}

const longestListBytes = 1 << 22;

function readMemberships(): string | undefined {
  try {
    return readText("/proc/net/dev_mcast", longestListBytes);
  } catch (error) {
    if (failedWith(error, errno.ENOENT, errno.EACCES)) return undefined;
    throw error;
  }
}
