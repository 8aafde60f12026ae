/** CHECK: everything that ADD promised, compared with what is there. All differences are told at once. */
import { demandPreviousResult } from "../../cni/previous-result.ts";
import type { Request } from "../../cni/request.ts";
import { interfaceNameFault } from "../../inet/interface-name.ts";
import { parseMac } from "../../inet/mac.ts";
import { formatPrefix } from "../../inet/prefix.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { planAttachment } from "../address-plan.ts";
import { attachmentOf, hostEndName } from "../attachment.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import {
  compareMtu,
  inspectAddresses,
  inspectForwarding,
  inspectInterface,
  inspectLease,
  inspectRoutes,
  isInContainer,
  listedInterface,
  tellDifferences,
  type Inspection,
} from "../inspection.ts";
import { openRoute, openRouteIn } from "../kernel.ts";
import { findLink, type NamedLink } from "../links.ts";
import { readConfiguration } from "./configuration.ts";
import {
  inspectBridge,
  inspectBridgeMasquerade,
  inspectGateways,
  inspectMacGuard,
  inspectPort,
  inspectUplink,
  type BridgeInspection,
} from "./inspect-bridge.ts";

export async function check(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  const previous = demandPreviousResult(request);
  const attachment = attachmentOf(request);
  const plan = planAttachment(previous, configuration);
  request.log.debug("checking", { ips: plan.ips.map((ip) => formatPrefix(ip.address)) });
  await tellDifferences(request, async (differs) => {
    const inspection = { request, configuration, attachment, previous, plan, differs };
    await inspectLease(inspection, configuration.ipam.type);
    await inspect(inspection);
  });
}

async function inspect(inspection: BridgeInspection): Promise<void> {
  const { request, configuration, attachment } = inspection;
  using container = openContainerNamespace(request);
  using route = openRoute();
  using inside = openRouteIn(container);
  const bridge = inspectBridge(inspection, route);
  const interfaceName = inspectGateways(inspection, route, bridge);
  const expected = { kind: "veth", isUp: !configuration.disableContainerInterface, mtu: configuration.mtu };
  const end = inspectInterface(inspection, inside, expected);
  if (end !== undefined) {
    inspectHostEnd(inspection, { route, end, bridge });
    inspectMacGuard(inspection, { port: hostEndName(attachment), mac: promisedMac(inspection, end) });
    inspectAddresses(inspection, inside, end);
    inspectRoutes(inspection, inside, end);
  }
  await inspectUplink(inspection, route);
  if (configuration.isGateway || configuration.ipMasq) inspectForwarding(inspection);
  await inspectBridgeMasquerade(inspection, interfaceName);
}

/** The host end is found as the peer of the container's: attachments made by the reference plugin pass as well. */
function inspectHostEnd(
  inspection: BridgeInspection,
  found: { route: Conversation; end: NamedLink; bridge: NamedLink | undefined },
): void {
  const { configuration, previous, differs } = inspection;
  const { route, end, bridge } = found;
  const listed = previous.interfaces.filter(
    (link) =>
      !isInContainer(link) &&
      link.name !== configuration.bridge &&
      interfaceNameFault(link.name) === undefined,
  );
  const hostEnd = listed
    .map((link) => findLink(route, { name: link.name }))
    .find((link) => link?.index === end.link);
  if (hostEnd === undefined || hostEnd.link !== end.index) {
    differs(`the host end of "${end.name}" is missing`);
    return;
  }
  inspectPort(inspection, route, { bridge, port: hostEnd });
  compareMtu(differs, hostEnd, listed.find((link) => link.name === hostEnd.name)?.mtu ?? configuration.mtu);
}

/** The MAC address is the one that ADD promised: the container can change the one that its interface has. */
function promisedMac(inspection: Inspection, end: NamedLink): Uint8Array {
  try {
    return parseMac(listedInterface(inspection)?.mac ?? "");
  } catch {
    return end.address ?? new Uint8Array();
  }
}
