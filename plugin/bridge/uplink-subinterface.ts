/** The sub-interface of an uplink that carries one VLAN's frames: `eth1.10`. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { NetlinkError } from "../../netlink/netlink-error.ts";
import { createVlanLink } from "../../netlink/route/vlan-link.ts";
import { errno } from "../../sys/errno.ts";
import { findLink, type NamedLink } from "../links.ts";
import type { UplinkWish } from "./uplink-wish.ts";

/** @throws CniError 105 for a kernel without 802.1Q, 104 where the uplink has an interface of this VLAN by another name */
export function makeSubinterface(route: Conversation, wish: UplinkWish, uplink: NamedLink): NamedLink {
  const id = wish.subinterfaceVlan ?? 0;
  const outcome = route.exchange([
    createVlanLink({ name: wish.port, lower: uplink.index, id, isUp: false }),
  ])[0];
  if (outcome instanceof NetlinkError) throw explain(outcome, wish);
  const made = findLink(route, { name: wish.port });
  if (made !== undefined) return made;
  throw new CniError(errorCodes.tryAgainLater, `sub-interface "${wish.port}" vanished`);
}

function explain(refusal: NetlinkError, wish: UplinkWish): Error {
  const cause = { cause: refusal };
  if (refusal.errno === errno.EOPNOTSUPP) {
    const details = 'load the kernel module "8021q"';
    return new CniError(
      errorCodes.kernelFeatureMissing,
      `cannot make "${wish.port}": the kernel has no 802.1Q interfaces (8021q)`,
      { details, ...cause },
    );
  }
  if (refusal.errno !== errno.EEXIST) return refusal;
  return new CniError(
    errorCodes.bridgeConflict,
    `cannot make "${wish.port}": "${wish.name}" has an interface of VLAN ${wish.subinterfaceVlan} by another name`,
    { details: `remove that one, or rename it to "${wish.port}": then it is used`, ...cause },
  );
}
