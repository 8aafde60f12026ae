/** CHECK: everything that ADD promised, compared with what is there. All differences are told at once. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { demandPreviousResult } from "../../cni/previous-result.ts";
import type { Request } from "../../cni/request.ts";
import type { Result, ResultInterface } from "../../cni/result.ts";
import { isAtLeast } from "../../cni/version.ts";
import { missingMacGuard } from "../../firewall/check-mac-guard.ts";
import { missingMasquerade } from "../../firewall/check-masquerade.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { interfaceNameFault } from "../../inet/interface-name.ts";
import { formatMac, parseMac } from "../../inet/mac.ts";
import { formatPrefix, networkOf, samePrefix } from "../../inet/prefix.ts";
import { sameAddress } from "../../inet/address.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { bridgePortSettings, linkFlags, type Link } from "../../netlink/route/link.ts";
import { decodeRoute, listRoutes, routeConstants, type Route } from "../../netlink/route/route.ts";
import { hexDigest, hostEndName, type Attachment } from "../attachment.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import { findIpam } from "../ipam.ts";
import { openNetfilter, openRoute, openRouteIn } from "../kernel.ts";
import { forwardingFault } from "../sysctl.ts";
import { planAttachment, type AddressPlan } from "./address-plan.ts";
import { addressesOf, findLink, type NamedLink } from "../links.ts";
import { globalAddresses } from "./bridge-link.ts";
import { readConfiguration, type BridgeConfiguration } from "./configuration.ts";
import { describeEgress } from "./egress.ts";

interface Inspection {
  readonly request: Request;
  readonly configuration: BridgeConfiguration;
  readonly attachment: Attachment;
  readonly previous: Result;
  readonly plan: AddressPlan;
  /** Collects one sentence for each difference. */
  readonly differs: (difference: string) => void;
}

export async function check(request: Request): Promise<void> {
  const configuration = readConfiguration(request);
  const previous = demandPreviousResult(request);
  const attachment = {
    network: request.configuration.name,
    containerId: request.containerId,
    ifname: request.ifname,
  };
  const differences: string[] = [];
  const plan = planAttachment(previous, configuration);
  const differs = (difference: string) => differences.push(difference);
  request.log.debug("checking", { ips: plan.ips.map((ip) => formatPrefix(ip.address)) });
  await inspectLease({ request, configuration, attachment, previous, plan, differs });
  await inspect({ request, configuration, attachment, previous, plan, differs });
  if (differences.length === 0) return;
  throw new CniError(
    errorCodes.checkFailed,
    `check of "${request.ifname}" failed: ${differences.join("; ")}`,
    {
      details: "DEL and ADD the attachment again, or put back what was changed",
    },
  );
}

/** A delegate that answers "try again later" or cannot run at all ends the CHECK; that it misses something is one difference. */
async function inspectLease({ request, configuration, plan, differs }: Inspection): Promise<void> {
  const { type } = configuration.ipam;
  if (type === "") return;
  if (plan.ips.length === 0) differs("prevResult lists no addresses");
  const ipam = await findIpam(type, request);
  try {
    await ipam.check(request);
  } catch (error) {
    if (!(error instanceof CniError) || error.code !== errorCodes.checkFailed) throw error;
    differs(error.message);
  }
}

async function inspect(inspection: Inspection): Promise<void> {
  using container = openContainerNamespace(inspection.request);
  using route = openRoute();
  using inside = openRouteIn(container);
  const bridge = inspectBridge(inspection, route);
  const end = inspectContainerEnd(inspection, inside);
  if (end !== undefined) {
    inspectHostEnd(inspection, { route, end, bridge });
    inspectMacGuard(inspection, end);
    inspectAddresses(inspection, inside, end);
    inspectRoutes(inspection, inside, end);
  }
  inspectForwarding(inspection);
  await inspectMasquerade(inspection);
}

function inspectBridge({ configuration, plan, previous, differs }: Inspection, route: Conversation) {
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
  const addresses = globalAddresses(route, bridge.index);
  for (const gateway of plan.gateways) {
    if (addresses.some((address) => samePrefix(address, gateway))) continue;
    differs(`gateway address ${formatPrefix(gateway)} is missing on bridge "${bridge.name}"`);
  }
  return bridge;
}

function isInContainer(link: ResultInterface): boolean {
  return link.sandbox !== undefined && link.sandbox !== "";
}

function compareMac(
  differs: Inspection["differs"],
  link: NamedLink,
  listed: ResultInterface | undefined,
): void {
  const mac = formatMac(link.address ?? new Uint8Array());
  if (listed?.mac === undefined || listed.mac === "" || listed.mac.toLowerCase() === mac) return;
  differs(`MAC address of "${link.name}" is ${mac}, was ${listed.mac}`);
}

