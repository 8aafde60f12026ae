/** Which links inside a container are an attachment's. Name and alias are in the container's hands: each of them alone is enough. */
import { readOwnerLabel } from "../firewall/owner.ts";
import { sameMac } from "../inet/mac.ts";
import type { Link } from "../netlink/route/link.ts";
import { macAddresses, temporaryName, type Attachment } from "./attachment.ts";

export interface LinkOwner {
  /** IFLA_INFO_KIND */
  readonly kind: string;
  readonly attachment: Attachment;
  readonly ownerLabel: string;
}

/**
 * True for what has its alias, or its name or derived MAC address and no other owner's alias: the namespace path may have been
 * given to another container meanwhile.
 */
export function belongsTo(link: Link, { kind, attachment, ownerLabel }: LinkOwner): boolean {
  if (link.linkInfo?.kind !== kind) return false;
  const alias = link.alias ?? "";
  if (alias === ownerLabel) return true;
  // No alias: the reference plugin's. One that says nothing of an owner: somebody in the container's.
  if (readOwnerLabel(alias) !== undefined) return false;
  const hasName = link.name === attachment.ifname || link.name === temporaryName(attachment);
  return hasName || sameMac(link.address ?? new Uint8Array(), macAddresses(attachment).container);
}
