/** Attachments that the reference plugins made: their host ends have random names, so they are found from inside. */
import type { Conversation } from "../netlink/conversation.ts";
import { deleteLink } from "../netlink/route/link.ts";
import { looksLikeHostEnd } from "./attachment.ts";
import { findLink, type NamedLink } from "./links.ts";

/**
 * Removes the container's veth only where `isOfNetwork` knows its other end, and where that is not the host end of another
 * attachment of ours: the namespace path may have been given to another container meanwhile.
 * @returns true when it was removed. @throws NetlinkError
 */
export function removeForeignVeth(
  { route, inside }: { readonly route: Conversation; readonly inside: Conversation },
  ifname: string,
  isOfNetwork: (hostEnd: NamedLink) => boolean,
): boolean {
  const end = findLink(inside, { name: ifname });
  if (end?.linkInfo?.kind !== "veth" || end.link === undefined) return false;
  const hostEnd = findLink(route, { index: end.link });
  if (hostEnd === undefined || hostEnd.link !== end.index || hostEnd.linkInfo?.kind !== "veth") return false;
  if (looksLikeHostEnd(hostEnd.name) || !isOfNetwork(hostEnd)) return false;
  route.request(deleteLink({ index: hostEnd.index }));
  return true;
}
