/** GC: the links, set elements and leases of attachments that the runtime no longer knows. */
import type { Request } from "../../cni/request.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { Failures } from "../../sdk/failures.ts";
import { readForRemoval } from "../configuration-keys.ts";
import { toCniError } from "../fault.ts";
import {
  isStaleHostEnd,
  mendTables,
  removeLinks,
  removeStaleChains,
  removeStaleElements,
  staleOwners,
} from "../garbage.ts";
import { findIpam } from "../ipam.ts";

export async function gc(request: Request): Promise<void> {
  const { ipamType } = readForRemoval(request.configuration.json);
  const failures = new Failures(toCniError);
  const isStale = staleOwners(request);
  let areDisconnected = true;
  if (isStale !== undefined) {
    areDisconnected = await removeLinks((link) => isStaleHostEnd(link, isStale), failures);
    await failures.attempt(() => removeStaleElements(isStale, failures));
    await failures.attempt(() => removeStaleChains(request, failures));
    await failures.attempt(() => mendTables(request, [masqueradeRuleset]));
  }
  // Leases of links that could not be removed stay with them.
  if (ipamType !== "" && areDisconnected) {
    await failures.attempt(async () => (await findIpam(ipamType, request)).gc(request));
  }
  failures.throwTogether();
}
