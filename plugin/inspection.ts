/** CHECK of what attachments of several kinds have in common: each difference is told, and none mended. */
import { CniError, errorCodes } from "../cni/error.ts";
import type { Request } from "../cni/request.ts";
import type { Result, ResultInterface } from "../cni/result.ts";
import { isAtLeast } from "../cni/version.ts";
import { missingMasquerade } from "../firewall/check-masquerade.ts";
import { sameAddress } from "../inet/address.ts";
import { formatMac } from "../inet/mac.ts";
import { formatPrefix, networkOf, samePrefix } from "../inet/prefix.ts";
import type { Conversation } from "../netlink/conversation.ts";
import { linkFlags, type Link } from "../netlink/route/link.ts";
import { decodeRoute, listRoutes, routeConstants, type Route } from "../netlink/route/route.ts";
import { familiesOf, type AddressPlan, type PlannedRoute } from "./address-plan.ts";
import { describeEgress, type EgressSubject } from "./egress.ts";
import { findIpam } from "./ipam.ts";
import { openNetfilter } from "./kernel.ts";
import { addressesOf, findLink, type NamedLink } from "./links.ts";
import type { MasqueradeSettings } from "./masquerade.ts";
import { forwardingFault } from "./sysctl.ts";

export interface Inspection {
  readonly request: Request;
  /** What the ADD printed. */
  readonly previous: Result;
  readonly plan: AddressPlan;
  /** Collects one sentence for each difference. */
  readonly differs: (difference: string) => void;
}

/** Runs a CHECK. @throws CniError 107 with all differences that it told */
export async function tellDifferences(
  request: Request,
  inspect: (differs: Inspection["differs"]) => Promise<void>,
): Promise<void> {
  const differences: string[] = [];
  await inspect((difference) => differences.push(difference));
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
export async function inspectLease({ request, plan, differs }: Inspection, type: string): Promise<void> {
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

export function isInContainer(link: ResultInterface): boolean {
  return link.sandbox !== undefined && link.sandbox !== "";
}

/** The container's interface as the result lists it. */
export function listedInterface({ previous, request }: Inspection): ResultInterface | undefined {
  return previous.interfaces.find((link) => link.name === request.ifname && isInContainer(link));
}

export function compareMac(
  differs: Inspection["differs"],
  link: NamedLink,
  listed: ResultInterface | undefined,
): void {
  const mac = formatMac(link.address ?? new Uint8Array());
  if (listed?.mac === undefined || listed.mac === "" || listed.mac.toLowerCase() === mac) return;
  differs(`MAC address of "${link.name}" is ${mac}, was ${listed.mac}`);
}

export function compareMtu(differs: Inspection["differs"], link: Link, expected: number | undefined): void {
  if (expected === undefined || expected === 0 || link.mtu === expected) return;
  differs(`MTU of "${link.name ?? link.index}" is ${link.mtu}, expected ${expected}`);
}

/** What the container's interface must be. */
export interface ExpectedInterface {
  /** IFLA_INFO_KIND */
  readonly kind: string;
  readonly isUp: boolean;
  /** Bytes, where the result does not say it. */
  readonly mtu: number | undefined;
}

/** @returns the interface, undefined where it is missing */
export function inspectInterface(
  inspection: Inspection,
  inside: Conversation,
  expected: ExpectedInterface,
): NamedLink | undefined {
  const { request, differs } = inspection;
  const listed = listedInterface(inspection);
  if (listed === undefined) {
    differs(`prevResult lists no interface "${request.ifname}" in a sandbox`);
  } else if (listed.sandbox !== request.netns) {
    differs(`sandbox in prevResult is "${listed.sandbox}", CNI_NETNS is "${request.netns}"`);
  }
  const link = findLink(inside, { name: request.ifname });
  if (link === undefined) {
    differs(`interface "${request.ifname}" is missing in the container`);
    return undefined;
  }
  if (link.linkInfo?.kind !== expected.kind)
    differs(`interface "${request.ifname}" is not a ${expected.kind}`);
  if (expected.isUp && (link.flags & linkFlags.up) === 0) differs(`interface "${request.ifname}" is down`);
  compareMac(differs, link, listed);
  compareMtu(differs, link, listed?.mtu ?? expected.mtu);
  return link;
}

export function inspectAddresses({ plan, differs }: Inspection, inside: Conversation, link: NamedLink): void {
  const present = addressesOf(inside, link.index);
  for (const { address } of plan.ips) {
    if (present.some(({ prefix }) => samePrefix(prefix, address))) continue;
    differs(`address ${formatPrefix(address)} is missing on "${link.name}"`);
  }
}

function matches(wanted: PlannedRoute, found: Route, tableIsKnown: boolean): boolean {
  if (!samePrefix(networkOf(wanted.dst), found.destination)) return false;
  if (tableIsKnown && (wanted.table ?? routeConstants.tableMain) !== found.table) return false;
  const same = (one: number | undefined, other: number | undefined) => one === undefined || one === other;
  if (!same(wanted.priority, found.priority)) return false;
  if (!same(wanted.mtu, found.mtu) || !same(wanted.advmss, found.advmss)) return false;
  if (wanted.gw === undefined) return true;
  return found.gateway !== undefined && sameAddress(wanted.gw, found.gateway);
}

export function inspectRoutes(
  { plan, request, differs }: Inspection,
  inside: Conversation,
  link: NamedLink,
): void {
  const families = new Set(plan.kernelRoutes.map((route) => route.dst.address.family));
  const present = [...families]
    .flatMap((family) => inside.dump(listRoutes(family)).map(decodeRoute))
    .filter((route) => route !== undefined)
    .filter((route) => route.interfaceIndex === link.index);
  // Results tell a route's table since 1.1.0.
  const tableIsKnown = isAtLeast(request.configuration.version, "1.1.0");
  for (const wanted of plan.kernelRoutes) {
    if (present.some((found) => matches(wanted, found, tableIsKnown))) continue;
    differs(`route to ${formatPrefix(wanted.dst)} is missing in the container`);
  }
}

export function inspectForwarding({ plan, differs }: Inspection): void {
  for (const family of familiesOf(plan)) {
    const fault = forwardingFault(family);
    if (fault !== undefined) differs(fault);
  }
}

export async function inspectMasquerade(
  subject: EgressSubject,
  settings: MasqueradeSettings,
  differs: Inspection["differs"],
): Promise<void> {
  if (!settings.ipMasq || subject.ips.length === 0) return;
  if (settings.ipMasqBackend === "iptables") {
    const { missingWithIptables } = await import("./iptables-egress.ts");
    const { attachment, ips } = subject;
    for (const fault of await missingWithIptables(attachment, ips, settings.nonMasqueradeCIDRs))
      differs(fault);
    return;
  }
  using netfilter = openNetfilter();
  const missing = missingMasquerade(netfilter, describeEgress(subject, settings.nonMasqueradeCIDRs));
  for (const fault of missing) differs(fault);
}
