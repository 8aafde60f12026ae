/** A bridge that keeps frames to their VLANs. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { setVlanFiltering, vlanOptions, type VlanOptions } from "../../netlink/route/bridge-vlan.ts";
import type { Link } from "../../netlink/route/link.ts";
import { findLink } from "../links.ts";
import { portsOf, type Bridge } from "./bridge-link.ts";
import type { Work } from "./work.ts";

/** @throws CniError 105 where the kernel cannot */
export function demandVlanOptions(bridge: Link): VlanOptions {
  const options = vlanOptions(bridge);
  if (options !== undefined) return options;
  throw new CniError(
    errorCodes.kernelFeatureMissing,
    "the kernel has no VLAN filtering of bridges (CONFIG_BRIDGE_VLAN_FILTERING)",
    { details: 'use a kernel that has it, or remove "vlan" and "vlanTrunk"' },
  );
}

/**
 * Switches filtering on, also on a bridge of somebody else: its ports keep the VLAN that all of them got when they became ports,
 * so they reach each other as before. @returns the options as they were. @throws CniError 105
 */
export function provideFiltering({ route, host, undo }: Work, bridge: Bridge): VlanOptions {
  const options = demandVlanOptions(readBridge(route, bridge));
  if (options.isFiltering) return options;
  const portsBefore = bridge.isNew ? [] : portsOf(route, bridge);
  undo("switch VLAN filtering off again", () => {
    // Whoever was attached since may rely on it.
    const isUnchanged = portsOf(route, bridge).every((port) => portsBefore.includes(port));
    if (isUnchanged && host.tryToOwnAlone()) route.request(setVlanFiltering(bridge, { isFiltering: false }));
  });
  route.request(setVlanFiltering(bridge, { isFiltering: true }));
  return options;
}

function readBridge(route: Conversation, bridge: Bridge): Link {
  const link = findLink(route, { index: bridge.index });
  if (link !== undefined) return link;
  throw new CniError(errorCodes.tryAgainLater, `bridge "${bridge.name}" vanished`);
}
