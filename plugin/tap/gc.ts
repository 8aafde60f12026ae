/** GC: taps on the host, set elements and leases of attachments that the runtime no longer knows, and what bridges need no more. */
import type { Request } from "../../cni/request.ts";
import { guardRuleset } from "../../firewall/guard-ruleset.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { takeBackEverywhere } from "../bridge/take-back-everywhere.ts";
import { collectGarbage } from "../garbage.ts";
import { isTap } from "./device.ts";

export async function gc(request: Request): Promise<void> {
  await collectGarbage(request, {
    isLink: (link, isStale) => isTap(link) && isStale(link.alias ?? ""),
    rulesets: [masqueradeRuleset, guardRuleset],
    alsoTakeBack: (failures) => takeBackEverywhere(request, failures),
  });
}
