/** The interface itself: made in the container with all that it has, and removed by its owner alone. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { NetlinkError } from "../../netlink/netlink-error.ts";
import { decodeLink, deleteLink, listLinks, renameLink } from "../../netlink/route/link.ts";
import { errno } from "../../sys/errno.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import type { Undo } from "../../sdk/undo.ts";
import { macAddresses, temporaryName, type Attachment } from "../attachment.ts";
import { exchangeOr, requestUnlessDone } from "../kernel.ts";
import { belongsTo, type LinkOwner } from "../own-link.ts";
import { findLink, type EthernetLink, type NamedLink } from "../links.ts";
import type { UpperConfiguration, UpperKind } from "./kind.ts";

export interface UpperRequest<C extends UpperConfiguration> {
  readonly kind: UpperKind<C>;
  readonly configuration: C;
  readonly attachment: Attachment;
  readonly ownerLabel: string;
  readonly container: NetworkNamespace;
  /** rtnetlink where the lower device is. */
  readonly route: Conversation;
  /** rtnetlink in the container. */
  readonly inside: Conversation;
  readonly undo: Undo;
}

export interface Upper extends EthernetLink {
  readonly mtu: number | undefined;
}

/** @throws CniError */
export function makeUpper<C extends UpperConfiguration>(work: UpperRequest<C>, lower: NamedLink): Upper {
  const { attachment, inside, undo, ownerLabel } = work;
  const { ifname } = attachment;
  if (findLink(inside, { name: ifname }) !== undefined) throw nameTaken(work);
  const name = temporaryName(attachment);
  create(work, name, lower);
  undo("remove the interface without a name", () => removeMade(inside, { name }));
  const link = findLink(inside, { name });
  if (link?.address === undefined) throw new CniError(errorCodes.kernelFailure, `link "${name}" vanished`);
  undo("remove the interface", () => removeMade(inside, link));
  const renamed = inside.exchange([renameLink(link, { name: ifname, alias: ownerLabel })])[0];
  if (renamed instanceof NetlinkError)
    throw renamed.errno === errno.EEXIST ? nameTaken(work, renamed) : renamed;
  return { name: ifname, index: link.index, mac: link.address, mtu: link.mtu };
}

function create<C extends UpperConfiguration>(work: UpperRequest<C>, name: string, lower: NamedLink): void {
  const { kind, configuration, attachment, container, inside, undo } = work;
  const mac = kind.chooseMac(configuration, macAddresses(attachment).container);
  const namespaceDescriptor = configuration.linkInContainer ? undefined : container.descriptor;
  const link = { name, lower: lower.index, mac, mtu: configuration.mtu, namespaceDescriptor };
  const onLoss = () => undo("remove the interface that may be there", () => removeMade(inside, { name }));
  const refusal = exchangeOr(onLoss, work.route, [kind.create(link, configuration)])[0];
  if (!(refusal instanceof NetlinkError)) return;
  if (refusal.errno === errno.EEXIST && findLink(inside, { name }) !== undefined) {
    throw new CniError(
      errorCodes.tryAgainLater,
      `cannot add interface "${attachment.ifname}": another ADD of it is under way, or was interrupted`,
      { details: "DEL the attachment, then try again", cause: refusal },
    );
  }
  throw kind.explain(refusal, lower, configuration);
}

/** What this very ADD has made; gone already is as good. @throws NetlinkError */
export function removeMade(inside: Conversation, link: { name: string } | { index: number }): void {
  const by = "index" in link ? { index: link.index } : link;
  requestUnlessDone(inside, deleteLink(by), [errno.ENODEV]);
}

function nameTaken(
  { attachment, container }: Pick<UpperRequest<UpperConfiguration>, "attachment" | "container">,
  cause?: NetlinkError,
): CniError {
  return new CniError(
    errorCodes.interfaceInUse,
    `cannot add interface "${attachment.ifname}": the name is in use in "${container.path}"`,
    { details: "choose another CNI_IFNAME, or DEL the attachment that has it", cause },
  );
}

/** Removes the interface, and one that an interrupted ADD gave no name yet. @throws NetlinkError */
export function removeUpper(inside: Conversation, owner: LinkOwner): void {
  const links = inside.dump(listLinks()).map(decodeLink);
  for (const link of links.filter((candidate) => belongsTo(candidate, owner))) removeMade(inside, link);
}
