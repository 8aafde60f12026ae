/** A bridge that keeps frames to their VLANs. */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { setVlanFiltering, vlanOptions, type VlanOptions } from "../../../netlink/route/bridge-vlan.ts";
import { decodeLink, listLinks, type KnownLink, type Link } from "../../../netlink/route/link.ts";
import { vlanIdOf } from "../../../netlink/route/vlan-link.ts";
import { findLink, isPortOf } from "../../links.ts";
import { isUndisturbed, portsOf, type Bridge } from "../bridge-link.ts";
import { readMark } from "../switch-marks.ts";
import type { Work } from "../work.ts";

/** @throws CniError 105 where the kernel cannot */
export function demandVlanOptions(bridge: Link): VlanOptions {
  const options = vlanOptions(bridge);
  if (options !== undefined) return options;
  throw noVlanFiltering();
}

export function noVlanFiltering(): CniError {
  return new CniError(
    errorCodes.kernelFeatureMissing,
    "the kernel has no VLAN filtering of bridges (CONFIG_BRIDGE_VLAN_FILTERING)",
    { details: 'use a kernel that has it, or remove "vlan" and "vlanTrunk"' },
  );
}

/**
 * Switches filtering on, also on a bridge of somebody else: its ports keep the VLAN that all of them got when they became ports,
 * so they reach each other as before. @returns the options as they were. @throws CniError 105, 104 where they would not
 */
export function provideFiltering(work: Work, bridge: Bridge): VlanOptions {
  const { route, undo } = work;
  const options = demandVlanOptions(readBridge(route, bridge));
  if (options.isFiltering) return options;
  const portsBefore = bridge.isNew ? [] : portsOf(route, bridge);
  if (portsBefore.length > 0) refuseToCutOff(route, bridge, options);
  undo("switch VLAN filtering off again", () => {
    if (isUndisturbed(work, bridge, portsBefore))
      route.request(setVlanFiltering(bridge, { isFiltering: false }));
  });
  route.request(setVlanFiltering(bridge, { isFiltering: true }));
  return options;
}

/** For a bridge with ports. @throws CniError 104 where what goes through it now would go through no more, or be with others */
export function refuseToCutOff(route: Conversation, bridge: KnownLink, { defaultPvid }: VlanOptions): void {
  const links = route.dump(listLinks()).map(decodeLink);
  refuseSubinterface(bridge, links);
  const upper = links.find((link) => link.link === bridge.index && vlanIdOf(link) !== undefined);
  const obstacle =
    defaultPvid === 0
      ? "its ports have no VLAN, for its vlan_default_pvid is 0"
      : upper && `it carries tagged frames for "${upper.name}"`;
  if (obstacle === undefined) return;
  throw new CniError(
    errorCodes.bridgeConflict,
    `switching VLAN filtering of bridge "${bridge.name}" on would cut its ports off: ${obstacle}`,
    {
      details: `give the ports their VLANs with "bridge vlan add" and switch it on yourself: "ip link set ${bridge.name} type bridge vlan_filtering 1"; or use another "bridge"`,
    },
  );
}

/** Its frames are untagged on the bridge, and would be in the default VLAN of all that join it. */
function refuseSubinterface(bridge: KnownLink, links: readonly Link[]): void {
  const port = links.find((link) => isPortOf(link, bridge) && readMark(link.alias)?.kind === "subinterface");
  if (port === undefined) return;
  throw new CniError(
    errorCodes.bridgeConflict,
    `cannot switch VLAN filtering of bridge "${bridge.name}" on: it is that of VLAN ${vlanIdOf(port)} alone, by "${port.name}"`,
    { details: 'name another bridge in "bridge"' },
  );
}

function readBridge(route: Conversation, bridge: Bridge): Link {
  const link = findLink(route, { index: bridge.index });
  if (link !== undefined) return link;
  throw new CniError(errorCodes.tryAgainLater, `bridge "${bridge.name}" vanished`);
}
