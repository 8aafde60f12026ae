/** STATUS of a network with VLANs: what would keep an ADD from using them. */
import type { Conversation } from "../../../netlink/conversation.ts";
import { lacksKind, lacksVlanFiltering } from "../../kernel-features.ts";
import { findLink, type NamedLink } from "../../links.ts";
import { portsOf } from "../bridge-link.ts";
import type { BridgeConfiguration } from "../configuration.ts";
import { hostVlan } from "./port-vlans.ts";
import { demandVlanOptions, noVlanFiltering, refuseToCutOff } from "./filtering.ts";
import { noGatewayInterfaces } from "./gateway.ts";
import { isOwnGateway, refuseOtherGateway } from "./gateway-found.ts";
import { gatewayName, usesVlans } from "./keys.ts";

/** What the kernel gives to a bridge that it makes. */
const defaultPvidOfNew = 1;

/** Changes nothing. @throws CniError 104, 105 what an ADD would throw */
export function refuseUnreadyVlans(route: Conversation, configuration: BridgeConfiguration): void {
  if (!usesVlans(configuration)) return;
  const bridge = findLink(route, { name: configuration.bridge });
  const vlan = hostVlan(configuration, defaultPvidOf(route, bridge));
  const { isGateway, ipam } = configuration;
  if (vlan === undefined || !isGateway || ipam.type === "") return;
  const found = findLink(route, { name: gatewayName(configuration.bridge, vlan) });
  if (found === undefined) {
    if (lacksKind(route, "vlan")) throw noGatewayInterfaces();
    return;
  }
  const place = { bridge: bridge ?? { name: configuration.bridge, index: 0 }, vlan };
  if (!isOwnGateway(place, found)) refuseOtherGateway(route, place, found);
}

/** @throws CniError where the bridge, or one that an ADD would make, cannot filter */
function defaultPvidOf(route: Conversation, bridge: NamedLink | undefined): number {
  if (bridge === undefined) {
    if (lacksVlanFiltering(route)) throw noVlanFiltering();
    return defaultPvidOfNew;
  }
  const options = demandVlanOptions(bridge);
  if (!options.isFiltering && portsOf(route, bridge).length > 0) refuseToCutOff(route, bridge, options);
  return options.defaultPvid;
}
