/** What an ADD that fails has to put back of an uplink and its bridge, where no mark tells of it. */
import { isUnicast } from "../../../inet/mac.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { changeLink, decodeLink, listLinks } from "../../../netlink/route/link.ts";
import { findLink, isPortOf, type NamedLink } from "../../links.ts";
import type { Bridge } from "../bridge-link.ts";
import { hasGivenMac, pinMac } from "../bridge-mac.ts";
import type { Mark } from "../switch-marks.ts";
import type { UplinkFacts } from "./plan.ts";
import type { Work } from "../work.ts";

type UndoWork = Pick<Work, "route" | "host" | "undo">;

/**
 * A bridge that gets the host's addresses keeps its MAC address from now on, whichever ports come and go. One that nobody gave
 * any takes the uplink's, as it would with the uplink as its only port.
 */
export function fixMac({ route, undo }: UndoWork, bridge: Bridge, port: NamedLink): void {
  if (bridge.isNew) return;
  const isKept = isUnicast(bridge.mac) && hasGivenMac(bridge.name);
  const mac = isKept ? bridge.mac : (port.address ?? bridge.mac);
  undo("restore the bridge's MAC address", () => {
    // Whoever came since may need it.
    if (!isUnicast(bridge.mac) || isPortOf(findLink(route, { index: port.index }), bridge)) return;
    pinMac(route, bridge);
  });
  pinMac(route, { ...bridge, mac });
}

/** To be called before any of them is raised. */
export function lowerOnFailure(
  { route, host, undo }: UndoWork,
  {
    raises,
    bridge,
    facts,
    mark,
  }: { raises: readonly NamedLink[]; bridge: Bridge; facts: UplinkFacts; mark: Mark | undefined },
): void {
  const told = toldDown(facts, mark);
  for (const link of raises) {
    if (link.index === told) continue;
    const usersBefore = usersOf(route, { bridge, link });
    undo(`put "${link.name}" down again`, () => {
      const newcomers = usersOf(route, { bridge, link }).filter((user) => !usersBefore.includes(user));
      if (newcomers.length === 0 && host.tryToOwnAlone()) route.request(changeLink(link, { up: false }));
    });
  }
}

/** Index of the link that a mark says was down. */
function toldDown({ port, uplink }: UplinkFacts, mark: Mark | undefined): number | undefined {
  if (mark === undefined || mark.kind === "gateway" || !mark.wasDown) return undefined;
  return mark.kind === "uplink" ? port?.index : uplink?.index;
}

/** Indexes of ports of the bridge, and of interfaces on top of the link. */
function usersOf(route: Conversation, { bridge, link }: { bridge: Bridge; link: NamedLink }): number[] {
  const links = route.dump(listLinks()).map(decodeLink);
  return links
    .filter((each) => each.master === bridge.index || each.link === link.index)
    .map(({ index }) => index);
}
