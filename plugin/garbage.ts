/**
 * What attachments of a network left behind that the runtime no longer knows. Nothing tells which those are but the owner that
 * every link and every set element carries. CNI specification 1.1.0, section 2 "GC".
 */
import type { Request } from "../cni/request.ts";
import { readValidAttachments } from "../cni/valid-attachments.ts";
import { unguardMac } from "../firewall/mac-guard.ts";
import { mendTable } from "../firewall/mend-table.ts";
import { networkLabel, ownerLabel } from "../firewall/owner.ts";
import { listOwners } from "../firewall/owners.ts";
import { removeMasquerade } from "../firewall/masquerade.ts";
import type { Ruleset } from "../firewall/ruleset.ts";
import type { Conversation } from "../netlink/conversation.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { decodeLink, deleteLink, listLinks, type Link } from "../netlink/route/link.ts";
import { errno } from "../sys/errno.ts";
import type { Failures } from "../sdk/failures.ts";
import { hexDigest, looksLikeHostEnd } from "./attachment.ts";
import { readForRemoval } from "./configuration-keys.ts";
import { openNetfilterIfAny, openRoute } from "./kernel.ts";

/** Tells of an owner's label whether it is of this network and of no valid attachment. */
export type IsStale = (label: string) => boolean;

/** Undefined where the runtime sent no list, which does not mean that no attachment is valid. */
export function staleOwners(request: Request): IsStale | undefined {
  const valid = readValidAttachments(request.configuration.json);
  if (valid === undefined) return undefined;
  const network = request.configuration.name;
  const labels = new Set(valid.map((attachment) => ownerLabel({ network, ...attachment }, hexDigest)));
  const ours = `${networkLabel(network, hexDigest)} `;
  return (label) => label.startsWith(ours) && !labels.has(label);
}

/** True for a host end of a veth that {@link staleOwners} knows nobody of. */
export function isStaleHostEnd(link: Link, isStale: IsStale): boolean {
  return link.linkInfo?.kind === "veth" && looksLikeHostEnd(link.name ?? "") && isStale(link.alias ?? "");
}

/** Removes the links of the host that `isGarbage` chooses. @returns true when all of them are gone */
export async function removeLinks(isGarbage: (link: Link) => boolean, failures: Failures): Promise<boolean> {
  using route = openRoute();
  const conversation: Conversation = route;
  const links = conversation.dump(listLinks()).map(decodeLink);
  let areGone = true;
  for (const { index } of links.filter(isGarbage)) {
    const isGone = await failures.attempt(() => removeUnlessGone(conversation, index));
    areGone &&= isGone;
  }
  return areGone;
}

/** A container that ends meanwhile takes its link with it. @throws NetlinkError */
function removeUnlessGone(route: Conversation, index: number): void {
  const outcome = route.exchange([deleteLink({ index })])[0];
  if (outcome instanceof NetlinkError && outcome.errno !== errno.ENODEV) throw outcome;
}

/** Removes set elements of both of our tables. */
export async function removeStaleElements(isStale: IsStale, failures: Failures): Promise<void> {
  using netfilter = openNetfilterIfAny();
  if (netfilter === undefined) return;
  const conversation: Conversation = netfilter;
  for (const label of listOwners(conversation).filter(isStale)) {
    await failures.attempt(() => void removeMasquerade(conversation, label));
    await failures.attempt(() => void unguardMac(conversation, label));
  }
}

/** Chains of iptables say nothing of interfaces: a container's stays while one of its interfaces is valid. */
export async function removeStaleChains(request: Request, failures: Failures): Promise<void> {
  const { name: network, json } = request.configuration;
  const { ipMasq, ipMasqBackend } = readForRemoval(json);
  if (!ipMasq || ipMasqBackend !== "iptables") return;
  const { listWithIptables, removeWithIptables } = await import("./iptables-egress.ts");
  const valid = new Set(readValidAttachments(json)?.map(({ containerId }) => containerId));
  for (const owner of await listWithIptables()) {
    if (owner.network !== network || valid.has(owner.containerId)) continue;
    await failures.attempt(() => removeWithIptables(owner));
  }
}

/** Rules that somebody took away come back: nothing else looks at them but CHECK, which changes nothing. */
export function mendTables({ log }: Request, rulesets: readonly Ruleset[]): void {
  using netfilter = openNetfilterIfAny();
  if (netfilter === undefined) return;
  for (const ruleset of rulesets) {
    if (mendTable(netfilter, ruleset))
      log.warn("mended the rules of a table", { table: ruleset.table.title });
  }
}
