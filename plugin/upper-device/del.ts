/** DEL, whatever the configuration says by now: the lower device need not be there any more. */
import type { Request } from "../../cni/request.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { Failures } from "../../sdk/failures.ts";
import { attachmentOf, hexDigest } from "../attachment.ts";
import { readForRemoval } from "../configuration-keys.ts";
import { openNamespaceOfAll, openRemainingNamespace } from "../container-namespace.ts";
import { toCniError } from "../fault.ts";
import { openRouteIn } from "../kernel.ts";
import { giveAddressesBack } from "../lease.ts";
import { removeUpper } from "./make.ts";

/** @param kind IFLA_INFO_KIND of what the ADD made */
export async function delUpper(request: Request, kind: string): Promise<void> {
  const { ipamType } = readForRemoval(request.configuration.json);
  const failures = new Failures(toCniError);
  const isGone = await failures.attempt(() => disconnect(request, kind));
  // An address that a container still has must not be given to another.
  if (isGone) await failures.attempt(() => giveAddressesBack(request, ipamType));
  request.log.debug("deleted", { failures: failures.messages });
  failures.throwTogether();
}

function disconnect(request: Request, kind: string): void {
  const attachment = attachmentOf(request);
  using container = openRemainingNamespace(request, openNamespaceOfAll);
  if (container === undefined) return;
  using inside = openRouteIn(container);
  removeUpper(inside, { kind, attachment, ownerLabel: ownerLabel(attachment, hexDigest) });
}
