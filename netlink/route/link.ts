/** Links: RTM_*LINK, struct ifinfomsg, IFLA_* of linux/if_link.h. Making them is in `new-link.ts`. */
import { decodeAttributes, encodeAttributes, nested, type Decoded } from "../attributes.ts";
import { setU32 } from "../integers.ts";
import type { Message, Request } from "../message.ts";
import { binary, cString, s32, u16, u32, u8, type Payload } from "../payload.ts";
import { addressFamilies, buildRequest, routeMessageTypes, splitMessage } from "./headers.ts";

/** IFF_*, linux/if.h */
export const linkFlags = {
  up: 0x1,
  loopback: 0x8,
  running: 0x40,
  promiscuous: 0x100,
  lowerUp: 0x10000,
} as const;

/** IF_OPER_*, linux/if.h; RFC 2863 operational states. */
export const operationalStates = {
  unknown: 0,
  notPresent: 1,
  down: 2,
  lowerLayerDown: 3,
  testing: 4,
  dormant: 5,
  up: 6,
} as const;

export const ifinfoBytes = 16;

/** struct ifinfomsg */
export function ifinfo(header: {
  family?: number;
  index?: number;
  flags?: number;
  change?: number;
}): Uint8Array {
  const bytes = new Uint8Array(ifinfoBytes);
  bytes[0] = header.family ?? addressFamilies.unspecified;
  setU32(bytes, 4, header.index ?? 0);
  setU32(bytes, 8, header.flags ?? 0);
  setU32(bytes, 12, header.change ?? 0);
  return bytes;
}

/** IFLA_BRPORT_*: a bridge port's settings. */
export const bridgePortAttributes = {
  state: [1, u8],
  hairpin: [4, u8],
  isolated: [33, u8],
} as const;

/** IFLA_PROTINFO of an AF_BRIDGE message. */
const bridgeFamilyAttributes = { portInfo: [12, nested(bridgePortAttributes)] } as const;

/** IFLA_BR_*: a bridge's settings. */
export const bridgeAttributes = {
  stpState: [5, u32],
  vlanFiltering: [7, u8],
  /** Only there where the kernel can filter VLANs; 0 where new ports get none. */
  vlanDefaultPvid: [39, u16],
} as const;

/**
 * IFLA_INFO_DATA has another table for each IFLA_INFO_KIND, so it stays bytes here: {@link encodeAttributes} and
 * {@link decodeAttributes} with the kind's table make and read them.
 */
const nestedBytes: Payload<Uint8Array> & { readonly nested: true; readonly table: undefined } = {
  ...binary,
  nested: true,
  table: undefined,
};

/** IFLA_INFO_* */
export const linkInfoAttributes = {
  kind: [1, cString],
  data: [2, nestedBytes],
  slaveKind: [4, cString],
  slaveData: [5, nestedBytes],
} as const;

/** IPV4_DEVCONF_*, linux/ip.h: numbers of the per-interface settings that go inside IFLA_INET_CONF. */
const inetConfAttributes = { arpNotify: [22, u32] } as const;
const inetAttributes = { conf: [1, nested(inetConfAttributes)] } as const;
/** IFLA_AF_SPEC of a real link: one nest per address family, numbered by AF_*. */
const afSpecAttributes = { inet: [addressFamilies.inet, nested(inetAttributes)] } as const;

/** IFLA_* */
export const linkAttributes = {
  address: [1, binary],
  name: [3, cString],
  mtu: [4, u32],
  /** Index of the other end of a veth, of the lower device of a VLAN. */
  link: [5, u32],
  master: [10, u32],
  operationalState: [16, u8],
  linkInfo: [18, nested(linkInfoAttributes)],
  afSpec: [26, nestedBytes],
  namespaceDescriptor: [28, u32],
  /** RTEXT_FILTER_*: what a list shall tell besides. */
  extensions: [29, u32],
  alias: [20, cString],
  promiscuity: [30, u32],
  transmitQueues: [31, u32],
  receiveQueues: [32, u32],
  /** Id of the namespace that `link` is in, -1 for one that has none here. */
  linkNamespaceId: [37, s32],
  /** Asks about links of the namespace that has this number here. Since Linux 4.15. */
  targetNamespaceId: [46, s32],
} as const;

export type LinkAttributes = Decoded<typeof linkAttributes>;

/** A link as the kernel describes it. */
export interface Link extends LinkAttributes {
  readonly index: number;
  readonly flags: number;
}

/** A link that is known: the kernel takes its index, messages for people its name. */
export interface KnownLink {
  readonly index: number;
  readonly name: string;
}

/** @throws DecodeError */
export function decodeLink(message: Message): Link {
  const { header, attributes } = splitMessage(message, ifinfoBytes, linkAttributes);
  return { ...attributes, index: header.getInt32(4, true), flags: header.getUint32(8, true) };
}

