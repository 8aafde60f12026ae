/** STATUS: whether an ADD would find an address and could record it. It makes nothing, the folders that an ADD would make included. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { gatewaysOf, nextFree, refuseExhausted } from "./allocator.ts";
import { readConfiguration } from "./configuration.ts";
import { explained } from "./file-failure.ts";
import type { LeaseFiles } from "./files.ts";
import { LeaseBook } from "./lease-book.ts";
import { demandLockable, demandRoomFor, openNetworkFolder, pathOf, placeOf } from "./network-folder.ts";
import type { RangeSet } from "./ranges.ts";
import { readDns } from "./resolv-conf.ts";

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

/** @param book undefined where nothing was leased yet */
function refuseFull(sets: readonly RangeSet[], book: LeaseBook | undefined): void {
  const gateways = gatewaysOf(sets);
  const taken = (name: string) => gateways.has(name) || (book?.isTaken(name) ?? false);
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
      using folder = openNetworkFolder(files, place);
      if (folder === undefined) {
        demandRoomFor(files, pathOf(place));
        return refuseFull(sets, undefined);
      }
      folder.demandWritable();
      demandLockable(folder);
      refuseFull(sets, new LeaseBook(folder));
    });
  });
}
