/** The host's end: the gateway of one container, with a route to each of its addresses. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { formatAddress, type Address } from "../../inet/address.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { NetlinkError } from "../../netlink/netlink-error.ts";
import { addAddress } from "../../netlink/route/address.ts";
import { addRoute } from "../../netlink/route/route.ts";
import { errno } from "../../sys/errno.ts";
import type { AddressPlan } from "../address-plan.ts";
import type { EthernetLink } from "../links.ts";
import { tryToSetSysctl } from "../sysctl.ts";
import { alone } from "./plan.ts";

/**
 * To be called before the container's end comes up. It must not tell the host what its routes are; and as long as the host's link-local
 * address is tentative, the host does not ask for the container's MAC address (ndisc_send_ns()), so nothing is forwarded to it.
 */
export function prepareHostEnd(end: EthernetLink): void {
  for (const setting of ["accept_ra", "accept_dad"]) tryToSetSysctl("0", "ipv6", "conf", end.name, setting);
}

/** All of it goes with the link. @throws CniError, NetlinkError */
export function configureHostEnd(route: Conversation, end: EthernetLink, plan: AddressPlan): void {
  const placement = { index: end.index, interfaceName: end.name, duplicateDetection: false };
  route.requestAll(plan.gateways.map((prefix) => addAddress({ ...placement, prefix })));
  for (const { address } of plan.ips) routeTo(route, end, address.address);
}

function routeTo(route: Conversation, end: EthernetLink, address: Address): void {
  const wanted = { destination: alone(address), interfaceIndex: end.index };
  const outcome = route.exchange([addRoute(wanted, { isOnlyOne: true })])[0];
  if (!(outcome instanceof NetlinkError)) return;
  if (outcome.errno !== errno.EEXIST) throw outcome;
  const text = formatAddress(address);
  throw new CniError(
    errorCodes.addressUnavailable,
    `cannot route ${text} to the container: the host has a route to that address already`,
    { details: `see "ip route show ${text}": two networks may give the same addresses`, cause: outcome },
  );
}
