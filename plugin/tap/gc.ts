/** GC: taps on the host, set elements and leases of attachments that the runtime no longer knows. */
import type { Request } from "../../cni/request.ts";
import { guardRuleset } from "../../firewall/guard-ruleset.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { Failures } from "../../sdk/failures.ts";
import { takeBackEverywhere } from "../bridge/take-back-everywhere.ts";
import { readForRemoval } from "../configuration-keys.ts";
import { toCniError } from "../fault.ts";
import { mendTables, removeLinks, removeStaleChains, removeStaleElements, staleOwners } from "../garbage.ts";
import { findIpam } from "../ipam.ts";
import { isTap } from "./device.ts";

export async function gc(request: Request): Promise<void> {
  const { ipamType } = readForRemoval(request.configuration.json);
  const failures = new Failures(toCniError);
  const isStale = staleOwners(request);
  let areGone = true;
  if (isStale !== undefined) {
    areGone = await removeLinks((link) => isTap(link) && isStale(link.alias ?? ""), failures);
    await failures.attempt(() => removeStaleElements(isStale, failures));
    await failures.attempt(() => removeStaleChains(request, failures));
    await failures.attempt(() => takeBackEverywhere(request, failures));
    await failures.attempt(() => mendTables(request, [masqueradeRuleset, guardRuleset]));
  }
  // Leases of taps that could not be removed stay with them.
  if (ipamType !== "" && areGone) {
    await failures.attempt(async () => (await findIpam(ipamType, request)).gc(request));
  }
  failures.throwTogether();
}
