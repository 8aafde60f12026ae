/** CHECK: the device with its settings, what it is a port of, addresses and routes where it has them, and the lease. */
import { demandPreviousResult } from "../../cni/previous-result.ts";
import type { Request } from "../../cni/request.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { tunSettings } from "../../netlink/route/tun-link.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { planAttachment } from "../address-plan.ts";
import { attachmentOf } from "../attachment.ts";
import { readConfiguration as readBridgeConfiguration } from "../bridge/configuration.ts";
import {
  inspectBridge,
  inspectBridgeMasquerade,
  inspectGateways,
  inspectMacGuard,
  inspectPort,
  inspectUplink,
} from "../bridge/inspect-bridge.ts";
import { openAnyNamespace, refuseOwn } from "../container-namespace.ts";
import {
  inspectAddresses,
  inspectForwarding,
  inspectInterface,
  inspectLease,
  inspectRoutes,
  tellDifferences,
  type Inspection,
} from "../inspection.ts";
import { openRouteIn } from "../kernel.ts";
import { findLink, type NamedLink } from "../links.ts";
import {
  readConfiguration,
  refuseHostKeys,
  rootsUnlessNamed,
  type TapConfiguration,
} from "./configuration.ts";
import { deviceDifferences } from "./device-differences.ts";

export async function check(request: Request): Promise<void> {
  const keys = readConfiguration(request);
  const previous = demandPreviousResult(request);
  using namespace = openAnyNamespace(request);
  const isOnHost = keys.bridge !== undefined && namespace.isSameAs(NetworkNamespace.own());
  if (!isOnHost) {
    refuseOwn(request, namespace);
    refuseHostKeys(request.configuration.json);
  }
  using route = openRouteIn(namespace);
  const inspect = isOnHost ? inspectOnHost : inspectInContainer;
  await tellDifferences(request, async (differs) => {
    const plan = planAttachment(previous, { isGateway: false, isDefaultGateway: false });
    await inspect({ request, previous, plan, differs }, route, keys);
  });
}

function inspectDevice(
  inspection: Inspection,
  route: Conversation,
  keys: TapConfiguration,
): NamedLink | undefined {
  const expected = { kind: "tun", isUp: true, mtu: keys.mtu };
  const tap = inspectInterface(inspection, route, expected);
  const found = tap && tunSettings(tap);
  if (tap === undefined || found === undefined) return tap;
  for (const difference of deviceDifferences(tap.name, found, keys)) inspection.differs(difference);
  return tap;
}

async function inspectInContainer(
  inspection: Inspection,
  route: Conversation,
  keys: TapConfiguration,
): Promise<void> {
  await inspectLease(inspection, keys.ipam.type);
  const tap = inspectDevice(inspection, route, keys);
  if (tap === undefined) return;
  if (keys.bridge === undefined) {
    inspectAddresses(inspection, route, tap);
    inspectRoutes(inspection, route, tap);
    return;
  }
  const bridge = findLink(route, { name: keys.bridge });
  if (bridge === undefined) inspection.differs(`bridge "${keys.bridge}" is missing`);
  else if (tap.master !== bridge.index)
    inspection.differs(`"${tap.name}" is not a port of bridge "${bridge.name}"`);
}

async function inspectOnHost(given: Inspection, route: Conversation, keys: TapConfiguration): Promise<void> {
  const { request, previous } = given;
  const configuration = readBridgeConfiguration(request);
  const attachment = attachmentOf(request);
  const plan = planAttachment(previous, configuration);
  const inspection = { ...given, plan, configuration, attachment };
  await inspectLease(inspection, configuration.ipam.type);
  const bridge = inspectBridge(inspection, route);
  const interfaceName = inspectGateways(inspection, route, bridge);
  const tap = inspectDevice(inspection, route, rootsUnlessNamed(keys));
  if (tap !== undefined) {
    inspectPort(inspection, route, { bridge, port: tap });
    if (keys.mac !== undefined) inspectMacGuard(inspection, { port: tap.name, mac: keys.mac });
  }
  await inspectUplink(inspection, route);
  if (configuration.isGateway || configuration.ipMasq) inspectForwarding(inspection);
  await inspectBridgeMasquerade(inspection, interfaceName);
}
