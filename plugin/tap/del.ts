/** DEL: a tap on the host goes by its owner, whatever CNI_NETNS and the configuration say by now; one in a container as well. */
import { lookUp } from "../../cni/configuration.ts";
import type { Request } from "../../cni/request.ts";
import { unguardMac } from "../../firewall/mac-guard.ts";
import { removeMasquerade } from "../../firewall/masquerade.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { decodeLink, listLinks, type Link } from "../../netlink/route/link.ts";
import { Failures } from "../../sdk/failures.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { type Attachment, attachmentOf, hexDigest } from "../attachment.ts";
import { findNamedBridge, leaveBridge } from "../bridge/leave-bridge.ts";
import { readForRemoval } from "../bridge/configuration.ts";
import { openAnyRemainingNamespace, openNamespaceOfAll, refuseOwn } from "../container-namespace.ts";
import { toCniError } from "../fault.ts";
import { openNetfilterIfAny, openRoute, openRouteIn } from "../kernel.ts";
import { giveAddressesBack } from "../lease.ts";
import { findLink } from "../links.ts";
import { removeIptablesMasquerade } from "../masquerade.ts";
import { belongsTo } from "../own-link.ts";
import { isTap, removeDevice, tapsOnHost } from "./device.ts";

export async function del(request: Request): Promise<void> {
  const configuration = readForRemoval(request.configuration.json);
  const attachment = attachmentOf(request);
  const label = ownerLabel(attachment, hexDigest);
  refuseOwnWithoutTap(request, attachment, label);
  const failures = new Failures(toCniError);
  // Open until the end: closing waits until the kernel has freed what was deleted, and so does removing a link.
  using netfilter = openNetfilterIfAny();
  await failures.attempt(() => void (netfilter && removeMasquerade(netfilter, label)));
  await failures.attempt(() => removeIptablesMasquerade(attachment, configuration));
  const was: { bridge?: Link | undefined } = {};
  const isGone = await failures.attempt(() => {
    was.bridge = removeFromHost(attachment, label, configuration.bridge);
    removeFromContainer(request, attachment, label);
  });
  await failures.attempt(() => leaveBridge(request, was.bridge));
  await failures.attempt(() => void (netfilter && unguardMac(netfilter, label)));
  // An address that a machine still has must not be given to another.
  if (isGone) await failures.attempt(() => giveAddressesBack(request, configuration.ipamType));
  request.log.debug("deleted", { failures: failures.messages });
  failures.throwTogether();
}

/** The host's own namespace is no mistake with a bridge, nor where there is something to remove. @throws CniError 8 */
function refuseOwnWithoutTap(request: Request, attachment: Attachment, label: string): void {
  if (lookUp(request.configuration.json, "bridge") !== undefined) return;
  using namespace = openAnyRemainingNamespace(request);
  if (namespace === undefined) return;
  using route = openRoute();
  if (tapsOnHost(route, attachment, label).length === 0) refuseOwn(request, namespace);
}

/** @returns the bridge that it was a port of, as far as that can be told */
function removeFromHost(attachment: Attachment, label: string, bridge: string): Link | undefined {
  using route = openRoute();
  const taps = tapsOnHost(route, attachment, label);
  const master = taps.find((tap) => tap.master !== undefined)?.master;
  const before = master === undefined ? undefined : findLink(route, { index: master });
  for (const { index } of taps) removeDevice(route, index);
  return before ?? findNamedBridge(route, bridge);
}

function removeFromContainer(request: Request, attachment: Attachment, label: string): void {
  using container = openNamespaceOfAll(request);
  if (container === undefined || container.isSameAs(NetworkNamespace.own())) return;
  using inside: Conversation = openRouteIn(container);
  const owner = { kind: "tun", attachment, ownerLabel: label };
  for (const link of inside.dump(listLinks()).map(decodeLink)) {
    if (isTap(link) && belongsTo(link, owner)) removeDevice(inside, link.index);
  }
}
