/** 802.1Q interfaces: IFLA_VLAN_* of linux/if_link.h. What a bridge does with VLANs is in `bridge-vlan.ts`. */
import { decodeKnown, encodeAttributes } from "../attributes.ts";
import type { Request } from "../message.ts";
import { u16, u16be } from "../payload.ts";
import type { Link } from "./link.ts";
import { createUpperLink, type NewUpperLink } from "./new-link.ts";

const vlanAttributes = {
  id: [1, u16],
  /** ETH_P_*: unlike its neighbours in network order. */
  protocol: [5, u16be],
} as const;

/** ETH_P_8021Q; 0x88a8 is 802.1ad, the outer tag of two. */
const protocol8021q = 0x8100;

/** The lower device carries the tagged frames. A MAC address that is left out is that one's, and changes with it. */
export interface NewVlanLink extends NewUpperLink {
  /** 1 to 4094; one interface for each of them on a lower device. */
  readonly id: number;
  /** Up from the start, which the kernel refuses (ENETDOWN) while the lower device is down. */
  readonly isUp: boolean;
}

/**
 * The kernel says EOPNOTSUPP where it knows no 802.1Q (module 8021q), and EEXIST when the name is taken or the lower device
 * has an interface of this id already, whatever that one is called.
 */
export function createVlanLink(link: NewVlanLink): Request {
  const data = encodeAttributes(vlanAttributes, { id: link.id, protocol: protocol8021q });
  const purpose = `create "${link.name}" for VLAN ${link.id}`;
  return createUpperLink(link, { kind: "vlan", data }, { purpose, isUp: link.isUp });
}

/** The VLAN of an 802.1Q interface; undefined for any other link, one of 802.1ad included. @throws DecodeError */
export function vlanIdOf(link: Link): number | undefined {
  const { kind, data } = link.linkInfo ?? {};
  if (kind !== "vlan" || data === undefined) return undefined;
  const { id, protocol } = decodeKnown(vlanAttributes, data);
  return protocol === undefined || protocol === protocol8021q ? id : undefined;
}
