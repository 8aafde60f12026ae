/** Addresses from the network's IPAM plugin, and back to it. */
import { CniError, errorCodes } from "../cni/error.ts";
import type { Plugin, Request } from "../cni/request.ts";
import { refuseUnsayable, type Result } from "../cni/result.ts";
import { formatPrefix } from "../inet/prefix.ts";
import type { Undo } from "../sdk/undo.ts";
import { findIpam } from "./ipam.ts";

/** What a network without IPAM gives. */
export const nothingLeased: Result = { interfaces: [], ips: [], routes: [], dns: {} };

export interface LeaseOptions {
  /** Type of the IPAM plugin; "" for a network without. */
  readonly type: string;
  readonly undo: Undo;
  /** The link goes before its addresses: as long as it is there, a container has them. */
  readonly removeLink: () => void;
}

/** @throws CniError that of the IPAM plugin, 100 when it gives no address, 7 when the version has no room for what it gives */
export async function leaseAddresses(request: Request, options: LeaseOptions): Promise<Result> {
  const { type, undo, removeLink } = options;
  if (type === "") return nothingLeased;
  const ipam = await findIpam(type, request);
  const lease = await ipam.add(request);
  undo("give the addresses back", () => {
    // If the link cannot be removed, the addresses stay leased.
    removeLink();
    return ipam.del(request);
  });
  if (lease.ips.length === 0)
    throw new CniError(errorCodes.delegateFailed, "IPAM plugin returned missing IP config", {
      details: `the IPAM plugin "${type}" must return at least one address`,
    });
  refuseUnsayable(
    lease.ips.map((ip) => ip.address.address),
    request.configuration.version,
  );
  request.log.debug("addresses leased", { ips: lease.ips.map((ip) => formatPrefix(ip.address)) });
  return lease;
}

/** For DEL: gives back whatever the attachment has leased. */
export async function giveAddressesBack(request: Request, type: string): Promise<void> {
  if (type === "") return;
  const ipam = await findIpamIfAny(type, request);
  await ipam?.del(request);
}

/** Undefined for a type that names no IPAM plugin at all: with it no ADD can have leased anything. */
async function findIpamIfAny(type: string, request: Request): Promise<Plugin | undefined> {
  try {
    return await findIpam(type, request);
  } catch (error) {
    if (error instanceof CniError && error.code === errorCodes.invalidConfiguration) return undefined;
    throw error;
  }
}
