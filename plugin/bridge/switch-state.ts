/** A bridge with its ports and what we made for it, as one picture: what to take back is decided on it. */
import type { Conversation } from "../../netlink/conversation.ts";
import { listBridgeVlans, vlansByIndex, type BridgeVlan } from "../../netlink/route/bridge-vlan.ts";
import { decodeLink, listLinks, type Link } from "../../netlink/route/link.ts";
import { vlanIdOf } from "../../netlink/route/vlan-link.ts";
import { includesVlan } from "../../netlink/route/vlan-range.ts";
import { readMark, type GatewayMark } from "./switch-marks.ts";

export interface SwitchState {
  readonly bridge: Link;
  /** All links of the namespace. */
  readonly links: readonly Link[];
  /** By the index of a port or of a bridge. */
  readonly vlans: ReadonlyMap<number, readonly BridgeVlan[]>;
}

/** Undefined where the bridge is gone. @throws NetlinkError */
export function readSwitch(route: Conversation, bridgeIndex: number): SwitchState | undefined {
  const links = route.dump(listLinks()).map(decodeLink);
  const bridge = links.find(({ index }) => index === bridgeIndex);
  if (bridge === undefined) return undefined;
  return { bridge, links, vlans: vlansByIndex(route.dump(listBridgeVlans())) };
}

/** Ports that use the bridge, and what it is connected with: all but those that we attached to connect it. */
export function usersOf({ bridge, links }: SwitchState): Link[] {
  return links.filter((link) => link.master === bridge.index && readMark(link.alias) === undefined);
}

/** A gateway's interface that we made. */
export interface OwnGateway {
  readonly link: Link;
  readonly vlan: number;
  readonly mark: GatewayMark;
}

/** The mark alone is text that anybody can write: what it is on has to be what it says. */
export function gatewaysOf({ bridge, links }: SwitchState): OwnGateway[] {
  return links.flatMap((link) => {
    const mark = readMark(link.alias);
    const vlan = vlanIdOf(link);
    const isOn = link.link === bridge.index && link.linkNamespaceId === undefined;
    return mark?.kind === "gateway" && vlan !== undefined && isOn ? [{ link, vlan, mark }] : [];
  });
}

/** An ADD that made a gateway and came to nothing, and the ports that the bridge had then. */
export interface FailedAttempt {
  readonly vlan: number;
  readonly portsThen: readonly number[];
}

/**
 * Gateways of VLANs that no port has any more but those that connect the bridge. That of a failed attempt is unused as well when
 * the ports with its VLAN were there without it. One that somebody has put an interface on stays: that one would go with it.
 */
export function unusedGateways(state: SwitchState, failed?: FailedAttempt): OwnGateway[] {
  const users = usersOf(state);
  const newcomers = users.filter(({ index }) => failed?.portsThen.includes(index) !== true);
  return gatewaysOf(state).filter(({ link, vlan }) => {
    if (state.links.some((upper) => upper.link === link.index && upper.linkNamespaceId === undefined))
      return false;
    const candidates = vlan === failed?.vlan ? newcomers : users;
    const vlans = candidates.flatMap(({ index }) => state.vlans.get(index) ?? []);
    return !vlans.some((range) => includesVlan(range, vlan));
  });
}