function inspectContainerEnd(
  { request, configuration, previous, differs }: Inspection,
  inside: Conversation,
) {
  const listed = previous.interfaces.find((link) => link.name === request.ifname && isInContainer(link));
  if (listed === undefined) {
    differs(`prevResult lists no interface "${request.ifname}" in a sandbox`);
  } else if (listed.sandbox !== request.netns) {
    differs(`sandbox in prevResult is "${listed.sandbox}", CNI_NETNS is "${request.netns}"`);
  }
  const end = findLink(inside, { name: request.ifname });
  if (end === undefined) {
    differs(`interface "${request.ifname}" is missing in the container`);
    return undefined;
  }
  if (end.linkInfo?.kind !== "veth") differs(`interface "${request.ifname}" is not a veth`);
  const shouldBeUp = !configuration.disableContainerInterface;
  if (shouldBeUp && (end.flags & linkFlags.up) === 0) differs(`interface "${request.ifname}" is down`);
  compareMac(differs, end, listed);
  compareMtu(differs, end, listed?.mtu ?? configuration.mtu);
  return end;
}

function compareMtu(differs: Inspection["differs"], link: Link, expected: number | undefined): void {
  if (expected === undefined || expected === 0 || link.mtu === expected) return;
  differs(`MTU of "${link.name ?? link.index}" is ${link.mtu}, expected ${expected}`);
}

/** The host end is found as the peer of the container's: attachments made by the reference plugin pass as well. */
function inspectHostEnd(
  { configuration, previous, differs }: Inspection,
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
  const port = bridgePortSettings(hostEnd);
  if (configuration.hairpinMode !== (port.hairpin === 1))
    differs(`hairpin mode of "${hostEnd.name}" was changed`);
  if (configuration.portIsolation !== (port.isolated === 1))
    differs(`isolation of "${hostEnd.name}" was changed`);
  const wantedMtu = listed.find((link) => link.name === hostEnd.name)?.mtu ?? configuration.mtu;
  compareMtu(differs, hostEnd, wantedMtu);
}

/** The MAC address is the one that ADD promised: the container can change the one that its interface has. */
function promisedMac({ previous, request }: Inspection, end: NamedLink): Uint8Array {
  const listed = previous.interfaces.find((link) => link.name === request.ifname && isInContainer(link));
  try {
    return parseMac(listed?.mac ?? "");
  } catch {
    return end.address ?? new Uint8Array();
  }
}

function inspectMacGuard(inspection: Inspection, end: NamedLink): void {
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

function inspectAddresses({ plan, differs }: Inspection, inside: Conversation, end: NamedLink): void {
  const present = addressesOf(inside, end.index);
  for (const { address } of plan.ips) {
    if (present.some(({ prefix }) => samePrefix(prefix, address))) continue;
    differs(`address ${formatPrefix(address)} is missing on "${end.name}"`);
  }
}

function matches(wanted: AddressPlan["kernelRoutes"][number], found: Route, tableIsKnown: boolean): boolean {
  if (!samePrefix(networkOf(wanted.dst), found.destination)) return false;
  if (tableIsKnown && (wanted.table ?? routeConstants.tableMain) !== found.table) return false;
  const same = (one: number | undefined, other: number | undefined) => one === undefined || one === other;
  if (!same(wanted.priority, found.priority)) return false;
  if (!same(wanted.mtu, found.mtu) || !same(wanted.advmss, found.advmss)) return false;
  if (wanted.gw === undefined) return true;
  return found.gateway !== undefined && sameAddress(wanted.gw, found.gateway);
}

function inspectRoutes({ plan, request, differs }: Inspection, inside: Conversation, end: NamedLink): void {
  const families = new Set(plan.kernelRoutes.map((route) => route.dst.address.family));
  const present = [...families]
    .flatMap((family) => inside.dump(listRoutes(family)).map(decodeRoute))
    .filter((route) => route !== undefined)
    .filter((route) => route.interfaceIndex === end.index);
  // Results tell a route's table since 1.1.0.
  const tableIsKnown = isAtLeast(request.configuration.version, "1.1.0");
  for (const wanted of plan.kernelRoutes) {
    if (present.some((found) => matches(wanted, found, tableIsKnown))) continue;
    differs(`route to ${formatPrefix(wanted.dst)} is missing in the container`);
  }
}

function inspectForwarding({ configuration, plan, differs }: Inspection): void {
  if (!configuration.isGateway && !configuration.ipMasq) return;
  for (const family of new Set(plan.ips.map((ip) => ip.address.address.family))) {
    const fault = forwardingFault(family);
    if (fault !== undefined) differs(fault);
  }
}

async function inspectMasquerade({ configuration, attachment, plan, differs }: Inspection): Promise<void> {
  if (!configuration.ipMasq || plan.ips.length === 0) return;
  if (configuration.ipMasqBackend === "iptables") {
    const { missingWithIptables } = await import("./iptables-egress.ts");
    for (const fault of await missingWithIptables(attachment, plan.ips, configuration.nonMasqueradeCIDRs)) {
      differs(fault);
    }
    return;
  }
  const subject = {
    attachment,
    ownerLabel: ownerLabel(attachment, hexDigest),
    interfaceName: configuration.bridge,
    ips: plan.ips,
  };
  using netfilter = openNetfilter();
  const missing = missingMasquerade(netfilter, describeEgress(subject, configuration.nonMasqueradeCIDRs));
  for (const fault of missing) differs(fault);
}
