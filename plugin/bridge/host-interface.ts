/** What has a network's gateways on the host, looked at by CHECK and STATUS: the bridge, or its interface in the network's VLAN. */
import type { Conversation } from "../../netlink/conversation.ts";
import { vlanOptions } from "../../netlink/route/bridge-vlan.ts";
import { findLink, type NamedLink } from "../links.ts";
import { hostVlan } from "./vlan/port-vlans.ts";
import { gatewayName, type VlanKeys } from "./vlan/keys.ts";

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
