/** The sub-interface of an uplink that carries one VLAN's frames: `eth1.10`. */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { NetlinkError } from "../../../netlink/netlink-error.ts";
import { deleteLink } from "../../../netlink/route/link.ts";
import { createVlanLink, vlanIdOf } from "../../../netlink/route/vlan-link.ts";
import type { Undo } from "../../../sdk/undo.ts";
import { errno } from "../../../sys/errno.ts";
import { findLink, type NamedLink } from "../../links.ts";
import type { UplinkWish } from "./wish.ts";

/** @throws CniError 105 for a kernel without 802.1Q, 104 where the uplink has an interface of this VLAN by another name */
export function makeSubinterface(
  { route, wish, undo }: { readonly route: Conversation; readonly wish: UplinkWish; readonly undo: Undo },
  uplink: NamedLink,
): NamedLink {
  const id = wish.subinterfaceVlan ?? 0;
  // Until it carries its mark; before it is made, because the kernel's answer may get lost.
  undo("remove the sub-interface", () => removeUnmarked(route, { wish, lower: uplink.index }));
  const outcome = route.exchange([
    createVlanLink({ name: wish.port, lower: uplink.index, id, isUp: false }),
  ])[0];
  if (outcome instanceof NetlinkError) throw explain(outcome, wish);
  const made = findLink(route, { name: wish.port });
  if (made !== undefined) return made;
  throw new CniError(errorCodes.tryAgainLater, `sub-interface "${wish.port}" vanished`);
}

function removeUnmarked(route: Conversation, { wish, lower }: { wish: UplinkWish; lower: number }): void {
  const link = findLink(route, { name: wish.port });
  const isOurs = link?.link === lower && vlanIdOf(link) === wish.subinterfaceVlan;
  if (link === undefined || !isOurs || link.alias || link.master) return;
  route.request(deleteLink({ index: link.index }));
}

function explain(refusal: NetlinkError, wish: UplinkWish): Error {
  if (refusal.errno === errno.EOPNOTSUPP) return noSubinterfaces(wish, refusal);
  if (refusal.errno !== errno.EEXIST) return refusal;
  return new CniError(
    errorCodes.bridgeConflict,
    `cannot make "${wish.port}": "${wish.name}" has an interface of VLAN ${wish.subinterfaceVlan} by another name`,
    { details: `remove that one, or rename it to "${wish.port}": then it is used`, cause: refusal },
  );
}

export function noSubinterfaces({ port }: UplinkWish, cause?: NetlinkError): CniError {
  return new CniError(
    errorCodes.kernelFeatureMissing,
    `cannot make "${port}": the kernel has no 802.1Q interfaces (8021q)`,
    { details: 'load the kernel module "8021q"', cause },
  );
}
