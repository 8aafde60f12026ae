/** Attachments that the reference plugins made: their host ends have random names, so they are found from inside. */
import type { Request } from "../cni/request.ts";
import type { Conversation } from "../netlink/conversation.ts";
import { deleteLink } from "../netlink/route/link.ts";
import type { NetworkNamespace } from "../sys/namespace.ts";
import { looksLikeHostEnd, type Attachment } from "./attachment.ts";
import { openRouteIn } from "./kernel.ts";
import { findLink, type NamedLink } from "./links.ts";

/** What a DEL knows. */
interface Removal {
  readonly request: Request;
  readonly attachment: Attachment;
  /** The configuration masquerades: theirs was iptables for long, whatever it is now. */
  readonly ipMasq: boolean;
}

/** Removes the container's veth where it is one of theirs, and then their masquerade. @throws NetlinkError */
export async function removeForeign(
  { request, attachment, ipMasq }: Removal,
  { route, container }: { readonly route: Conversation; readonly container: NetworkNamespace },
  isOfNetwork: (hostEnd: NamedLink) => boolean,
): Promise<void> {
  using inside = openRouteIn(container);
  if (!removeForeignVeth({ route, inside }, attachment.ifname, isOfNetwork)) return;
  request.log.info("removed an attachment of the reference plugin", { ...attachment });
  if (!ipMasq) return;
  const { removeWithIptables } = await import("./iptables-egress.ts");
  await removeWithIptables(attachment);
}

/**
 * Removes the container's veth only where `isOfNetwork` knows its other end, and where that is not the host end of another
 * attachment of ours: the namespace path may have been given to another container meanwhile.
 * @returns true when it was removed. @throws NetlinkError
 */
function removeForeignVeth(
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
