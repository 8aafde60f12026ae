/** Interface addresses: RTM_*ADDR, struct ifaddrmsg, IFA_* of linux/if_addr.h. */
import { formatPrefix, lastAddress, type Prefix } from "../../inet/prefix.ts";
import { setU32 } from "../integers.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { address, cString, s32, u32 } from "../payload.ts";
import { buildRequest, familyNumber, routeMessageTypes, splitMessage } from "./headers.ts";

/** IFA_F_* */
export const interfaceAddressFlags = {
  noDad: 0x02,
  dadFailed: 0x08,
  tentative: 0x40,
  noPrefixRoute: 0x200,
} as const;

const attributes = {
  address: [1, address],
  /** The own address; differs from `address` only on point-to-point links. */
  local: [2, address],
  label: [3, cString],
  broadcast: [4, address],
  flags: [8, u32],
  /** Asks about another namespace, by the number that it has here. Since Linux 4.20. */
  targetNamespaceId: [10, s32],
} as const;

export const ifaddrBytes = 8;

/** struct ifaddrmsg */
function ifaddr(header: { family: number; length?: number; index?: number }): Uint8Array {
  const bytes = new Uint8Array(ifaddrBytes);
  bytes[0] = header.family;
  bytes[1] = header.length ?? 0;
  setU32(bytes, 4, header.index ?? 0);
  return bytes;
}

/** An address on an interface. */
export interface InterfaceAddress {
  readonly index: number;
  readonly prefix: Prefix;
  readonly flags: number;
  /** RT_SCOPE_*: 0 global, 253 link, 254 host. */
  readonly scope: number;
}

/** @throws DecodeError */
export function decodeInterfaceAddress(message: Message): InterfaceAddress | undefined {
  const decoded = splitMessage(message, ifaddrBytes, attributes);
  const own = decoded.attributes.local ?? decoded.attributes.address;
  if (own === undefined) return undefined;
  return {
    index: decoded.header.getUint32(4, true),
    prefix: { address: own, length: decoded.header.getUint8(1) },
    flags: decoded.attributes.flags ?? decoded.header.getUint8(2),
    scope: decoded.header.getUint8(3),
  };
}

/** @param filter all links without `index`; another namespace with `namespaceId`, see namespace-id.ts */
export function listAddresses(filter: {
  readonly index?: number;
  readonly namespaceId?: number | undefined;
}): Request {
  const { index = 0, namespaceId } = filter;
  return buildRequest({
    purpose: index === 0 ? "list addresses" : `list the addresses of link ${index}`,
    type: routeMessageTypes.getAddress,
    header: ifaddr({ family: 0, index }),
    table: attributes,
    attributes: { targetNamespaceId: namespaceId },
  });
}

interface Placement {
  readonly index: number;
  readonly interfaceName: string;
  readonly prefix: Prefix;
}

export interface AddressOptions {
  /** IPv6: RFC 4862, section 5.4. */
  readonly duplicateDetection: boolean;
  /** False: the kernel makes no route to the address's network. */
  readonly prefixRoute?: boolean;
}

/** Adds an address; the IPv4 broadcast address is set for networks of up to /30, as ip(8) does with `brd +`. */
export function addAddress(placement: Placement & AddressOptions): Request {
  const { prefix } = placement;
  const isInet = prefix.address.family === 4;
  const skipDetection = !isInet && !placement.duplicateDetection;
  const flags =
    (skipDetection ? interfaceAddressFlags.noDad : 0) |
    (placement.prefixRoute === false ? interfaceAddressFlags.noPrefixRoute : 0);
  return buildRequest({
    purpose: `add ${formatPrefix(prefix)} to "${placement.interfaceName}"`,
    type: routeMessageTypes.newAddress,
    flags: messageFlags.create | messageFlags.exclusive,
    header: ifaddr({
      family: familyNumber(prefix.address.family),
      length: prefix.length,
      index: placement.index,
    }),
    table: attributes,
    attributes: {
      address: prefix.address,
      local: prefix.address,
      broadcast: isInet && prefix.length < 31 ? lastAddress(prefix) : undefined,
      flags: flags === 0 ? undefined : flags,
    },
  });
}

export function removeAddress(placement: Placement): Request {
  const { prefix } = placement;
  return buildRequest({
    purpose: `remove ${formatPrefix(prefix)} from "${placement.interfaceName}"`,
    type: routeMessageTypes.deleteAddress,
    header: ifaddr({
      family: familyNumber(prefix.address.family),
      length: prefix.length,
      index: placement.index,
    }),
    table: attributes,
    // Without IFA_ADDRESS the kernel does not compare the prefix length of an IPv4 address (inet_rtm_deladdr).
    attributes: { address: prefix.address, local: prefix.address },
  });
}
