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
import { decodeLink, deleteLink, listLinks, type Link } from "../netlink/route/link.ts";
import { errno } from "../sys/errno.ts";
import { Failures } from "../sdk/failures.ts";
import { hexDigest, looksLikeHostEnd } from "./attachment.ts";
import { readForRemoval } from "./configuration-keys.ts";
import { toCniError } from "./fault.ts";
import { findIpam } from "./ipam.ts";
import { openNetfilterIfAny, openRoute, requestUnlessDone } from "./kernel.ts";

/** What a plugin has besides leases. */
export interface Garbage {
  /** Chooses links of the host. */
  readonly isLink: (link: Link, isStale: IsStale) => boolean;
  /** Its tables, whose rules are mended. */
  readonly rulesets: readonly Ruleset[];
  /** What follows when links and set elements are gone. */
  readonly alsoTakeBack?: (failures: Failures) => Promise<void>;
}

/** GC of a plugin. @throws CniError all that failed, after everything was tried */
export async function collectGarbage(request: Request, garbage: Garbage): Promise<void> {
  const { ipamType } = readForRemoval(request.configuration.json);
  const failures = new Failures(toCniError);
  const isStale = staleOwners(request);
  let areGone = true;
  if (isStale !== undefined) {
    areGone = await removeLinks((link) => garbage.isLink(link, isStale), failures);
    await failures.attempt(() => removeStaleElements(isStale, failures));
    await failures.attempt(() => removeStaleChains(request, failures));
    await failures.attempt(() => garbage.alsoTakeBack?.(failures));
    await failures.attempt(() => mendTables(request, garbage.rulesets));
  }
  // Leases of links that could not be removed stay with them.
  if (ipamType !== "" && areGone) {
    await failures.attempt(async () => (await findIpam(ipamType, request)).gc(request));
  }
  failures.throwTogether();
}

/** Tells of an owner's label whether it is of this network and of no valid attachment. */
type IsStale = (label: string) => boolean;

/** Undefined where the runtime sent no list, which does not mean that no attachment is valid. */
function staleOwners(request: Request): IsStale | undefined {
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
async function removeLinks(isGarbage: (link: Link) => boolean, failures: Failures): Promise<boolean> {
  using route = openRoute();
  const conversation: Conversation = route;
  const links = conversation.dump(listLinks()).map(decodeLink);
  let areGone = true;
  for (const { index } of links.filter(isGarbage)) {
    // A container that ends meanwhile takes its link with it.
    const remove = () => requestUnlessDone(conversation, deleteLink({ index }), [errno.ENODEV]);
    const isGone = await failures.attempt(remove);
    areGone &&= isGone;
  }
  return areGone;
}

/** Removes set elements of both of our tables. */
async function removeStaleElements(isStale: IsStale, failures: Failures): Promise<void> {
  using netfilter = openNetfilterIfAny();
  if (netfilter === undefined) return;
  const conversation: Conversation = netfilter;
  for (const label of listOwners(conversation).filter(isStale)) {
    await failures.attempt(() => void removeMasquerade(conversation, label));
    await failures.attempt(() => void unguardMac(conversation, label));
  }
}

/** Chains of iptables say nothing of interfaces: a container's stays while one of its interfaces is valid. */
async function removeStaleChains(request: Request, failures: Failures): Promise<void> {
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
function mendTables({ log }: Request, rulesets: readonly Ruleset[]): void {
  using netfilter = openNetfilterIfAny();
  if (netfilter === undefined) return;
  for (const ruleset of rulesets) {
    if (mendTable(netfilter, ruleset))
      log.warn("mended the rules of a table", { table: ruleset.table.title });
  }
}
