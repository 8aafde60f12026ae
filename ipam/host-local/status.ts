/** STATUS: whether an ADD would find an address and could record it. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { gatewaysOf, nextFree, refuseExhausted } from "./allocator.ts";
import { readConfiguration } from "./configuration.ts";
import { explained } from "./file-failure.ts";
import type { LeaseFiles, LeaseFolder } from "./files.ts";
import { LeaseBook } from "./lease-book.ts";
import { makeNetworkFolder, pathOf, placeOf } from "./network-folder.ts";
import type { RangeSet } from "./ranges.ts";
import { readDns } from "./resolv-conf.ts";

/** A name that no lease has and that every reader of leases passes over. */
const probe = ".status";

function refuseReadOnly(folder: LeaseFolder): void {
  folder.createWhole(probe, "probe", 0o600);
  folder.remove(probe);
}

/** Code 50 for whatever would make an ADD fail. */
function asNotAvailable(action: () => void): void {
  try {
    action();
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const { message, details } = cause;
    throw new CniError(errorCodes.notAvailable, message, { details, cause });
  }
}

function refuseFull(sets: readonly RangeSet[], book: LeaseBook): void {
  const gateways = gatewaysOf(sets);
  const taken = (name: string) => gateways.has(name) || book.isTaken(name);
  for (const set of sets) {
    if (nextFree(set, undefined, taken) === undefined) refuseExhausted(set);
  }
}

/** @throws CniError 7, 50 */
export function status(files: LeaseFiles, request: Request): void {
  // Runtimes leave runtimeConfig out here, so a network may have no ranges yet.
  const { sets, dataDir, resolvConf } = readConfiguration(request);
  const place = placeOf(dataDir, request);
  asNotAvailable(() => {
    readDns(files, resolvConf);
    explained(`lease addresses in "${pathOf(place)}"`, () => {
      using folder = makeNetworkFolder(files, place);
      refuseReadOnly(folder);
      refuseFull(sets, new LeaseBook(folder));
    });
  });
}
