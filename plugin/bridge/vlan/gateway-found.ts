/** Whether what is called like a VLAN's gateway is one: ours, another's of the same kind, or the reference plugin's veth. */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { listBridgeVlans, vlansByIndex, type BridgeVlan } from "../../../netlink/route/bridge-vlan.ts";
import type { KnownLink } from "../../../netlink/route/link.ts";
import { vlanIdOf } from "../../../netlink/route/vlan-link.ts";
import { includesVlan } from "../../../netlink/route/vlan-range.ts";
import { findLink, type NamedLink } from "../../links.ts";
import { readMark } from "../switch-marks.ts";

/** A VLAN on a bridge. */
export interface VlanPlace {
  readonly bridge: KnownLink;
  readonly vlan: number;
}

/** The VLANs of a port, or of the bridge itself. @throws NetlinkError */
export function vlansOfMember(route: Conversation, index: number): readonly BridgeVlan[] {
  return vlansByIndex(route.dump(listBridgeVlans())).get(index) ?? [];
}

/** @throws CniError 104 for a link that cannot be the VLAN's gateway */
export function refuseOtherGateway(route: Conversation, place: VlanPlace, found: NamedLink): void {
  const fault = gatewayFault(route, place, found);
  if (fault === undefined) return;
  throw new CniError(
    errorCodes.bridgeConflict,
    `"${found.name}" is not the gateway of VLAN ${place.vlan} on bridge "${place.bridge.name}": ${fault.found}`,
    { details: fault.mend },
  );
}

interface Fault {
  readonly found: string;
  readonly mend: string;
}

/** What was made by us, and so may be mended where somebody changed it; a mark alone is text that anybody can write. */
export function isOwnGateway(place: VlanPlace, found: NamedLink): boolean {
  return readMark(found.alias)?.kind === "gateway" && isVlanOfBridge(place, found);
}

function isVlanOfBridge({ bridge, vlan }: VlanPlace, found: NamedLink): boolean {
  return vlanIdOf(found) === vlan && found.link === bridge.index && found.linkNamespaceId === undefined;
}

/** It would be refused for what an ADD beside this one, which made it a moment ago, is about to do: mark it, and join the VLAN. */
export function mayGetItsMark(route: Conversation, place: VlanPlace, found: NamedLink): boolean {
  return !found.alias && isVlanOfBridge(place, found) && gatewayFault(route, place, found) !== undefined;
}

/** Undefined when frames of the VLAN come to it. */
export function gatewayFault(route: Conversation, place: VlanPlace, found: NamedLink): Fault | undefined {
  const kind = found.linkInfo?.kind ?? "a link of another kind";
  const isHere = found.linkNamespaceId === undefined && found.link !== undefined;
  if (kind === "veth" && isHere) return vethFault(route, place, found);
  if (kind !== "vlan") return { found: `it is ${kind}`, mend: chooseAnother };
  const { bridge, vlan } = place;
  if (!isHere || found.link !== bridge.index)
    return { found: "it is a VLAN interface of another link", mend: chooseAnother };
  const id = vlanIdOf(found);
  if (id !== vlan) return { found: `it is of VLAN ${id ?? "tags of another kind"}`, mend: chooseAnother };
  return memberFault(route, place);
}

const chooseAnother = 'rename or remove it, or choose another "bridge" or "vlan"';

function memberFault(route: Conversation, { bridge, vlan }: VlanPlace): Fault | undefined {
  const own = vlansOfMember(route, bridge.index).find((range) => includesVlan(range, vlan));
  if (own !== undefined && !own.isUntagged) return undefined;
  return {
    found: own === undefined ? "the bridge itself is not a member" : "the bridge itself has it untagged",
    mend: `"bridge vlan add dev ${bridge.name} vid ${vlan} self" makes the bridge a tagged member`,
  };
}

/** The reference plugin's gateway is one end of a veth pair, the other one a port of the VLAN. */
function vethFault(route: Conversation, { bridge, vlan }: VlanPlace, found: NamedLink): Fault | undefined {
  const port = findLink(route, { index: found.link ?? 0 });
  const vlans = port?.master === bridge.index ? vlansOfMember(route, port.index) : [];
  if (vlans.some((range) => range.isPvid && includesVlan(range, vlan))) return undefined;
  return { found: "it is a veth whose other end is not an untagged port of the VLAN", mend: chooseAnother };
}
