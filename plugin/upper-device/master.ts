/** The lower device that a configuration names, or that of the default route. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { decodeLink, linkFlags, listLinks } from "../../netlink/route/link.ts";
import { decodeRoute, listRoutes, routeConstants, type Route } from "../../netlink/route/route.ts";
import { findLink, type NamedLink } from "../links.ts";
import type { UpperConfiguration } from "./kind.ts";

/** The lower device. @param route in its namespace. @throws CniError 7 where there is none, or its MTU is too small */
export function findMaster(
  route: Conversation,
  configuration: Pick<UpperConfiguration, "master" | "mtu">,
): NamedLink {
  const { master, mtu } = configuration;
  const lower = master === undefined ? ofDefaultRoute(route) : byName(route, master);
  if ((lower.flags & linkFlags.loopback) !== 0) {
    throw invalid(
      `"master" is "${lower.name}", the loopback interface`,
      'set "master" to an Ethernet interface',
    );
  }
  if (mtu !== undefined && lower.mtu !== undefined && mtu > lower.mtu) {
    const message = `invalid MTU ${mtu}, must be [0, master MTU(${lower.mtu})]`;
    throw invalid(message, `lower "mtu", or raise that of "${lower.name}"`);
  }
  return lower;
}

function invalid(message: string, details: string): CniError {
  return new CniError(errorCodes.invalidConfiguration, message, { details });
}

function byName(route: Conversation, name: string): NamedLink {
  const link = findLink(route, { name });
  if (link !== undefined) return link;
  const names = route.dump(listLinks()).map((message) => decodeLink(message));
  const others = names
    .filter(({ flags }) => (flags & linkFlags.loopback) === 0)
    .map((other) => other.name ?? "")
    .slice(0, mostNames);
  throw invalid(
    `failed to lookup master "${name}": there is no such interface`,
    others.length === 0 ? "there are no interfaces" : `set "master" to one of ${others.join(", ")}`,
  );
}

/** A host with many containers has many interfaces; a person looks for one of the first. */
const mostNames = 20;

function ofDefaultRoute(route: Conversation): NamedLink {
  for (const family of [4, 6] as const) {
    const found = route.dump(listRoutes(family)).map(decodeRoute);
    const best = bestDefault(found.filter((one) => one !== undefined));
    const link = best && findLink(route, { index: best.interfaceIndex });
    if (link !== undefined) return link;
  }
  throw invalid("no default route interface found", 'set "master" to the name of an interface');
}

/** Of several the one that the kernel takes: the lowest priority. */
function bestDefault(routes: readonly Route[]): Route | undefined {
  return routes
    .filter(({ destination, table }) => destination.length === 0 && table === routeConstants.tableMain)
    .toSorted((one, other) => (one.priority ?? 0) - (other.priority ?? 0))[0];
}
