/** What the kernel can do, asked by STATUS without an ADD: nothing is made for it. Whatever keeps it from telling counts as able. */
import type { Conversation } from "../netlink/conversation.ts";
import type { Request } from "../netlink/message.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { probeKind, probeVlanFiltering } from "../netlink/route/probe-link.ts";
import { errno } from "../sys/errno.ts";

/** @param kind IFLA_INFO_KIND */
export function lacksKind(route: Conversation, kind: string): boolean {
  return refusalOf(route, probeKind(kind)) === errno.EOPNOTSUPP;
}

/** Whether bridges cannot keep frames to their VLANs. */
export function lacksVlanFiltering(route: Conversation): boolean {
  return refusalOf(route, probeVlanFiltering()) === errno.EINVAL;
}

function refusalOf(route: Conversation, request: Request): number | undefined {
  const [outcome] = route.exchange([request]);
  return outcome instanceof NetlinkError ? outcome.errno : undefined;
}
