/** What an ADD made; CNI specification 1.1.0, section 5 "Result types". The shape of the newest version is kept inside. */
import { formatAddress, type Address } from "../inet/address.ts";
import { formatPrefix, type Prefix } from "../inet/prefix.ts";
import { CniError, errorCodes } from "./error.ts";
import { isAtLeast, resultShape, type Version } from "./version.ts";

export interface ResultInterface {
  readonly name: string;
  readonly mac?: string | undefined;
  /** Since 1.1.0. */
  readonly mtu?: number | undefined;
  /** The container's namespace path exactly as CNI_NETNS gave it; absent for links of the host. */
  readonly sandbox?: string | undefined;
  readonly socketPath?: string | undefined;
  readonly pciID?: string | undefined;
}

export interface ResultAddress {
  /** Index into the interfaces; absent in what an IPAM plugin returns. */
  readonly interface?: number | undefined;
  readonly address: Prefix;
  readonly gateway?: Address | undefined;
}

export interface ResultRoute {
  readonly dst: Prefix;
  /** Absent: the gateway of the address of the same family. */
  readonly gw?: Address | undefined;
  readonly mtu?: number | undefined;
  readonly advmss?: number | undefined;
  /** Lower is preferred. */
  readonly priority?: number | undefined;
  readonly table?: number | undefined;
  readonly scope?: number | undefined;
}

export interface Dns {
  readonly nameservers?: readonly string[] | undefined;
  readonly domain?: string | undefined;
  readonly search?: readonly string[] | undefined;
  readonly options?: readonly string[] | undefined;
}

export interface Result {
  readonly interfaces: readonly ResultInterface[];
  readonly ips: readonly ResultAddress[];
  readonly routes: readonly ResultRoute[];
  readonly dns: Dns;
}

export function isDnsEmpty(dns: Dns): boolean {
  return Object.values(dns).every((value) => value === undefined || value.length === 0);
}

function interfaceJson(link: ResultInterface, version: Version) {
  const { name, mac, sandbox } = link;
  if (!isAtLeast(version, "1.1.0")) return { name, mac, sandbox };
  return { name, mac, mtu: link.mtu, sandbox, socketPath: link.socketPath, pciID: link.pciID };
}

function addressJson(ip: ResultAddress, version: Version) {
  const family = resultShape(version) === "ips with version" ? String(ip.address.address.family) : undefined;
  return {
    version: family,
    interface: ip.interface,
    address: formatPrefix(ip.address),
    gateway: ip.gateway === undefined ? undefined : formatAddress(ip.gateway),
  };
}

function routeJson(route: ResultRoute, version: Version) {
  const dst = formatPrefix(route.dst);
  const gw = route.gw === undefined ? undefined : formatAddress(route.gw);
  if (!isAtLeast(version, "1.1.0")) return { dst, gw };
  const { mtu, advmss, priority, table, scope } = route;
  return {
    dst,
    gw,
    mtu: mtu || undefined,
    advmss: advmss || undefined,
    priority: priority || undefined,
    table,
    scope,
  };
}

/** The one address of a family that versions 0.1.0 and 0.2.0 have room for. */
function familyJson(result: Result, family: 4 | 6, version: Version) {
  const ip = result.ips.find((candidate) => candidate.address.address.family === family);
  if (ip === undefined) return undefined;
  const routes = result.routes.filter((route) => route.dst.address.family === family);
  return {
    ip: formatPrefix(ip.address),
    gateway: ip.gateway === undefined ? undefined : formatAddress(ip.gateway),
    routes: routes.length === 0 ? undefined : routes.map((route) => routeJson(route, version)),
  };
}

/**
 * Refuses what an old version cannot say: 0.1.0 and 0.2.0 know one address per family and need one.
 * To be called before anything is changed as well as with the result. @throws CniError 7
 */
export function refuseUnsayable(ips: readonly { readonly family: 4 | 6 }[], version: Version): void {
  if (resultShape(version) !== "ip4/ip6") return;
  const reasons = { details: "use cniVersion 0.3.1 or later" };
  for (const family of [4, 6]) {
    if (ips.filter((ip) => ip.family === family).length > 1) {
      const message = `CNI version ${version} does not support more than 1 address per family`;
      throw new CniError(errorCodes.invalidConfiguration, message, reasons);
    }
  }
  if (ips.length === 0) {
    const message = `CNI version ${version} cannot describe an attachment without IP addresses`;
    throw new CniError(errorCodes.invalidConfiguration, message, reasons);
  }
}

function resultJson(result: Result, version: Version): object {
  const dns = isDnsEmpty(result.dns) ? undefined : result.dns;
  if (resultShape(version) === "ip4/ip6") {
    const families = { ip4: familyJson(result, 4, version), ip6: familyJson(result, 6, version) };
    return { cniVersion: version, ...families, dns: dns ?? {} };
  }
  return {
    cniVersion: version,
    interfaces:
      result.interfaces.length === 0
        ? undefined
        : result.interfaces.map((link) => interfaceJson(link, version)),
    ips: result.ips.length === 0 ? undefined : result.ips.map((ip) => addressJson(ip, version)),
    routes: result.routes.length === 0 ? undefined : result.routes.map((route) => routeJson(route, version)),
    dns: dns ?? (isAtLeast(version, "1.0.0") ? undefined : {}),
  };
}

/** The result as the JSON document for standard output, in the shape of `version`. */
export function formatResult(result: Result, version: Version): string {
  return `${JSON.stringify(resultJson(result, version), undefined, 4)}\n`;
}
