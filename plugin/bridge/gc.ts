/**
 * GC: removes what attachments of this network left behind that the runtime no longer knows. Nothing tells which those are but
 * the owner that every link and every set element carries. CNI specification 1.1.0, section 2 "GC".
 */
import { readValidAttachments } from "../../cni/valid-attachments.ts";
import type { Request } from "../../cni/request.ts";
import { unguardMac } from "../../firewall/mac-guard.ts";
import { removeMasquerade } from "../../firewall/masquerade.ts";
import { networkLabel, ownerLabel } from "../../firewall/owner.ts";
import { guardRuleset } from "../../firewall/guard-ruleset.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { mendTable } from "../../firewall/mend-table.ts";
import { listOwners } from "../../firewall/owners.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { decodeLink, deleteLink, listLinks, type Link } from "../../netlink/route/link.ts";
import { hexDigest, looksLikeHostEnd } from "../attachment.ts";
import { Failures } from "../../sdk/failures.ts";
import { toCniError } from "../fault.ts";
import { findIpam } from "../ipam.ts";
import { openNetfilterIfAny, openRoute } from "../kernel.ts";
import { readForRemoval } from "./configuration.ts";

export async function gc(request: Request): Promise<void> {
  const { ipamType } = readForRemoval(request.configuration.json);
  const failures = new Failures(toCniError);
  const isStale = staleOwners(request);
  let areDisconnected = true;
  if (isStale !== undefined) {
    areDisconnected = await removeStaleLinks(isStale, failures);
    await failures.attempt(() => removeStaleElements(isStale, failures));
    await failures.attempt(() => removeStaleChains(request, failures));
    await failures.attempt(() => mendTables(request));
  }
  // Leases of links that could not be removed stay with them.
  if (ipamType !== "" && areDisconnected) {
    await failures.attempt(async () => (await findIpam(ipamType, request)).gc(request));
  }
  failures.throwTogether();
}

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

function isStaleHostEnd(link: Link, isStale: IsStale): boolean {
  return link.linkInfo?.kind === "veth" && looksLikeHostEnd(link.name ?? "") && isStale(link.alias ?? "");
}

/** @returns true when all of them are gone */
async function removeStaleLinks(isStale: IsStale, failures: Failures): Promise<boolean> {
  using route = openRoute();
  const conversation: Conversation = route;
  const links = conversation.dump(listLinks()).map(decodeLink);
  let areGone = true;
  for (const { index } of links.filter((link) => isStaleHostEnd(link, isStale))) {
    const isGone = await failures.attempt(() => void conversation.request(deleteLink({ index })));
    areGone &&= isGone;
  }
  return areGone;
}

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
function mendTables({ log }: Request): void {
  using netfilter = openNetfilterIfAny();
  if (netfilter === undefined) return;
  for (const ruleset of [masqueradeRuleset, guardRuleset]) {
    if (mendTable(netfilter, ruleset))
      log.warn("mended the rules of a table", { table: ruleset.table.title });
  }
}
