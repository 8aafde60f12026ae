/** GC: the links, set elements and leases of attachments that the runtime no longer knows. */
import type { Request } from "../../cni/request.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { collectGarbage, isStaleHostEnd } from "../garbage.ts";

export async function gc(request: Request): Promise<void> {
  await collectGarbage(request, { isLink: isStaleHostEnd, rulesets: [masqueradeRuleset] });
}
