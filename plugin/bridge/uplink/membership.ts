/** The uplink as a member of the network's VLANs, on a bridge that keeps frames to them. */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { addBridgeVlans, vlanOptions, type BridgeVlanChange } from "../../../netlink/route/bridge-vlan.ts";
import { formatRange } from "../../../netlink/route/vlan-range.ts";
import type { NamedLink } from "../../links.ts";
import type { Bridge } from "../bridge-link.ts";
import type { BridgeConfiguration } from "../configuration.ts";
import type { UplinkFacts } from "./plan.ts";
import { missingVlans, planUplinkVlans } from "./vlans.ts";
import type { UplinkWish } from "./wish.ts";
import { provideFiltering } from "../vlan/filtering.ts";
import { vlansOfMember } from "../vlan/gateway-found.ts";
import { usesVlans } from "../vlan/keys.ts";
import type { Work } from "../work.ts";

interface MemberWork extends Work {
  readonly wish: UplinkWish;
}

/** Undefined on a bridge that does not filter, and for a network that does not ask for that. */
export function uplinkVlansOn(
  bridge: NamedLink | undefined,
  configuration: BridgeConfiguration,
  wish: UplinkWish,
): BridgeVlanChange | undefined {
  const options = bridge && vlanOptions(bridge);
  if (options === undefined || !(options.isFiltering || usesVlans(configuration))) return undefined;
  return planUplinkVlans({ ...configuration, ...wish }, options.defaultPvid);
}

/** Makes the bridge filter first, where the network has VLANs. @throws CniError 105 where the kernel cannot */
export function demandUplinkVlans(
  work: MemberWork,
  facts: UplinkFacts,
  bridge: Bridge,
): BridgeVlanChange | undefined {
  const { configuration, wish } = work;
  if (!usesVlans(configuration)) return uplinkVlansOn(facts.bridge, configuration, wish);
  const { defaultPvid } = provideFiltering(work, bridge);
  return planUplinkVlans({ ...configuration, ...wish }, defaultPvid);
}

/**
 * Gives an uplink that is a port already what this network needs besides what others have. Asked for each time without looking:
 * the kernel can only list the VLANs of all ports together. @throws CniError 104 for a port of somebody else's that lacks some
 */
export function provideUplinkVlans(work: MemberWork, facts: UplinkFacts, bridge: Bridge): void {
  const vlans = demandUplinkVlans(work, facts, bridge);
  if (vlans === undefined || vlans.wanted.length === 0 || facts.port === undefined) return;
  if (facts.mark === undefined) return refuseMissing(work.route, facts.port, vlans);
  work.route.request(addBridgeVlans(facts.port, vlans.wanted));
}

/** @throws CniError 104 for a port of somebody else's that lacks some of the VLANs */
export function refuseMissing(route: Conversation, port: NamedLink, { wanted }: BridgeVlanChange): void {
  const missing = missingVlans(wanted, vlansOfMember(route, port.index)).map(formatRange);
  if (missing.length === 0) return;
  const commands = missing.map((range) => `bridge vlan add dev ${port.name} vid ${range}`).join("; ");
  throw new CniError(
    errorCodes.bridgeConflict,
    `cannot use uplink "${port.name}": it is a port of the bridge already, without VLAN ${missing.join(", ")} as it has to be`,
    { details: `make it a member: ${commands} (for the bridge's default VLAN with "pvid untagged")` },
  );
}
