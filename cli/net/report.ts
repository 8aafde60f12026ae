/** What was done, in words for people. */
import { formatAddress } from "../../inet/address.ts";
import { formatPrefix } from "../../inet/prefix.ts";
import type { CniError } from "../../cni/error.ts";
import type { Attachment } from "../../cni/runtime/attachment.ts";
import type { AttachmentName } from "../../cni/runtime/network.ts";
import type { Result, ResultAddress, ResultInterface, ResultRoute } from "../../cni/result.ts";

type Row = readonly [label: string, ...texts: (string | undefined)[]];

function table(rows: readonly Row[]): string {
  const lines = rows.map(([label, ...texts]) => {
    const said = texts.filter((text) => text !== undefined && text !== "").join("  ");
    return `  ${label.padEnd(10)} ${said}\n`;
  });
  return lines.join("");
}

function interfaceRow(link: ResultInterface): Row {
  const where = link.sandbox ? "in the container" : "on the host";
  const mtu = link.mtu === undefined ? undefined : `mtu ${link.mtu}`;
  return ["interface", link.name, link.mac, mtu, where];
}

function addressRow(ip: ResultAddress, result: Result): Row {
  const link = ip.interface === undefined ? undefined : result.interfaces[ip.interface]?.name;
  const gateway = ip.gateway === undefined ? undefined : `gateway ${formatAddress(ip.gateway)}`;
  return ["address", formatPrefix(ip.address), link === undefined ? undefined : `on ${link}`, gateway];
}

/** A route without a gateway goes through the gateway of its family's address. */
function routeRow(route: ResultRoute, { ips }: Result): Row {
  const family = route.dst.address.family;
  const gw = route.gw ?? ips.find((ip) => ip.address.address.family === family && ip.gateway)?.gateway;
  const mtu = route.mtu ? `mtu ${route.mtu}` : undefined;
  return ["route", formatPrefix(route.dst), gw === undefined ? undefined : `via ${formatAddress(gw)}`, mtu];
}

function dnsRows({ dns }: Result): Row[] {
  const { nameservers = [], domain = "", search = [] } = dns;
  const rows: Row[] = [["dns", ...nameservers, domain === "" ? "" : `domain ${domain}`, ...search]];
  return rows.filter((row) => row.slice(1).some((text) => text !== ""));
}

/** The container's own interfaces first: they are what was asked for. */
function ownFirst(links: readonly ResultInterface[]): ResultInterface[] {
  return [...links.filter((link) => link.sandbox), ...links.filter((link) => !link.sandbox)];
}

interface Done {
  readonly network: string;
  readonly attachment: Attachment;
}

export function reportAdded(
  result: Result,
  { network, attachment, milliseconds }: Done & { readonly milliseconds: number },
): string {
  const rows: Row[] = [
    ...ownFirst(result.interfaces).map(interfaceRow),
    ...result.ips.map((ip) => addressRow(ip, result)),
    ...result.routes.map((route) => routeRow(route, result)),
    ...dnsRows(result),
    ["container", attachment.containerId],
    ["took", `${Math.round(milliseconds)} ms`],
  ];
  return `${attachment.netns} is attached to "${network}"\n${table(rows)}`;
}

export function reportChecked({ network, attachment }: Done): string {
  return `${attachment.ifname} of ${attachment.netns} is as it was added to "${network}"\n`;
}

export function reportDeleted({ network, attachment }: Done): string {
  return `${attachment.ifname} of ${attachment.netns} is detached from "${network}"\n`;
}

export function reportCollected(removed: readonly AttachmentName[], network: string): string {
  if (removed.length === 0) return `"${network}" had no attachment to remove\n`;
  const rows = removed.map(({ containerId, ifname }): Row => ["removed", containerId, ifname]);
  return `"${network}" had ${removed.length} to remove\n${table(rows)}`;
}

/** A command that the network's list turns off: it succeeds, and says nothing of what is there. */
export function reportDisabled(network: string, key: "disableCheck" | "disableGC"): string {
  return `"${network}" was not asked: its list has "${key}"\n`;
}

/** @param isAsked false where the network's version has no STATUS */
export function reportStatus(network: string, isAsked: boolean): string {
  if (isAsked) return `"${network}" is ready\n`;
  return `"${network}" was not asked: STATUS came with cniVersion 1.1.0\n`;
}

export function reportError(verb: string, { message, details, code }: CniError): string {
  const hint = details === undefined ? "" : `  ${details}\n`;
  return `trestle net ${verb}: ${message} (code ${code})\n${hint}`;
}
