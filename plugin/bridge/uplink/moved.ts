/** A bridge that has the host's own addresses is no gateway besides: they leave it with its uplink, all of them. */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { decodeLink, listLinks, type KnownLink } from "../../../netlink/route/link.ts";
import { readMark } from "../switch-marks.ts";

/** To be asked of a bridge with an alias, before an address is added to it or removed. @throws CniError 104 */
export function refuseHostsBridge(route: Conversation, bridge: KnownLink): void {
  const ports = route.dump(listLinks({ master: bridge.index })).map(decodeLink);
  const uplink = ports.find(({ alias, master }) => {
    const mark = readMark(alias);
    return master === bridge.index && mark?.kind === "uplink" && mark.moved !== undefined;
  });
  if (uplink === undefined) return;
  throw new CniError(
    errorCodes.bridgeConflict,
    `cannot make bridge "${bridge.name}" a gateway: it has the host's addresses, which uplink "${uplink.name}" gets back`,
    { details: 'use another "bridge", or a "vlan", whose gateway is an interface of its own' },
  );
}
