/** All leases of a network, for showing them: read without the lock, so that looking holds up nobody. */
import { InetError, parseAddress, type Address } from "../../inet/address.ts";
import { errno, failedWith } from "./file-failure.ts";
import type { LeaseFolder } from "./files.ts";
import { normalText } from "./owner.ts";

export interface ListedLease {
  readonly address: Address;
  readonly containerId: string;
  /** Undefined in very old leases. */
  readonly ifname: string | undefined;
}

/** @throws errors of the system for what may not be read */
export function listLeases(folder: LeaseFolder): ListedLease[] {
  return folder.names().flatMap((name) => readLease(folder, name) ?? []);
}

/** Undefined for other files, and for what a power loss left of a lease. */
function readLease(folder: LeaseFolder, name: string): ListedLease | undefined {
  const address = tryParse(name);
  if (address === undefined) return undefined;
  const text = normalText(tryToRead(folder, name));
  if (text === "") return undefined;
  const [containerId = "", ifname] = text.split("\r\n");
  return { address, containerId, ifname };
}

function tryParse(name: string): Address | undefined {
  try {
    return parseAddress(name);
  } catch (error) {
    if (error instanceof InetError) return undefined;
    throw error;
  }
}

/** "" for what is no file. */
function tryToRead(folder: LeaseFolder, name: string): string {
  try {
    return folder.read(name) ?? "";
  } catch (error) {
    if (failedWith(error, errno.ELOOP, errno.EISDIR, errno.ENXIO)) return "";
    throw error;
  }
}
