/** After the link of an attachment is gone: what its bridge had for it, and nobody else needs, goes as well. */
import type { Request } from "../../cni/request.ts";
import { interfaceNameFault } from "../../inet/interface-name.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import type { Link } from "../../netlink/route/link.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { openRoute } from "../kernel.ts";
import { findLink } from "../links.ts";
import { mayHoldMarks } from "./switch-marks.ts";

/** The bridge that a configuration names, for an attachment whose links went with the container's namespace. */
export function findNamedBridge(route: Conversation, name: string): Link | undefined {
  return interfaceNameFault(name) === undefined ? findLink(route, { name }) : undefined;
}

/** Only a bridge with an alias can have something, so that for all others nothing more is read or loaded. @throws NetlinkError */
export async function leaveBridge({ log }: Request, bridge: Link | undefined): Promise<void> {
  if (bridge === undefined || !mayHoldMarks(bridge.alias)) return;
  const { takeBackUnused } = await import("./take-back.ts");
  using route = openRoute();
  takeBackUnused({ route, host: NetworkNamespace.own(), log }, bridge.index);
}
