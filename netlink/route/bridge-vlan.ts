/**
 * VLANs of bridges and of their ports: AF_BRIDGE messages with IFLA_AF_SPEC, and a bridge's settings for them;
 * linux/if_bridge.h. A kernel without CONFIG_BRIDGE_VLAN_FILTERING takes the setting and does nothing, see {@link vlanOptions}.
 */
import { concat, encodeAttributes, rawAttributes } from "../attributes.ts";
import { DecodeError } from "../decode-error.ts";
import { getU16, setU16 } from "../integers.ts";
import type { Message, Request } from "../message.ts";
import { u16, type Payload } from "../payload.ts";
import { addressFamilies, buildRequest, routeMessageTypes, splitMessage } from "./headers.ts";
import {
  bridgeAttributes,
  bridgeSettings,
  ifinfo,
  ifinfoBytes,
  linkAttributes,
  type KnownLink,
  type Link,
} from "./link.ts";
import { formatRange, type VlanRange } from "./vlan-range.ts";

/** VLANs that a port has in one way. Without either flag its frames are tagged both ways. */
export interface BridgeVlan extends VlanRange {
  /** Untagged frames that come in are of this VLAN. Of a port's VLANs one at most, and never of a range of several. */
  readonly isPvid: boolean;
  /** Its frames go out without a tag. */
  readonly isUntagged: boolean;
}

/** Whose VLANs: a port's, or with `self` those of the bridge's own interface, by which the host takes part. */
export interface BridgeMember extends KnownLink {
  readonly self?: boolean;
}

/** BRIDGE_VLAN_INFO_* */
const infoFlags = { pvid: 0x2, untagged: 0x4, rangeBegin: 0x8, rangeEnd: 0x10 } as const;

interface VlanInfo {
  readonly flags: number;
  readonly id: number;
}

/** struct bridge_vlan_info */
const vlanInfo: Payload<VlanInfo> = {
  name: "VLAN",
  encode({ flags, id }) {
    const bytes = new Uint8Array(4);
    setU16(bytes, 0, flags);
    setU16(bytes, 2, id);
    return bytes;
  },
  decode(bytes) {
    if (bytes.length !== 4) throw new DecodeError(`expected 4 bytes, got ${bytes.length}`);
    return { flags: getU16(bytes, 0), id: getU16(bytes, 2) };
  },
};

/** IFLA_BRIDGE_*, what IFLA_AF_SPEC holds in messages of this family; the VLANs' attribute repeats. */
const specAttributes = { flags: [0, u16], vlan: [2, vlanInfo] } as const;
/** BRIDGE_FLAGS_SELF: for the link itself, not for the bridge that it is a port of. */
const selfFlag = 2;

function infosOf({ first, last, isPvid, isUntagged }: BridgeVlan): VlanInfo[] {
  const flags = (isPvid ? infoFlags.pvid : 0) | (isUntagged ? infoFlags.untagged : 0);
  if (first === last) return [{ flags, id: first }];
  return [
    { flags: flags | infoFlags.rangeBegin, id: first },
    { flags: flags | infoFlags.rangeEnd, id: last },
  ];
}

function memberRequest(
  member: BridgeMember,
  change: { readonly purpose: string; readonly type: number; readonly vlans: readonly BridgeVlan[] },
): Request {
  const flags = member.self === true ? selfFlag : undefined;
  const afSpec = concat([
    encodeAttributes(specAttributes, { flags }),
    ...change.vlans.flatMap(infosOf).map((vlan) => encodeAttributes(specAttributes, { vlan })),
  ]);
  return buildRequest({
    purpose: `${change.purpose} "${member.name}"${member.self === true ? " itself" : ""}`,
    type: change.type,
    header: ifinfo({ family: addressFamilies.bridge, index: member.index }),
    table: linkAttributes,
    attributes: { afSpec },
  });
}

function listed(ranges: readonly VlanRange[]): string {
  return `VLAN ${ranges.map(formatRange).join(", ")}`;
}

/** Gives a member VLANs; one that it has already gets the flags as they are here. */
export function addBridgeVlans(member: BridgeMember, vlans: readonly BridgeVlan[]): Request {
  const purpose = `add ${listed(vlans)} to`;
  return memberRequest(member, { purpose, type: routeMessageTypes.setLink, vlans });
}

/** Takes VLANs from a member; the kernel says nothing of those that it has not. */
export function removeBridgeVlans(member: BridgeMember, ranges: readonly VlanRange[]): Request {
  const vlans = ranges.map(({ first, last }) => ({ first, last, isPvid: false, isUntagged: false }));
  const purpose = `remove ${listed(ranges)} from`;
  return memberRequest(member, { purpose, type: routeMessageTypes.deleteLink, vlans });
}

