/** The bridge of an ADD: found or made, with the flags that the configuration asks for. */
import { changeLink } from "../../netlink/route/link.ts";
import {
  findBridge,
  isUndisturbed,
  makeBridge,
  planFlags,
  portsOf,
  removeUnusedBridge,
  type Bridge,
} from "./bridge-link.ts";
import { keepMac, randomMac } from "./bridge-mac.ts";
import type { Work } from "./work.ts";

/** The bridge with its uplink if it shall have one, and the work with what follows from that: the uplink's MTU is the default. */
export async function provideSwitch<W extends Work>(work: W): Promise<{ work: W; bridge: Bridge }> {
  const { uplink: wish, mtu } = work.configuration;
  if (wish === undefined) return { work, bridge: provideBridge(work) };
  const { provideUplink } = await import("./uplink/provide.ts");
  const withMtu = (uplinkMtu: number | undefined): W => ({
    ...work,
    configuration: { ...work.configuration, mtu: mtu ?? uplinkMtu },
  });
  const provided = provideUplink({
    ...work,
    wish,
    provideBridge: (defaults) => provideBridge(withMtu(defaults.mtu), defaults.mac),
  });
  return { work: withMtu(provided.mtu), bridge: provided.bridge };
}

/** @param mac of a bridge that is made, and of one that is there what the caller sees to; left out, a random one or its own */
function provideBridge(work: Work, mac?: Uint8Array): Bridge {
  const { route, configuration, request } = work;
  const found = findBridge(route, configuration.bridge);
  const bridge = found ?? provideNewBridge(work, mac ?? randomMac());
  request.log.debug("bridge ready", { name: bridge.name, index: bridge.index, isNew: bridge.isNew });
  provideFlags(work, bridge, { promiscuous: configuration.promiscMode });
  if (!bridge.isNew && mac === undefined) keepMac(route, bridge);
  return bridge;
}

function provideNewBridge({ route, host, configuration, undo }: Work, mac: Uint8Array): Bridge {
  const wanted = { name: configuration.bridge, mtu: configuration.mtu, mac };
  // Before it is made: when the kernel's answer gets lost, the bridge may be there all the same.
  undo("remove the new bridge", () => {
    // Another ADD may be using it by now; then it stays.
    if (host.tryToOwnAlone()) removeUnusedBridge(route, wanted);
  });
  return makeBridge(route, wanted);
}

function provideFlags(work: Work, bridge: Bridge, wanted: { promiscuous: boolean }): void {
  const { route, undo } = work;
  const changes = planFlags(bridge, wanted);
  if (changes === undefined) return;
  const portsBefore = portsOf(route, bridge);
  route.request(changeLink(bridge, changes.there));
  undo("restore the bridge's flags", () => {
    if (isUndisturbed(work, bridge, portsBefore)) route.request(changeLink(bridge, changes.back));
  });
}
