/** CHECK and STATUS of the uplink: what ADD did, and whether one could. */
import type { Conversation } from "../../../netlink/conversation.ts";
import type { BridgeVlanChange } from "../../../netlink/route/bridge-vlan.ts";
import { linkFlags } from "../../../netlink/route/link.ts";
import { formatRange } from "../../../netlink/route/vlan-range.ts";
import { lacksKind } from "../../kernel-features.ts";
import { isPortOf, type NamedLink } from "../../links.ts";
import { portLinksOf } from "../bridge-link.ts";
import type { BridgeConfiguration } from "../configuration.ts";
import { otherUplinkFault } from "./others.ts";
import { readUplinkFacts } from "./facts.ts";
import type { UplinkFacts } from "./plan.ts";
import { prepare } from "./provide.ts";
import { addressesToMove, belongingsOf } from "./address.ts";
import { refuseMissing, uplinkVlansOn } from "./membership.ts";
import { noSubinterfaces } from "./subinterface.ts";
import { missingVlans } from "./vlans.ts";
import { vlansOfMember } from "../vlan/gateway-found.ts";
import type { UplinkWish } from "./wish.ts";

interface Subject {
  readonly wish: UplinkWish;
  readonly configuration: BridgeConfiguration;
}

/** Differences from what ADD set up, a sentence each. */
export function uplinkDifferences(route: Conversation, { wish, configuration }: Subject): string[] {
  const { bridge } = configuration;
  const facts = readUplinkFacts(route, wish, bridge);
  const { uplink, port } = facts;
  if (uplink === undefined) return [`uplink "${wish.name}" is missing`];
  if (port === undefined) return [`sub-interface "${wish.port}" of the uplink is missing`];
  if (!isPortOf(port, facts.bridge)) return [`uplink "${port.name}" is not a port of bridge "${bridge}"`];
  const down = [...new Set([uplink, port])].filter(({ flags }) => (flags & linkFlags.up) === 0);
  return [
    ...down.map(({ name }) => `uplink "${name}" is down`),
    ...companyDifferences(route, wish, facts),
    ...vlanDifferences(route, port, uplinkVlansOn(facts.bridge, configuration, wish)),
    ...addressDifferences(route, facts),
  ];
}

/** Of an uplink that did not join through us the bridge may have whatever it had before. */
function companyDifferences(
  route: Conversation,
  wish: UplinkWish,
  { uplink, bridge, mark }: UplinkFacts,
): string[] {
  if (mark === undefined || bridge === undefined) return [];
  const fault = otherUplinkFault(wish, { uplink, bridge, ports: portLinksOf(route, bridge) });
  return fault === undefined ? [] : [`uplink "${wish.port}" is not alone: ${fault.message}`];
}

function vlanDifferences(
  route: Conversation,
  port: NamedLink,
  vlans: BridgeVlanChange | undefined,
): string[] {
  if (vlans === undefined) return [];
  const missing = missingVlans(vlans.wanted, vlansOfMember(route, port.index)).map(formatRange);
  return missing.length === 0
    ? []
    : [`uplink "${port.name}" is not in VLAN ${missing.join(", ")} as it should be`];
}

function addressDifferences(route: Conversation, { port, bridge, mark, addresses }: UplinkFacts): string[] {
  if (mark?.kind !== "uplink" || mark.moved === undefined || bridge === undefined) return [];
  const back = addresses.map(
    ({ text }) => `address ${text} is on uplink "${port?.name}" again, not on bridge "${bridge.name}"`,
  );
  const hasNone = back.length === 0 && hasNothing(route, bridge);
  return hasNone
    ? [`bridge "${bridge.name}" has none of the addresses that it took over from its uplink`]
    : back;
}

/** What moved can have been routes without an address: they need none. */
function hasNothing(route: Conversation, bridge: NamedLink): boolean {
  if (addressesToMove(route, bridge).length > 0) return false;
  return belongingsOf(route, { from: bridge, to: undefined }).routes.every(
    ({ needsAddress }) => needsAddress,
  );
}

/** @throws CniError with the reason why no ADD could use the uplink */
export function refuseUnfitUplink(route: Conversation, { wish, configuration }: Subject): void {
  const { facts, plan } = prepare({ route, wish, bridge: configuration.bridge });
  if (plan.makesSubinterface && lacksKind(route, "vlan")) throw noSubinterfaces(wish);
  const { port, bridge, mark } = facts;
  const vlans = uplinkVlansOn(bridge, configuration, wish);
  // A port of somebody else's gets no VLANs from an ADD.
  const isOthers = isPortOf(port, bridge) && mark === undefined;
  if (port !== undefined && isOthers && vlans !== undefined) refuseMissing(route, port, vlans);
}
