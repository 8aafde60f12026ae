/** GC: the links, set elements and leases of attachments that the runtime no longer knows, and what bridges need no more. */
import type { Request } from "../../cni/request.ts";
import { guardRuleset } from "../../firewall/guard-ruleset.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { collectGarbage, isStaleHostEnd } from "../garbage.ts";
import { takeBackEverywhere } from "./take-back-everywhere.ts";

export async function gc(request: Request): Promise<void> {
  await collectGarbage(request, {
    isLink: isStaleHostEnd,
    rulesets: [masqueradeRuleset, guardRuleset],
    alsoTakeBack: (failures) => takeBackEverywhere(request, failures),
  });
}
