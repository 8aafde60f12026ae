/** STATUS: what would keep an ADD from working, as far as it can be told without one. */
import type { Request } from "../../cni/request.ts";
import type { Prefix } from "../../inet/prefix.ts";
import { openRoute } from "../kernel.ts";
import {
  asNotAvailable,
  demandReadyIpam,
  refuseDamage,
  refuseMissingFirewall,
  refuseMissingPrograms,
} from "../readiness.ts";
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
  const { type } = configuration.ipam;
  if (type === "") return;
  const ipam = await demandReadyIpam(request, type);
  await asNotAvailable(async () => refuseOtherGateway(configuration, await ipam.certainGateways?.(request)));
}

function refuseTakenName({ bridge }: BridgeConfiguration): void {
  using route = openRoute();
  findBridge(route, bridge);
}

/** As ADD does, for the addresses that it is given. */
function willForward({ isGateway, ipMasq, ipam }: BridgeConfiguration): boolean {
  return (isGateway || ipMasq) && ipam.type !== "";
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
