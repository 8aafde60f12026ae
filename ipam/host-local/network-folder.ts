/**
 * The folder of one network, laid out as by the reference plugin, so that both can work on it side by side:
 *
 *   <dataDir>/<network>/10.1.0.4             a lease: container id, CR LF, interface name
 *                       last_reserved_ip.0   the address leased last out of range set 0
 *                       lock                 flock(2), held by whoever reads or writes leases
 */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { errno, failedWith } from "./file-failure.ts";
import type { LeaseFiles, LeaseFolder } from "./files.ts";

/** Where a network's folder is. */
export interface NetworkPlace {
  readonly dataDir: string;
  readonly network: string;
}

const folderMode = 0o755;
const lockName = "lock";
const lockMode = 0o750;
const lockTimeoutMs = 30_000;

export function placeOf(dataDir: string, request: Request): NetworkPlace {
  return { dataDir, network: request.configuration.name };
}

export function pathOf({ dataDir, network }: NetworkPlace): string {
  return `${dataDir}/${network}`;
}

/** Undefined where it does not exist. */
function existing(open: () => LeaseFolder): LeaseFolder | undefined {
  try {
    return open();
  } catch (error) {
    if (failedWith(error, errno.ENOENT)) return undefined;
    throw error;
  }
}

/** The network's folder, or undefined where there is none. */
export function openNetworkFolder(files: LeaseFiles, place: NetworkPlace): LeaseFolder | undefined {
  using base = existing(() => files.openFolder(place.dataDir));
  return base === undefined ? undefined : existing(() => base.folder(place.network));
}

/** The network's folder, made where it is missing. */
export function makeNetworkFolder(files: LeaseFiles, place: NetworkPlace): LeaseFolder {
  const found = openNetworkFolder(files, place);
  if (found !== undefined) return found;
  files.makeFolders(place.dataDir, folderMode);
  using base = files.openFolder(place.dataDir);
  base.makeFolder(place.network, folderMode);
  return base.folder(place.network);
}

/** Fails as making the folder at `path` and those above it would, and makes nothing. */
export function demandRoomFor(files: LeaseFiles, path: string): void {
  const slash = path.lastIndexOf("/");
  const parent = slash < 0 ? "." : path.slice(0, slash) || "/";
  using above = existing(() => files.openFolder(parent));
  if (above === undefined) return demandRoomFor(files, parent);
  // A link that leads nowhere is missing to whoever follows it, and in the way of whoever makes the folder.
  using _madeMeanwhile = existing(() => above.folder(path.slice(slash + 1)));
  above.demandWritable();
}

/** Fails where nobody could lock the leases; a lock that is held is a good one. Makes no lock and waits for none. */
export function demandLockable(folder: LeaseFolder): void {
  if (folder.names().includes(lockName)) folder.lock(lockName, lockMode, 0)?.[Symbol.dispose]();
}

/** Keeps all others, the reference plugin included, from the leases until it is disposed of. @throws CniError 11 */
export function lockLeases(folder: LeaseFolder): Disposable {
  const lock = folder.lock(lockName, lockMode, lockTimeoutMs);
  if (lock !== undefined) return lock;
  throw new CniError(
    errorCodes.tryAgainLater,
    `the lock ${folder.path}/${lockName} was held by another process for ${lockTimeoutMs / 1000} s`,
    { details: "try again later; fuser(1) tells who holds it" },
  );
}
