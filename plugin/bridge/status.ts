/** STATUS: what would keep an ADD from working, as far as it can be told without one. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { tableDamage } from "../../firewall/mend-table.ts";
import { getGeneration } from "../../netlink/nftables/generation.ts";
import { toCniError } from "../fault.ts";
import { findIpam } from "../ipam.ts";
import { openNetfilter, openRoute } from "../kernel.ts";
import { findBridge } from "./bridge-link.ts";
import { readConfiguration, type BridgeConfiguration } from "./configuration.ts";

export async function status(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  asNotAvailable(() => {
    refuseTakenName(configuration);
    refuseMissingFirewall(configuration);
  });
  refuseDamage(configuration);
  // The delegate's code is ours: it may say 51, that existing containers are impaired.
  if (configuration.ipam.type !== "")
    await (await findIpam(configuration.ipam.type, request)).status(request);
}

/** @throws CniError 50 for whatever is thrown */
function asNotAvailable(action: () => void): void {
  try {
    action();
  } catch (cause) {
    const { message, details } = toCniError(cause);
    throw new CniError(errorCodes.notAvailable, message, { details, cause });
  }
}

function refuseTakenName({ bridge }: BridgeConfiguration): void {
  using route = openRoute();
  findBridge(route, bridge);
}

function refuseMissingFirewall({ ipMasq, ipMasqBackend, macspoofchk }: BridgeConfiguration): void {
  if (!macspoofchk && !(ipMasq && ipMasqBackend === "nftables")) return;
  using netfilter = openNetfilter();
  netfilter.request(getGeneration());
}

/** @throws CniError 51: an ADD would succeed, and its traffic leave unmasqueraded as that of all others does */
function refuseDamage({ ipMasq, ipMasqBackend }: BridgeConfiguration): void {
  if (!ipMasq || ipMasqBackend !== "nftables") return;
  using netfilter = openNetfilter();
  const faults = tableDamage(netfilter, masqueradeRuleset);
  if (faults.length > 0) throw new CniError(errorCodes.notAvailableAndImpaired, faults.join("; "));
}
