/** CHECK of a network with VLANs: the bridge filters, the port has the network's VLANs and no other, the gateway is in its VLAN. */
import type { Conversation } from "../../../netlink/conversation.ts";
import { vlanOptions } from "../../../netlink/route/bridge-vlan.ts";
import { linkFlags } from "../../../netlink/route/link.ts";
import type { NamedLink } from "../../links.ts";
import { findHostInterface, hostVlanOn } from "../host-interface.ts";
import { formatVlans, planPortVlans } from "./port-vlans.ts";
import { gatewayFault, vlansOfMember } from "./gateway-found.ts";
import { gatewayName, usesVlans, type VlanKeys } from "./keys.ts";

type Differs = (difference: string) => void;

/** @param found the bridge and the container's port */
export function inspectPortVlans(
  route: Conversation,
  keys: VlanKeys,
  { bridge, port, differs }: { bridge: NamedLink; port: NamedLink; differs: Differs },
): void {
  if (!usesVlans(keys)) return;
  const options = vlanOptions(bridge);
  if (options === undefined) return differs("the kernel has no VLAN filtering of bridges");
  if (!options.isFiltering) differs(`bridge "${bridge.name}" does not filter VLANs`);
  const wanted = formatVlans(planPortVlans(keys, options.defaultPvid).wanted);
  const present = formatVlans(vlansOfMember(route, port.index));
  if (present !== wanted) differs(`VLANs of "${port.name}" are ${present}, expected ${wanted}`);
}

/** @returns what has the gateways' addresses; undefined where it is missing */
export function inspectHostInterface(
  route: Conversation,
  keys: VlanKeys,
  { bridge, differs }: { bridge: NamedLink; differs: Differs },
): NamedLink | undefined {
  const vlan = hostVlanOn(bridge, keys);
  if (vlan === undefined) return bridge;
  const found = findHostInterface(route, bridge, keys);
  if (found === undefined) {
    differs(`interface "${gatewayName(bridge.name, vlan)}", the gateway of VLAN ${vlan}, is missing`);
    return undefined;
  }
  const fault = gatewayFault(route, { bridge, vlan }, found);
  if (fault !== undefined) differs(`"${found.name}" is not the gateway of VLAN ${vlan}: ${fault.found}`);
  if ((found.flags & linkFlags.up) === 0) differs(`interface "${found.name}" is down`);
  return found;
}