/** What makes a new member what it has to be. */
export interface BridgeVlanChange {
  /** In ascending order. */
  readonly wanted: readonly BridgeVlan[];
  /** What it has as a new one, and must not have. */
  readonly unwanted: readonly VlanRange[];
}

/** The requests for it: two, one or none. */
export function changeBridgeVlans(member: BridgeMember, { wanted, unwanted }: BridgeVlanChange): Request[] {
  return [
    ...(wanted.length === 0 ? [] : [addBridgeVlans(member, wanted)]),
    ...(unwanted.length === 0 ? [] : [removeBridgeVlans(member, unwanted)]),
  ];
}

/** RTEXT_FILTER_BRVLAN_COMPRESSED: neighbouring VLANs that are alike as one range. */
const compressedVlans = 4;

/** The VLANs of all bridges and ports of the namespace; the kernel has no filter for them. */
export function listBridgeVlans(): Request {
  return buildRequest({
    purpose: "list the VLANs of bridges",
    type: routeMessageTypes.getLink,
    header: ifinfo({ family: addressFamilies.bridge }),
    table: linkAttributes,
    attributes: { extensions: compressedVlans },
  });
}

/** A port or a bridge with its VLANs in ascending order. */
export interface MemberVlans {
  readonly index: number;
  readonly vlans: readonly BridgeVlan[];
}

/** @throws DecodeError */
export function decodeBridgeVlans(message: Message): MemberVlans {
  const { header, attributes } = splitMessage(message, ifinfoBytes, linkAttributes);
  const spec = attributes.afSpec === undefined ? [] : rawAttributes(attributes.afSpec);
  const infos = spec
    .filter(({ type }) => type === specAttributes.vlan[0])
    .map(({ bytes }) => vlanInfo.decode(bytes));
  return { index: header.getInt32(4, true), vlans: rangesOf(infos) };
}

/**
 * The members of a list with their VLANs, by index. A network card that can switch by itself adds an answer of its own to the
 * bridge's, which has no VLANs (rtnl_bridge_getlink). @throws DecodeError
 */
export function vlansByIndex(messages: readonly Message[]): ReadonlyMap<number, readonly BridgeVlan[]> {
  const byIndex = new Map<number, readonly BridgeVlan[]>();
  for (const { index, vlans } of messages.map(decodeBridgeVlans))
    byIndex.set(index, [...(byIndex.get(index) ?? []), ...vlans]);
  return byIndex;
}

function rangesOf(infos: readonly VlanInfo[]): BridgeVlan[] {
  const vlans: BridgeVlan[] = [];
  let begin: number | undefined;
  for (const { flags, id } of infos) {
    if ((flags & infoFlags.rangeBegin) !== 0) {
      begin = id;
      continue;
    }
    const isEnd = (flags & infoFlags.rangeEnd) !== 0;
    if (isEnd !== (begin !== undefined)) throw new DecodeError(`VLAN ${id}: a range with one end`);
    const has = (flag: number) => (flags & flag) !== 0;
    const [isPvid, isUntagged] = [has(infoFlags.pvid), has(infoFlags.untagged)];
    vlans.push({ first: begin ?? id, last: id, isPvid, isUntagged });
    begin = undefined;
  }
  if (begin !== undefined) throw new DecodeError(`VLAN ${begin}: a range with one end`);
  return vlans;
}

/** A bridge's settings for VLANs. */
export interface VlanOptions {
  /** Frames keep to their VLANs. Otherwise the VLANs of ports are kept, but mean nothing. */
  readonly isFiltering: boolean;
  /** The VLAN that new ports get, untagged; 0 for none. */
  readonly defaultPvid: number;
}

/** Undefined where the kernel cannot filter VLANs, and for links that are no bridges. @throws DecodeError */
export function vlanOptions(bridge: Link): VlanOptions | undefined {
  const { vlanFiltering, vlanDefaultPvid } = bridgeSettings(bridge);
  if (vlanDefaultPvid === undefined) return undefined;
  return { isFiltering: vlanFiltering === 1, defaultPvid: vlanDefaultPvid };
}

/** Whether a bridge keeps frames to their VLANs; all ports that it has keep theirs, the default one if nobody changed it. */
export function setVlanFiltering(
  bridge: KnownLink,
  { isFiltering }: Pick<VlanOptions, "isFiltering">,
): Request {
  const data = encodeAttributes(bridgeAttributes, { vlanFiltering: isFiltering ? 1 : 0 });
  return buildRequest({
    purpose: `switch VLAN filtering of "${bridge.name}" ${isFiltering ? "on" : "off"}`,
    type: routeMessageTypes.newLink,
    header: ifinfo({ index: bridge.index }),
    table: linkAttributes,
    attributes: { linkInfo: { kind: "bridge", data } },
  });
}
