/** DEL: what is gone already counts as done; a failure does not keep the rest from being removed. */
import type { Request } from "../../cni/request.ts";
import { removeMasquerade } from "../../firewall/masquerade.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { Failures } from "../../sdk/failures.ts";
import { type Attachment, attachmentOf, hexDigest, hostEndName } from "../attachment.ts";
import { readForRemoval, type RemovalConfiguration } from "../configuration-keys.ts";
import { openRemainingNamespace } from "../container-namespace.ts";
import { toCniError } from "../fault.ts";
import { removeForeign } from "../foreign-veth.ts";
import { openNetfilterIfAny, openRoute } from "../kernel.ts";
import { giveAddressesBack } from "../lease.ts";
import type { NamedLink } from "../links.ts";
import { removeIptablesMasquerade } from "../masquerade.ts";
import { removeVeth } from "../veth.ts";

export async function del(request: Request): Promise<void> {
  const configuration = readForRemoval(request.configuration.json);
  const attachment = attachmentOf(request);
  const failures = new Failures(toCniError);
  const label = ownerLabel(attachment, hexDigest);
  // Open until the end: closing waits until the kernel has freed what was deleted, and so does removing a link.
  using netfilter = openNetfilterIfAny();
  await failures.attempt(() => void (netfilter && removeMasquerade(netfilter, label)));
  await failures.attempt(() => removeIptablesMasquerade(attachment, configuration));
  const isDisconnected = await failures.attempt(() => disconnect(request, attachment, configuration));
  // An address that a container still has must not be given to another.
  if (isDisconnected) await failures.attempt(() => giveAddressesBack(request, configuration.ipamType));
  request.log.debug("deleted", { failures: failures.messages });
  failures.throwTogether();
}

/** Host ends as the reference plugin names them; those of bridges have a master. */
function isOfReference({ name, master }: NamedLink): boolean {
  return master === undefined && /^veth[0-9a-f]{8}$/.test(name);
}

async function disconnect(
  request: Request,
  attachment: Attachment,
  { ipMasq }: RemovalConfiguration,
): Promise<void> {
  using container = openRemainingNamespace(request);
  using route = openRoute();
  const owner = ownerLabel(attachment, hexDigest);
  if (removeVeth(route, hostEndName(attachment), owner) || container === undefined) return;
  await removeForeign({ request, attachment, ipMasq }, { route, container }, isOfReference);
}
