/**
 * DEL: ADD's list backwards, whatever the configuration says now: it may have said something else when the container was
 * added. What is gone already counts as done; a failure does not keep the rest from being removed.
 */
import type { Request } from "../../cni/request.ts";
import { unguardMac } from "../../firewall/mac-guard.ts";
import { removeMasquerade } from "../../firewall/masquerade.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import type { Link } from "../../netlink/route/link.ts";
import { Failures } from "../../sdk/failures.ts";
import { type Attachment, attachmentOf, hexDigest, hostEndName } from "../attachment.ts";
import { openRemainingNamespace } from "../container-namespace.ts";
import { toCniError } from "../fault.ts";
import { removeForeign } from "../foreign-veth.ts";
import { openNetfilterIfAny, openRoute } from "../kernel.ts";
import { giveAddressesBack } from "../lease.ts";
import { findLink, isPortOf, type NamedLink } from "../links.ts";
import { removeIptablesMasquerade } from "../masquerade.ts";
import { removeVeth } from "../veth.ts";
import { readForRemoval, type RemovalConfiguration } from "./configuration.ts";
import { findNamedBridge, leaveBridge } from "./leave-bridge.ts";

export async function del(request: Request): Promise<void> {
  const configuration = readForRemoval(request.configuration.json);
  const attachment = attachmentOf(request);
  const failures = new Failures(toCniError);
  const label = ownerLabel(attachment, hexDigest);
  // Closing a netfilter socket waits until the kernel has freed what was deleted before (nft_rcv_nl_event), 15 ms on Linux
  // 6.18. Open until the end, it lets that happen while the link is deleted, which takes as long.
  using netfilter = openNetfilterIfAny();
  await failures.attempt(() => void (netfilter && removeMasquerade(netfilter, label)));
  await failures.attempt(() => removeIptablesMasquerade(attachment, configuration));
  const was: { bridge?: Link | undefined } = {};
  const isDisconnected = await failures.attempt(async () => {
    was.bridge = await disconnect(request, attachment, configuration);
  });
  request.log.debug(isDisconnected ? "link removed" : "link not removed");
  // Not before the link is gone: until then the container may send.
  await failures.attempt(() => void (netfilter && unguardMac(netfilter, label)));
  // The lease goes after the link, and only with it: an address that a container still has must not be given to another.
  if (isDisconnected) await failures.attempt(() => giveAddressesBack(request, configuration.ipamType));
  await failures.attempt(() => leaveBridge(request, was.bridge));
  request.log.debug("deleted", { failures: failures.messages });
  failures.throwTogether();
}

/** @returns the bridge that it was attached to, as far as that can still be told */
async function disconnect(
  request: Request,
  attachment: Attachment,
  configuration: RemovalConfiguration,
): Promise<Link | undefined> {
  using container = openRemainingNamespace(request);
  using route = openRoute();
  const removed = removeVeth(route, hostEndName(attachment), ownerLabel(attachment, hexDigest));
  if (removed !== undefined) return removed.master;
  const { bridge, ipMasq } = configuration;
  const isPort = (hostEnd: NamedLink) =>
    hostEnd.master !== undefined && isPortOf(hostEnd, findLink(route, { name: bridge }));
  if (container !== undefined)
    await removeForeign({ request, attachment, ipMasq }, { route, container }, isPort);
  return findNamedBridge(route, bridge);
}
