/** STATUS of what several plugins have in common: each throws what would keep an ADD from working. */
import { CniError, errorCodes } from "../cni/error.ts";
import type { Request } from "../cni/request.ts";
import { masqueradeRuleset } from "../firewall/masquerade-ruleset.ts";
import { tableDamage } from "../firewall/mend-table.ts";
import { getGeneration } from "../netlink/nftables/generation.ts";
import { toCniError } from "./fault.ts";
import { findIpam, type Ipam } from "./ipam.ts";
import { openNetfilter } from "./kernel.ts";
import type { MasqueradeSettings } from "./masquerade.ts";

/** @throws CniError 50 for whatever is thrown */
export async function asNotAvailable(action: () => void | Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    const { message, details } = toCniError(cause);
    throw new CniError(errorCodes.notAvailable, message, { details, cause });
  }
}

/** The delegate's own STATUS; its code is ours: it may say 51, that existing containers are impaired. */
export async function demandReadyIpam(request: Request, type: string): Promise<Ipam> {
  const ipam = await findInstalled(type, request);
  await ipam.status(request);
  return ipam;
}

/** @throws CniError 50 where it is missing; a name or path that is a mistake of the request keeps its code */
async function findInstalled(type: string, request: Request): Promise<Ipam> {
  try {
    return await findIpam(type, request);
  } catch (cause) {
    if (!(cause instanceof CniError) || cause.code !== errorCodes.ioFailure) throw cause;
    throw new CniError(errorCodes.notAvailable, cause.message, { details: cause.details, cause });
  }
}

type Backend = Pick<MasqueradeSettings, "ipMasq" | "ipMasqBackend">;

function masqueradesByTable({ ipMasq, ipMasqBackend }: Backend): boolean {
  return ipMasq && ipMasqBackend === "nftables";
}

/** @throws CniError 105, NetlinkError */
export function refuseMissingFirewall(settings: Backend & { readonly macspoofchk?: boolean }): void {
  if (settings.macspoofchk !== true && !masqueradesByTable(settings)) return;
  using netfilter = openNetfilter();
  netfilter.request(getGeneration());
}

/** @throws FirewallError */
export async function refuseMissingPrograms({ ipMasq, ipMasqBackend }: Backend): Promise<void> {
  if (!ipMasq || ipMasqBackend !== "iptables") return;
  const { refuseWithoutIptables } = await import("./iptables-egress.ts");
  await refuseWithoutIptables();
}

/** @throws CniError 51: an ADD would succeed, and its traffic leave unmasqueraded as that of all others does */
export function refuseDamage(settings: Backend): void {
  if (!masqueradesByTable(settings)) return;
  using netfilter = openNetfilter();
  const faults = tableDamage(netfilter, masqueradeRuleset);
  if (faults.length > 0) throw new CniError(errorCodes.notAvailableAndImpaired, faults.join("; "));
}
