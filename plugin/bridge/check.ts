/** CHECK: everything that ADD promised, compared with what is there. All differences are told at once. */
import { demandPreviousResult } from "../../cni/previous-result.ts";
import type { Request } from "../../cni/request.ts";
import { missingMacGuard } from "../../firewall/check-mac-guard.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { interfaceNameFault } from "../../inet/interface-name.ts";
import { parseMac } from "../../inet/mac.ts";
import { formatPrefix, samePrefix } from "../../inet/prefix.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { bridgePortSettings, linkFlags } from "../../netlink/route/link.ts";
import { planAttachment } from "../address-plan.ts";
import { hexDigest, hostEndName, type Attachment } from "../attachment.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import {
  compareMac,
  compareMtu,
  inspectAddresses,
  inspectForwarding,
  inspectInterface,
  inspectLease,
  inspectMasquerade,
  inspectRoutes,
  isInContainer,
  listedInterface,
  tellDifferences,
  type Inspection,
} from "../inspection.ts";
import { openNetfilter, openRoute, openRouteIn } from "../kernel.ts";
import { findLink, type NamedLink } from "../links.ts";
import { globalAddresses } from "./bridge-link.ts";
import { readConfiguration, type BridgeConfiguration } from "./configuration.ts";
import { hostVlanOn } from "./host-interface.ts";
import { inspectHostInterface, inspectPortVlans } from "./inspect-vlans.ts";
import { gatewayName } from "./vlan-keys.ts";

interface BridgeInspection extends Inspection {
  readonly configuration: BridgeConfiguration;
  readonly attachment: Attachment;
}

export async function check(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  const previous = demandPreviousResult(request);
  const attachment = {
    network: request.configuration.name,
    containerId: request.containerId,
    ifname: request.ifname,
  };
  const plan = planAttachment(previous, configuration);
  request.log.debug("checking", { ips: plan.ips.map((ip) => formatPrefix(ip.address)) });
  await tellDifferences(request, async (differs) => {
    const inspection = { request, configuration, attachment, previous, plan, differs };
    await inspectLease(inspection, configuration.ipam.type);
    await inspect(inspection);
  });
}

async function inspect(inspection: BridgeInspection): Promise<void> {
  const { request, configuration, attachment, plan, differs } = inspection;
  using container = openContainerNamespace(request);
  using route = openRoute();
  using inside = openRouteIn(container);
  const bridge = inspectBridge(inspection, route);
  const interfaceName = inspectGateways(inspection, route, bridge);
  const expected = { kind: "veth", isUp: !configuration.disableContainerInterface, mtu: configuration.mtu };
  const end = inspectInterface(inspection, inside, expected);
  if (end !== undefined) {
    inspectHostEnd(inspection, { route, end, bridge });
    inspectMacGuard(inspection, end);
    inspectAddresses(inspection, inside, end);
    inspectRoutes(inspection, inside, end);
  }
  await inspectUplink(inspection, route);
  if (configuration.isGateway || configuration.ipMasq) inspectForwarding(inspection);
  const owner = ownerLabel(attachment, hexDigest);
  const subject = { attachment, ownerLabel: owner, interfaceName, ips: plan.ips };
  await inspectMasquerade(subject, configuration, differs);
}

async function inspectUplink(
  { configuration, differs }: BridgeInspection,
  route: Conversation,
): Promise<void> {
  const { uplink: wish } = configuration;
  if (wish === undefined) return;
  const { uplinkDifferences } = await import("./uplink-check.ts");
  for (const difference of uplinkDifferences(route, { wish, configuration })) differs(difference);
}

function inspectBridge({ configuration, previous, differs }: BridgeInspection, route: Conversation) {
  const bridge = findLink(route, { name: configuration.bridge });
  if (bridge === undefined) {
    differs(`bridge "${configuration.bridge}" is missing`);
    return undefined;
  }
  if (bridge.linkInfo?.kind !== "bridge") differs(`"${bridge.name}" is not a bridge`);
  if ((bridge.flags & linkFlags.up) === 0) differs(`bridge "${bridge.name}" is down`);
  const listed = previous.interfaces.find((link) => link.name === bridge.name && !isInContainer(link));
  compareMac(differs, bridge, listed);
  if (
    configuration.promiscMode &&
    (bridge.flags & linkFlags.promiscuous) === 0 &&
    !(bridge.promiscuity ?? 0)
  ) {
    differs(`bridge "${bridge.name}" is not promiscuous`);
  }
  return bridge;
}

/** @returns the name of the interface by which the network's packets come to the host */
function inspectGateways(
  { configuration, plan, previous, differs }: BridgeInspection,
  route: Conversation,
  bridge: NamedLink | undefined,
): string {
  if (bridge === undefined) return configuration.bridge;
  const vlan = hostVlanOn(bridge, configuration);
  const name = vlan === undefined ? bridge.name : gatewayName(bridge.name, vlan);
  if (plan.gateways.length === 0) return name;
  const place = inspectHostInterface(route, configuration, { bridge, differs });
  if (place === undefined) return name;
  const listed = previous.interfaces.find((link) => link.name === name && !isInContainer(link));
  if (place !== bridge) compareMac(differs, place, listed);
  const addresses = globalAddresses(route, place.index);
  for (const gateway of plan.gateways) {
    if (addresses.some((address) => samePrefix(address, gateway))) continue;
    differs(`gateway address ${formatPrefix(gateway)} is missing on "${name}"`);
  }
  return name;
}

/** The host end is found as the peer of the container's: attachments made by the reference plugin pass as well. */
function inspectHostEnd(
  { configuration, previous, differs }: BridgeInspection,
  found: { route: Conversation; end: NamedLink; bridge: NamedLink | undefined },
): void {
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
  if ((hostEnd.flags & linkFlags.up) === 0) differs(`host end "${hostEnd.name}" is down`);
  if (bridge !== undefined && hostEnd.master !== bridge.index) {
    differs(`host end "${hostEnd.name}" is not a port of bridge "${bridge.name}"`);
    return;
  }
  if (bridge !== undefined) inspectPortVlans(route, configuration, { bridge, port: hostEnd, differs });
  const port = bridgePortSettings(hostEnd);
  if (configuration.hairpinMode !== (port.hairpin === 1))
    differs(`hairpin mode of "${hostEnd.name}" was changed`);
  if (configuration.portIsolation !== (port.isolated === 1))
    differs(`isolation of "${hostEnd.name}" was changed`);
  const wantedMtu = listed.find((link) => link.name === hostEnd.name)?.mtu ?? configuration.mtu;
  compareMtu(differs, hostEnd, wantedMtu);
}

/** The MAC address is the one that ADD promised: the container can change the one that its interface has. */
function promisedMac(inspection: Inspection, end: NamedLink): Uint8Array {
  try {
    return parseMac(listedInterface(inspection)?.mac ?? "");
  } catch {
    return end.address ?? new Uint8Array();
  }
}

function inspectMacGuard(inspection: BridgeInspection, end: NamedLink): void {
  const { configuration, attachment, differs } = inspection;
  if (!configuration.macspoofchk) return;
  using netfilter = openNetfilter();
  const missing = missingMacGuard(netfilter, {
    ownerLabel: ownerLabel(attachment, hexDigest),
    hostEnd: hostEndName(attachment),
    mac: promisedMac(inspection, end),
  });
  for (const fault of missing) differs(fault);
}
