/** Links and their addresses as questions to the kernel: there, or not. */
import type { Conversation } from "../netlink/conversation.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { decodeInterfaceAddress, listAddresses, type InterfaceAddress } from "../netlink/route/address.ts";
import { decodeLink, getLink, type KnownLink, type Link } from "../netlink/route/link.ts";
import { errno } from "../sys/errno.ts";

export interface NamedLink extends Link {
  readonly name: string;
}

/** An Ethernet link as far as it takes to use one that was made: it need not be read for that. */
export interface EthernetLink extends KnownLink {
  readonly mac: Uint8Array;
}

/** A link by name or index, or undefined where there is none. @throws NetlinkError */
export function findLink(
  route: Conversation,
  by: { name: string } | { index: number },
): NamedLink | undefined {
  const outcome = route.exchange([getLink(by)])[0];
  if (outcome instanceof NetlinkError) {
    if (outcome.errno === errno.ENODEV) return undefined;
    throw outcome;
  }
  const message = outcome?.[0];
  if (message === undefined) return undefined;
  const link = decodeLink(message);
  return { ...link, name: link.name ?? "" };
}

/** True where the bridge is the master of the link. */
export function isPortOf(
  link: Pick<Link, "master"> | undefined,
  bridge: Pick<Link, "index"> | undefined,
): boolean {
  return bridge !== undefined && link?.master === bridge.index;
}

/** The addresses of a link. Kernels before 4.20 do not filter by it, so that is done here as well. @throws NetlinkError */
export function addressesOf(route: Conversation, index: number): InterfaceAddress[] {
  return route
    .dump(listAddresses({ index }))
    .map(decodeInterfaceAddress)
    .filter((address) => address !== undefined)
    .filter((address) => address.index === index);
}
