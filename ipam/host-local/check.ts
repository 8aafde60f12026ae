/** CHECK: the attachment holds the addresses that prevResult says it has. */
import { CniError, errorCodes } from "../../cni/error.ts";
import { readPreviousResult } from "../../cni/previous-result.ts";
import type { Request } from "../../cni/request.ts";
import { formatAddress } from "../../inet/address.ts";
import { readWithRanges, type HostLocalConfiguration } from "./configuration.ts";
import { explained } from "./file-failure.ts";
import type { LeaseFiles } from "./files.ts";
import { LeaseBook } from "./lease-book.ts";
import { openNetworkFolder, pathOf, placeOf } from "./network-folder.ts";
import { rangeFor } from "./ranges.ts";

function refuseCheck(message: string): never {
  throw new CniError(errorCodes.checkFailed, `host-local: ${message}`, {
    details: "delete the container and make it again",
  });
}

/** Addresses of prevResult that lie in our ranges; others are from other plugins of the chain. */
function promisedAddresses({ sets }: HostLocalConfiguration, request: Request): string[] {
  const { json, version } = request.configuration;
  const ips = readPreviousResult(json, version)?.ips ?? [];
  const ours = ips.filter(({ address: { address } }) =>
    sets.some((set) => rangeFor(set, address) !== undefined),
  );
  return ours.map(({ address }) => formatAddress(address.address));
}

/** @throws CniError 107 */
export function check(files: LeaseFiles, request: Request): void {
  const configuration = readWithRanges(request);
  const promised = promisedAddresses(configuration, request);
  const place = placeOf(configuration.dataDir, request);
  const { containerId, ifname } = request;
  // Without the lock: a lease appears whole, and this one was there before the runtime could ask.
  const held = explained(`read the leases in "${pathOf(place)}"`, () => {
    using folder = openNetworkFolder(files, place);
    return folder === undefined ? [] : new LeaseBook(folder).addressesOf(request).map(formatAddress);
  });
  if (held.length === 0) refuseCheck(`Failed to find address added by container ${containerId}`);
  const lost = promised.filter((address) => !held.includes(address));
  if (lost.length === 0) return;
  refuseCheck(
    `${lost.join(", ")} not leased to container ${containerId}, interface ${ifname}, which has ${held.join(", ")}`,
  );
}
