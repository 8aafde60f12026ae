/** Links as the kernel tells of them, made by hand. For tests. */
import { parseMac } from "../../inet/mac.ts";
import { parsePrefix } from "../../inet/prefix.ts";
import { encodeAttributes } from "../../netlink/attributes.ts";
import type { InterfaceAddress } from "../../netlink/route/address.ts";
import {
  bridgeAttributes,
  bridgePortAttributes,
  decodeLink,
  linkFlags,
  operationalStates,
  type Link,
} from "../../netlink/route/link.ts";
import { createVlanLink } from "../../netlink/route/vlan-link.ts";

export function sampleMac(number: number): Uint8Array {
  return parseMac(`02:00:00:00:00:${number.toString(16).padStart(2, "0")}`);
}

/** A link that is up, with a MAC address of its index. */
export function link(index: number, name: string, more: Partial<Link> = {}): Link {
  const { up: operationalState } = operationalStates;
  return {
    index,
    name,
    flags: linkFlags.up,
    mtu: 1500,
    operationalState,
    address: sampleMac(index),
    ...more,
  };
}

export function bridge(
  index: number,
  name: string,
  more: Partial<Link> & { isFiltering?: boolean } = {},
): Link {
  const { isFiltering = false, ...rest } = more;
  const settings = { stpState: 0, vlanFiltering: Number(isFiltering), vlanDefaultPvid: 1 };
  const data = encodeAttributes(bridgeAttributes, settings);
  return link(index, name, { linkInfo: { kind: "bridge", data }, ...rest });
}

interface PortOptions extends Partial<Link> {
  readonly kind?: string | undefined;
  readonly isolated?: boolean;
}

/** A port that forwards. */
export function port(index: number, name: string, { kind, isolated = false, ...more }: PortOptions): Link {
  const settings = { state: 3, hairpin: 0, isolated: Number(isolated) };
  const slaveData = encodeAttributes(bridgePortAttributes, settings);
  return link(index, name, { linkInfo: { kind, slaveKind: "bridge", slaveData }, ...more });
}

/** An 802.1Q interface, as an ADD makes it. */
export function vlanLink(index: number, name: string, { id, lower }: { id: number; lower: number }): Link {
  const made = decodeLink({ ...createVlanLink({ name, lower, id, isUp: true }), sequence: 0 });
  return { ...link(index, name), ...made, index };
}

export function address(index: number, text: string, scope = 0): InterfaceAddress {
  return { index, prefix: parsePrefix(text), flags: 0, scope };
}
