/** TUN and TAP devices as rtnetlink tells of them: IFLA_TUN_* of linux/if_link.h (Linux 4.20). They are made by /dev/net/tun alone. */
import { decodeKnown, type Decoded } from "../attributes.ts";
import { u32, u8 } from "../payload.ts";
import type { Link } from "./link.ts";

const tunAttributes = {
  /** User and group that may open it; absent where nobody was named. */
  owner: [1, u32],
  group: [2, u32],
  type: [3, u8],
  persistent: [6, u8],
  multiQueue: [7, u8],
} as const;

/** IFF_TUN carries packets, IFF_TAP frames; linux/if_tun.h */
export const tunTypes = { tun: 1, tap: 2 } as const;

/** All of them undefined before Linux 4.20. */
export type TunSettings = Decoded<typeof tunAttributes>;

/** The settings of a TUN or TAP device; undefined for a link of another kind. @throws DecodeError */
export function tunSettings(link: Link): TunSettings | undefined {
  const { kind, data } = link.linkInfo ?? {};
  if (kind !== "tun") return undefined;
  return data === undefined ? {} : decodeKnown(tunAttributes, data);
}
