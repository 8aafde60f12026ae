/** macvlan interfaces: IFLA_MACVLAN_*, MACVLAN_MODE_* of linux/if_link.h. */
import { decodeKnown, encodeAttributes, type Decoded } from "../attributes.ts";
import type { Request } from "../message.ts";
import { u32 } from "../payload.ts";
import type { Link } from "./link.ts";
import { createUpperLink, type NewUpperLink } from "./new-link.ts";

const macvlanAttributes = {
  mode: [1, u32],
  /** Since Linux 5.11; older ones pass over it. */
  broadcastQueueLength: [7, u32],
} as const;

/** How macvlan interfaces of one lower device reach each other. */
export const macvlanModes = {
  /** Not at all. */
  private: 1,
  /** By way of a switch outside that sends frames back (802.1Qbg). */
  vepa: 2,
  /** Directly. */
  bridge: 4,
  /** There is only one, and it has the lower device's MAC address. */
  passthru: 8,
} as const;

export type MacvlanMode = keyof typeof macvlanModes;

/** Its MAC address is random where left out; in mode passthru it is the lower device's whatever is said here. */
export interface NewMacvlan extends NewUpperLink {
  readonly mode: MacvlanMode;
  /** Packets of broadcast and multicast that may wait to be copied; 1000 where left out. */
  readonly broadcastQueueLength?: number | undefined;
}

/**
 * The kernel says EOPNOTSUPP where it knows no macvlan, EBUSY when the lower device belongs to a bridge or the like, and EINVAL
 * when it is no Ethernet device, or when one that is passthru would not be alone.
 */
export function createMacvlan(link: NewMacvlan): Request {
  const data = encodeAttributes(macvlanAttributes, {
    mode: macvlanModes[link.mode],
    broadcastQueueLength: link.broadcastQueueLength,
  });
  const purpose = `create macvlan "${link.name}"`;
  return createUpperLink(link, { kind: "macvlan", data }, { purpose, isUp: false });
}

/** A macvlan's own settings; nothing for a link of another kind. @throws DecodeError */
export function macvlanSettings(link: Link): Decoded<typeof macvlanAttributes> {
  const { kind, data } = link.linkInfo ?? {};
  return kind !== "macvlan" || data === undefined ? {} : decodeKnown(macvlanAttributes, data);
}
