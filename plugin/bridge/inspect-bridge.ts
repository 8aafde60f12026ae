/** CHECK of what an attachment has on a bridge, whatever is behind its port. */
import { missingMacGuard } from "../../firewall/check-mac-guard.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { formatPrefix, samePrefix } from "../../inet/prefix.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { bridgePortSettings, linkFlags } from "../../netlink/route/link.ts";
import { hexDigest, type Attachment } from "../attachment.ts";
import { compareMac, inspectMasquerade, isInContainer, type Inspection } from "../inspection.ts";
import { openNetfilter } from "../kernel.ts";
import { findLink, type NamedLink } from "../links.ts";
import { globalAddresses } from "./bridge-link.ts";
import type { BridgeConfiguration } from "./configuration.ts";
import { hostVlanOn } from "./host-interface.ts";
import { inspectHostInterface, inspectPortVlans } from "./vlan/inspect.ts";
import { gatewayName } from "./vlan/keys.ts";

export interface BridgeInspection extends Inspection {
  readonly configuration: BridgeConfiguration;
  readonly attachment: Attachment;
}

/** @returns the bridge, undefined where it is missing */
export function inspectBridge(
  { configuration, previous, differs }: BridgeInspection,
  route: Conversation,
): NamedLink | undefined {
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
export function inspectGateways(
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

/** The settings of the port that the attachment has. */
export function inspectPort(
  { configuration, differs }: BridgeInspection,
  route: Conversation,
  { bridge, port }: { bridge: NamedLink | undefined; port: NamedLink },
): void {
  if ((port.flags & linkFlags.up) === 0) differs(`host end "${port.name}" is down`);
  if (bridge !== undefined && port.master !== bridge.index) {
    differs(`host end "${port.name}" is not a port of bridge "${bridge.name}"`);
    return;
  }
  if (bridge !== undefined) inspectPortVlans(route, configuration, { bridge, port, differs });
  const { hairpin, isolated } = bridgePortSettings(port);
  if (configuration.hairpinMode !== (hairpin === 1)) differs(`hairpin mode of "${port.name}" was changed`);
  if (configuration.portIsolation !== (isolated === 1)) differs(`isolation of "${port.name}" was changed`);
}

export async function inspectUplink(
  { configuration, differs }: BridgeInspection,
  route: Conversation,
): Promise<void> {
  const { uplink: wish } = configuration;
  if (wish === undefined) return;
  const { uplinkDifferences } = await import("./uplink/check.ts");
  for (const difference of uplinkDifferences(route, { wish, configuration })) differs(difference);
}

/** @param allowed the only MAC address that frames may come from by the port */
export function inspectMacGuard(
  { configuration, attachment, differs }: BridgeInspection,
  allowed: { readonly port: string; readonly mac: Uint8Array },
): void {
  if (!configuration.macspoofchk) return;
  using netfilter = openNetfilter();
  const missing = missingMacGuard(netfilter, {
    ownerLabel: ownerLabel(attachment, hexDigest),
    hostEnd: allowed.port,
    mac: allowed.mac,
  });
  for (const fault of missing) differs(fault);
}

/** @param interfaceName what the network's packets come to the host by */
export async function inspectBridgeMasquerade(
  { configuration, attachment, plan, differs }: BridgeInspection,
  interfaceName: string,
): Promise<void> {
  const owner = ownerLabel(attachment, hexDigest);
  const subject = { attachment, ownerLabel: owner, interfaceName, ips: plan.ips };
  await inspectMasquerade(subject, configuration, differs);
}
