/** The host end as a port of the bridge. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { changeBridgePort, operationalStates, type Link } from "../../netlink/route/link.ts";
import { sleepMs } from "../../sys/libc.ts";
import { findLink, type EthernetLink } from "../links.ts";
import type { Veth } from "../veth.ts";
import type { Bridge } from "./bridge-link.ts";

/**
 * The bridge with the MAC address that it has now: one that somebody else made without an address of its own takes the
 * lowest of its ports', and has none before the first.
 */
export function withMacOf(bridge: Bridge, now: Link | undefined): Bridge {
  return { ...bridge, mac: now?.address ?? bridge.mac };
}

/** Port flags; both are off on a new port. */
export function setPortFlags(
  route: Conversation,
  port: EthernetLink,
  flags: { hairpin: boolean; isolated: boolean },
): void {
  if (!flags.hairpin && !flags.isolated) return;
  route.request(
    changeBridgePort(port, {
      hairpin: flags.hairpin ? true : undefined,
      isolated: flags.isolated ? true : undefined,
    }),
  );
}

const longestWaitMs = 2500;

/**
 * Waits until the host end is up, which makes its bridge port forward. Reading the link settles that at once from kernel
 * 6.8 on (linkwatch_sync_dev in rtnl_getlink); before, the kernel's link watch takes a moment. @throws CniError
 */
export function waitUntilForwarding(route: Conversation, veth: Veth, bridge: Bridge): void {
  let waitedMs = 0;
  for (let pauseMs = 0.5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const state = findLink(route, { name: veth.host.name })?.operationalState;
    if (state === operationalStates.up || state === operationalStates.unknown) return;
    if (waitedMs >= longestWaitMs) {
      const seen = Object.entries(operationalStates).find(([, value]) => value === state)?.[0] ?? "gone";
      throw new CniError(
        errorCodes.tryAgainLater,
        `bridge port in error state: "${veth.host.name}" on "${bridge.name}" is ${seen} after ${longestWaitMs} ms`,
        {
          details: `peer "${veth.container.name}" in the container must be up; the host may be overloaded: try again`,
        },
      );
    }
    sleepMs(pauseMs);
    waitedMs += pauseMs;
  }
}
