/**
 * DEL: ADD's list backwards, whatever the configuration says now: it may have said something else when the container was
 * added. What is gone already counts as done; a failure does not keep the rest from being removed.
 */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Plugin, Request } from "../../cni/request.ts";
import { unguardMac } from "../../firewall/mac-guard.ts";
import { removeMasquerade } from "../../firewall/masquerade.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { deleteLink } from "../../netlink/route/link.ts";
import { hexDigest, hostEndName, looksLikeHostEnd, type Attachment } from "../attachment.ts";
import { openRemainingNamespace } from "../container-namespace.ts";
import { Failures } from "../../sdk/failures.ts";
import { toCniError } from "../fault.ts";
import { findIpam } from "../ipam.ts";
import { openNetfilterIfAny, openRoute, openRouteIn } from "../kernel.ts";
import { findLink } from "../links.ts";
import { readForRemoval, type RemovalConfiguration } from "./configuration.ts";
import { removeVeth } from "./veth.ts";

export async function del(request: Request): Promise<void> {
  const configuration = readForRemoval(request.configuration.json);
  const attachment = {
    network: request.configuration.name,
    containerId: request.containerId,
    ifname: request.ifname,
  };
  const failures = new Failures(toCniError);
  const label = ownerLabel(attachment, hexDigest);
  // Closing a netfilter socket waits until the kernel has freed what was deleted before (nft_rcv_nl_event), 15 ms on Linux
  // 6.18. Open until the end, it lets that happen while the link is deleted, which takes as long.
  using netfilter = openNetfilterIfAny();
  await failures.attempt(() => void (netfilter && removeMasquerade(netfilter, label)));
  await failures.attempt(() => removeIptablesMasquerade(attachment, configuration));
  const isDisconnected = await failures.attempt(() => disconnect(request, attachment, configuration));
  request.log.debug(isDisconnected ? "link removed" : "link not removed");
  // Not before the link is gone: until then the container may send.
  await failures.attempt(() => void (netfilter && unguardMac(netfilter, label)));
  // The lease goes last, and only with the link: an address that a container still has must not be given to another.
  if (isDisconnected) await failures.attempt(() => giveBack(request, configuration));
  request.log.debug("deleted", { failures: failures.messages });
  failures.throwTogether();
}

async function removeIptablesMasquerade(
  attachment: Attachment,
  configuration: RemovalConfiguration,
): Promise<void> {
  if (!configuration.ipMasq || configuration.ipMasqBackend !== "iptables") return;
  const { removeWithIptables } = await import("./iptables-egress.ts");
  await removeWithIptables(attachment);
}

async function disconnect(
  request: Request,
  attachment: Attachment,
  configuration: RemovalConfiguration,
): Promise<void> {
  using container = openRemainingNamespace(request);
  using route = openRoute();
  const owner = ownerLabel(attachment, hexDigest);
  if (removeVeth(route, hostEndName(attachment), owner) || container === undefined) return;
  using inside = openRouteIn(container);
  if (!removeForeignVeth(route, inside, { ifname: attachment.ifname, bridge: configuration.bridge })) return;
  request.log.info("removed an attachment of the reference plugin", { ...attachment });
  if (!configuration.ipMasq) return;
  const { removeWithIptables } = await import("./iptables-egress.ts");
  await removeWithIptables(attachment);
}

/**
 * An attachment that the reference plugin made has a host end of random name, so it is found from inside. It is only
 * removed when its other end is a port of our bridge and is not the host end of another attachment of ours: the namespace
 * path may have been given to another container meanwhile.
 */
function removeForeignVeth(
  route: Conversation,
  inside: Conversation,
  subject: { ifname: string; bridge: string },
): boolean {
  const end = findLink(inside, { name: subject.ifname });
  if (end?.linkInfo?.kind !== "veth" || end.link === undefined) return false;
  const hostEnd = findLink(route, { index: end.link });
  if (hostEnd === undefined || hostEnd.link !== end.index || hostEnd.linkInfo?.kind !== "veth") return false;
  if (looksLikeHostEnd(hostEnd.name)) return false;
  if (hostEnd.master === undefined || hostEnd.master !== findLink(route, { name: subject.bridge })?.index)
    return false;
  route.request(deleteLink({ index: hostEnd.index }));
  return true;
}

async function giveBack(request: Request, configuration: RemovalConfiguration): Promise<void> {
  if (configuration.ipamType === "") return;
  const ipam = await findIpamIfAny(configuration.ipamType, request);
  await ipam?.del(request);
}

/** Undefined for a type that names no IPAM plugin at all: with it no ADD can have leased anything. */
async function findIpamIfAny(type: string, request: Request): Promise<Plugin | undefined> {
  try {
    return await findIpam(type, request);
  } catch (error) {
    if (error instanceof CniError && error.code === errorCodes.invalidConfiguration) return undefined;
    throw error;
  }
}