/** A bridge's own settings; nothing for a link of another kind, whose numbers mean other things. */
export function bridgeSettings(link: Link): Decoded<typeof bridgeAttributes> {
  const { kind, data } = link.linkInfo ?? {};
  return kind !== "bridge" || data === undefined ? {} : decodeAttributes(bridgeAttributes, data);
}

/** A link's settings as a bridge port; nothing where it is no port, or one of something else (a bond). */
export function bridgePortSettings(link: Link): Decoded<typeof bridgePortAttributes> {
  const { slaveKind, slaveData } = link.linkInfo ?? {};
  return slaveKind !== "bridge" || slaveData === undefined
    ? {}
    : decodeAttributes(bridgePortAttributes, slaveData);
}

export function getLink(by: { name: string } | { index: number }): Request {
  const subject = "name" in by ? `"${by.name}"` : `with index ${by.index}`;
  return buildRequest({
    purpose: `read link ${subject}`,
    type: routeMessageTypes.getLink,
    header: ifinfo("index" in by ? { index: by.index } : {}),
    table: linkAttributes,
    attributes: "name" in by ? { name: by.name } : {},
  });
}

/** @param filter `namespaceId`: the number of another namespace, see namespace-id.ts */
export function listLinks(
  filter: { readonly master?: number; readonly namespaceId?: number | undefined } = {},
): Request {
  return buildRequest({
    purpose: filter.master === undefined ? "list links" : `list the ports of link ${filter.master}`,
    type: routeMessageTypes.getLink,
    header: ifinfo({}),
    table: linkAttributes,
    attributes: { master: filter.master, targetNamespaceId: filter.namespaceId },
  });
}

export function deleteLink(by: { name: string } | { index: number }): Request {
  return buildRequest({
    purpose: `delete link ${"name" in by ? `"${by.name}"` : by.index}`,
    type: routeMessageTypes.deleteLink,
    header: ifinfo("index" in by ? { index: by.index } : {}),
    table: linkAttributes,
    attributes: "name" in by ? { name: by.name } : {},
  });
}

/** Gives a link its ifalias: at most 255 bytes of free text that ip(8) shows. It cannot be set when a link is made. */
export function setAlias(name: string, alias: string): Request {
  return buildRequest({
    purpose: `set the alias of "${name}"`,
    type: routeMessageTypes.setLink,
    header: ifinfo({}),
    table: linkAttributes,
    attributes: { name, alias },
  });
}

/** Gives a link that is down another name, and its ifalias in the same step. */
export function renameLink(link: KnownLink, to: { readonly name: string; readonly alias: string }): Request {
  return buildRequest({
    purpose: `rename "${link.name}" to "${to.name}"`,
    type: routeMessageTypes.setLink,
    header: ifinfo({ index: link.index }),
    table: linkAttributes,
    attributes: { name: to.name, alias: to.alias },
  });
}

export interface LinkChange {
  readonly up?: boolean | undefined;
  readonly promiscuous?: boolean | undefined;
  readonly mac?: Uint8Array | undefined;
  /** Bytes. */
  readonly mtu?: number | undefined;
  /** Index of the bridge whose port it becomes, 0 for none. */
  readonly master?: number | undefined;
  /** Announce addresses when the link comes up or its MAC address is set (net.ipv4.conf.*.arp_notify). */
  readonly arpNotify?: boolean | undefined;
}

export function changeLink(link: KnownLink, change: LinkChange): Request {
  const flag = (value: boolean | undefined, bit: number) =>
    value === undefined ? [0, 0] : [value ? bit : 0, bit];
  const [up = 0, upMask = 0] = flag(change.up, linkFlags.up);
  const [promiscuous = 0, promiscuousMask = 0] = flag(change.promiscuous, linkFlags.promiscuous);
  const afSpec =
    change.arpNotify === undefined
      ? undefined
      : encodeAttributes(afSpecAttributes, { inet: { conf: { arpNotify: change.arpNotify ? 1 : 0 } } });
  return buildRequest({
    purpose: `change link "${link.name}"`,
    type: routeMessageTypes.setLink,
    header: ifinfo({ index: link.index, flags: up | promiscuous, change: upMask | promiscuousMask }),
    table: linkAttributes,
    attributes: { address: change.mac, mtu: change.mtu, master: change.master, afSpec },
  });
}

/** Settings of a bridge port (IFLA_PROTINFO of an AF_BRIDGE message). */
export function changeBridgePort(
  port: KnownLink,
  settings: { readonly hairpin?: boolean | undefined; readonly isolated?: boolean | undefined },
): Request {
  const bit = (value: boolean | undefined) => (value === undefined ? undefined : Number(value));
  return buildRequest({
    purpose: `set bridge port flags of "${port.name}"`,
    type: routeMessageTypes.setLink,
    header: ifinfo({ family: addressFamilies.bridge, index: port.index }),
    table: bridgeFamilyAttributes,
    attributes: { portInfo: { hairpin: bit(settings.hairpin), isolated: bit(settings.isolated) } },
  });
}
