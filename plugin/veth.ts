/** The cable between container and host: made whole, and removed by its owner alone. */
import { CniError, errorCodes } from "../cni/error.ts";
import type { Conversation } from "../netlink/conversation.ts";
import type { Message } from "../netlink/message.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { decodeLink, deleteLink, getLink, setAlias, type Link } from "../netlink/route/link.ts";
import { createVeth } from "../netlink/route/new-link.ts";
import { errno } from "../sys/errno.ts";
import type { NetworkNamespace } from "../sys/namespace.ts";
import { hostEndName, macAddresses, type Attachment } from "./attachment.ts";
import { exchangeOr, openRouteIn } from "./kernel.ts";
import type { Undo } from "../sdk/undo.ts";
import { findLink, type EthernetLink } from "./links.ts";

export interface Veth {
  readonly host: EthernetLink;
  readonly container: EthernetLink;
  readonly mtu: number | undefined;
}

export interface VethRequest {
  readonly attachment: Attachment;
  /** Says whose link it is, for people and for clean-up; becomes the host end's ifalias. */
  readonly ownerLabel: string;
  /** Index of the bridge that the host end becomes a port of. */
  readonly master?: number | undefined;
  readonly container: NetworkNamespace;
  readonly mtu: number | undefined;
  readonly mac: Uint8Array | undefined;
}

/** A pair that was made, and its master as it is with the new port. */
export interface Connection {
  readonly veth: Veth;
  readonly master: Link | undefined;
}

/** Makes the pair with its peer in the container's namespace and its host end on the bridge. @throws CniError */
export function makeVeth(route: Conversation, request: VethRequest, undo: Undo): Connection {
  const { attachment, master, container } = request;
  const macs = macAddresses(attachment);
  const host = { name: hostEndName(attachment), mac: macs.host };
  const peer = { name: attachment.ifname, mac: request.mac ?? macs.container };
  const remove = () =>
    undo("remove the veth pair", () => void removeVeth(route, host.name, request.ownerLabel));
  const [created] = exchangeOr(remove, route, [
    createVeth({
      host: { ...host, master },
      container: { ...peer, namespaceDescriptor: container.descriptor },
      mtu: request.mtu,
    }),
  ]);
  if (created instanceof NetlinkError) throw explainRefusal(created, route, request);
  remove();
  // Apart from the making: when that is refused, these would change the link of the same name.
  const [, read, readMaster] = route.exchange([
    setAlias(host.name, request.ownerLabel),
    getLink({ name: host.name }),
    ...(master === undefined ? [] : [getLink({ index: master })]),
  ]);
  if (read instanceof NetlinkError) throw read;
  const message = read?.[0];
  if (message === undefined) throw new CniError(errorCodes.kernelFailure, `veth "${host.name}" vanished`);
  const link = decodeLink(message);
  const veth = {
    host: { ...host, index: link.index },
    container: { ...peer, index: link.link ?? 0 },
    mtu: link.mtu,
  };
  return { veth, master: onlyLink(readMaster) };
}

/** The kernel says EEXIST for either end; which one it was decides what the user has to do. */
function explainRefusal(refusal: NetlinkError, route: Conversation, request: VethRequest): Error {
  if (refusal.errno !== errno.EEXIST) return refusal;
  const { ifname, containerId } = request.attachment;
  const host = hostEndName(request.attachment);
  using inside = openRouteIn(request.container);
  if (findLink(inside, { name: ifname }) !== undefined) {
    return new CniError(
      errorCodes.interfaceInUse,
      `cannot add interface "${ifname}": the name is in use in "${request.container.path}"`,
      { details: "choose another CNI_IFNAME, or DEL the attachment that has it", cause: refusal },
    );
  }
  if (findLink(route, { name: host }) !== undefined) {
    return new CniError(
      errorCodes.interfaceInUse,
      `cannot add interface "${ifname}": container "${containerId}" has it already, in another namespace (host end "${host}")`,
      { details: "DEL that attachment first", cause: refusal },
    );
  }
  return new CniError(errorCodes.tryAgainLater, `${refusal.message}, and is gone now`, { cause: refusal });
}

/**
 * Removes the pair by its host end. A link of that name that belongs to another network's attachment of the same container and
 * interface, or is no veth, is left alone.
 * @returns undefined where there was none of ours. @throws NetlinkError
 */
export function removeVeth(route: Conversation, name: string, owner: string): RemovedVeth | undefined {
  const link = findLink(route, { name });
  const alias = link?.alias ?? "";
  // A pair without an alias is one whose ADD did not come that far.
  if (link?.linkInfo?.kind !== "veth" || (alias !== "" && alias !== owner)) return undefined;
  const readMaster = link.master === undefined ? [] : [getLink({ index: link.master })];
  const [outcome, master] = route.exchange([deleteLink({ index: link.index }), ...readMaster]);
  if (!(outcome instanceof NetlinkError)) return { master: onlyLink(master) };
  if (outcome.errno === errno.ENODEV) return undefined;
  throw outcome;
}

/** What the host end was attached to, as it is without. */
export interface RemovedVeth {
  readonly master: Link | undefined;
}

function onlyLink(reply: Message[] | NetlinkError | undefined): Link | undefined {
  const message = Array.isArray(reply) ? reply[0] : undefined;
  return message && decodeLink(message);
}
