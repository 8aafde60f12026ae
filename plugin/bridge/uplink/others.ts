/**
 * What leads out of a bridge besides the uplink that is asked for: networks that would become one, and cables that would be a loop.
 * Pure decisions.
 */
import { vlanOptions } from "../../../netlink/route/bridge-vlan.ts";
import { bridgeSettings, type Link } from "../../../netlink/route/link.ts";
import { vlanIdOf } from "../../../netlink/route/vlan-link.ts";
import type { NamedLink } from "../../links.ts";
import type { Contradiction } from "../contradiction.ts";
import { readMark } from "../switch-marks.ts";
import type { UplinkWish } from "./wish.ts";

/** Where an uplink joins, or has joined. */
export interface Surroundings {
  readonly uplink: NamedLink | undefined;
  readonly bridge: NamedLink | undefined;
  /** Of the bridge. */
  readonly ports: readonly Link[];
}

const ownBridge =
  'name another bridge in "bridge": with "uplinkMode" "subinterface" each VLAN has one of its own';

/** Why the uplink cannot be beside what the bridge has and is, and what to do; undefined where it can. */
export function otherUplinkFault(wish: UplinkWish, around: Surroundings): Contradiction | undefined {
  const { bridge } = around;
  if (bridge === undefined) return undefined;
  if (wish.subinterfaceVlan !== undefined && vlanOptions(bridge)?.isFiltering === true) {
    const message = `bridge "${bridge.name}" filters VLANs, and has it in its default VLAN with whoever else is there`;
    return { message, mend: ownBridge };
  }
  const others = around.ports.filter(({ name }) => name !== wish.port);
  const joined = others.find((port) => isOtherNetwork(wish, around, port));
  if (joined !== undefined) {
    const networks = `${networkOf(wish.port, wish.subinterfaceVlan)} and ${networkOf(joined.name, vlanIdOf(joined))}`;
    const message = `bridge "${bridge.name}" has "${joined.name}" as a port, and makes one network of ${networks}`;
    return { message, mend: ownBridge };
  }
  return loopFault(
    bridge,
    others.find((port) => isUplink(port)),
  );
}

function networkOf(name: string | undefined, vlan: number | undefined): string {
  return vlan === undefined ? `that of "${name}"` : `VLAN ${vlan}`;
}

/** Joined the bridge through us. */
function isUplink(port: Link): boolean {
  const kind = readMark(port.alias)?.kind;
  return kind === "uplink" || kind === "subinterface";
}

/** Ports of somebody else's count only where they are of the very cable that a VLAN shall be taken from. */
function isOtherNetwork(wish: UplinkWish, { uplink }: Surroundings, port: Link): boolean {
  const { subinterfaceVlan: wanted } = wish;
  if (wanted === undefined) return readMark(port.alias)?.kind === "subinterface";
  const vlan = vlanIdOf(port);
  const isUpper = vlan !== undefined && port.link === uplink?.index && port.linkNamespaceId === undefined;
  return (isUplink(port) || isUpper || port.index === uplink?.index) && vlan !== wanted;
}

/** The spanning tree protocol would cut one of them off. */
function loopFault(bridge: NamedLink, other: Link | undefined): Contradiction | undefined {
  if (other === undefined || (bridgeSettings(bridge).stpState ?? 0) !== 0) return undefined;
  return {
    message: `bridge "${bridge.name}" has uplink "${other.name}" as well and runs no spanning tree protocol: two cables to one network are a loop`,
    mend: `name another bridge in "bridge", or a bond of both in "uplink"; or free the other (ip link set ${other.name} nomaster), or let the bridge find loops (ip link set ${bridge.name} type bridge stp_state 1)`,
  };
}
