/** STATUS: what would keep an ADD from working, as far as it can be told without one. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { masqueradeRuleset } from "../../firewall/masquerade-ruleset.ts";
import { tableDamage } from "../../firewall/mend-table.ts";
import type { Prefix } from "../../inet/prefix.ts";
import { getGeneration } from "../../netlink/nftables/generation.ts";
import { toCniError } from "../fault.ts";
import { findIpam, type Ipam } from "../ipam.ts";
import { openNetfilter, openRoute } from "../kernel.ts";
import { refuseFixedForwarding } from "../sysctl.ts";
import { findBridge, globalAddresses, planAddresses } from "./bridge-link.ts";
import { readConfiguration, type BridgeConfiguration } from "./configuration.ts";

export async function status(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  await asNotAvailable(async () => {
    refuseTakenName(configuration);
    if (willForward(configuration)) refuseFixedForwarding();
    refuseMissingFirewall(configuration);
    await refuseMissingPrograms(configuration);
  });
  refuseDamage(configuration);
  // The delegate's code is ours: it may say 51, that existing containers are impaired.
  const { type } = configuration.ipam;
  if (type === "") return;
  const ipam = await findInstalled(type, request);
  await ipam.status(request);
  await asNotAvailable(async () => refuseOtherGateway(configuration, await ipam.certainGateways?.(request)));
}

/** @throws CniError 50 for whatever is thrown */
async function asNotAvailable(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    const { message, details } = toCniError(cause);
    throw new CniError(errorCodes.notAvailable, message, { details, cause });
  }
}

function refuseTakenName({ bridge }: BridgeConfiguration): void {
  using route = openRoute();
  findBridge(route, bridge);
}

/** As ADD does, for the addresses that it is given. */
function willForward({ isGateway, ipMasq, ipam }: BridgeConfiguration): boolean {
  return (isGateway || ipMasq) && ipam.type !== "";
}

function refuseMissingFirewall({ ipMasq, ipMasqBackend, macspoofchk }: BridgeConfiguration): void {
  if (!macspoofchk && !(ipMasq && ipMasqBackend === "nftables")) return;
  using netfilter = openNetfilter();
  netfilter.request(getGeneration());
}

async function refuseMissingPrograms({ ipMasq, ipMasqBackend }: BridgeConfiguration): Promise<void> {
  if (!ipMasq || ipMasqBackend !== "iptables") return;
  const { refuseWithoutIptables } = await import("./iptables-egress.ts");
  await refuseWithoutIptables();
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

/** An ADD would not set the gateway's address beside one that the bridge has. @param gateways undefined where nobody can tell */
function refuseOtherGateway(
  { bridge: name, isGateway, forceAddress }: BridgeConfiguration,
  gateways: readonly Prefix[] | undefined,
): void {
  if (!isGateway || gateways === undefined) return;
  using route = openRoute();
  const bridge = findBridge(route, name);
  if (bridge === undefined) return;
  planAddresses(globalAddresses(route, bridge.index), gateways, { bridge: name, forceAddress });
}

/** @throws CniError 51: an ADD would succeed, and its traffic leave unmasqueraded as that of all others does */
function refuseDamage({ ipMasq, ipMasqBackend }: BridgeConfiguration): void {
  if (!ipMasq || ipMasqBackend !== "nftables") return;
  using netfilter = openNetfilter();
  const faults = tableDamage(netfilter, masqueradeRuleset);
  if (faults.length > 0) throw new CniError(errorCodes.notAvailableAndImpaired, faults.join("; "));
}
