/** What has a network's gateways on the host, looked at by CHECK and STATUS: the bridge, or its interface in the network's VLAN. */
import type { Conversation } from "../../netlink/conversation.ts";
import { vlanOptions } from "../../netlink/route/bridge-vlan.ts";
import { findLink, type NamedLink } from "../links.ts";
import { hostVlan } from "./port-vlans.ts";
import { isOwnGateway, refuseOtherGateway } from "./vlan-gateway-found.ts";
import { demandVlanOptions } from "./vlan-filtering.ts";
import { gatewayName, usesVlans, type VlanKeys } from "./vlan-keys.ts";

/** Undefined where the bridge itself is it. */
export function hostVlanOn(bridge: NamedLink, keys: Pick<VlanKeys, "vlan">): number | undefined {
  return hostVlan(keys, vlanOptions(bridge)?.defaultPvid ?? 0);
}

/** Undefined where it is missing. @throws NetlinkError */
export function findHostInterface(
  route: Conversation,
  bridge: NamedLink,
  keys: Pick<VlanKeys, "vlan">,
): NamedLink | undefined {
  const vlan = hostVlanOn(bridge, keys);
  return vlan === undefined ? bridge : findLink(route, { name: gatewayName(bridge.name, vlan) });
}

/** Changes nothing. @throws CniError 104, 105 what an ADD would throw on a bridge that exists */
export function refuseUnreadyVlans(
  route: Conversation,
  bridge: NamedLink,
  keys: VlanKeys & { readonly isGateway: boolean },
): void {
  if (!usesVlans(keys)) return;
  const { defaultPvid } = demandVlanOptions(bridge);
  const vlan = hostVlan(keys, defaultPvid);
  if (vlan === undefined || !keys.isGateway) return;
  const found = findHostInterface(route, bridge, keys);
  const place = { bridge, vlan };
  if (found !== undefined && !isOwnGateway(place, found)) refuseOtherGateway(route, place, found);
}
