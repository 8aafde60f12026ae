/** STATUS: what would keep an ADD from working, as far as it can be told without one. */
import type { Request } from "../../cni/request.ts";
import type { Prefix } from "../../inet/prefix.ts";
import { openRoute } from "../kernel.ts";
import { findLink } from "../links.ts";
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
import { refuseHostsBridge } from "./uplink/moved.ts";
import { findHostInterface } from "./host-interface.ts";
import { refuseUnreadyVlans } from "./vlan/readiness.ts";

export async function status(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  await asNotAvailable(async () => {
    refuseUnreadyBridge(configuration);
    await refuseUplink(configuration);
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

function refuseUnreadyBridge(configuration: BridgeConfiguration): void {
  using route = openRoute();
  findBridge(route, configuration.bridge);
  refuseUnreadyVlans(route, configuration);
}

async function refuseUplink(configuration: BridgeConfiguration): Promise<void> {
  const { uplink: wish } = configuration;
  if (wish === undefined) return;
  const { refuseUnfitUplink } = await import("./uplink/check.ts");
  using route = openRoute();
  refuseUnfitUplink(route, { wish, configuration });
}

/** As ADD does, for the addresses that it is given. */
function willForward({ isGateway, ipMasq, ipam }: BridgeConfiguration): boolean {
  return (isGateway || ipMasq) && ipam.type !== "";
}

/** An ADD would not set the gateway's address beside one that the bridge has. @param gateways undefined where nobody can tell */
function refuseOtherGateway(
  configuration: BridgeConfiguration,
  gateways: readonly Prefix[] | undefined,
): void {
  if (!configuration.isGateway || gateways === undefined) return;
  using route = openRoute();
  const bridge = findLink(route, { name: configuration.bridge });
  const place = bridge && findHostInterface(route, bridge, configuration);
  if (place === undefined) return;
  const { forceAddress } = configuration;
  const existing = globalAddresses(route, place.index);
  const { added } = planAddresses(existing, gateways, { bridge: place.name, forceAddress });
  if (added.length > 0 && place.index === bridge?.index) refuseHostsBridge(route, place);
}
