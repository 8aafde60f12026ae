/**
 * The IPAM plugin "host-local": addresses out of ranges, each lease a file. Its configuration, files and lock are those of
 * the reference plugin. It differs in that one ADD leases from all sets under one hold of the lock, all or nothing; that a
 * lease without a holder is free; that DEL needs no valid ranges; and that GC and STATUS do something.
 */
import type { Plugin, Request } from "../../cni/request.ts";
import type { Result } from "../../cni/result.ts";
import { readValidAttachments } from "../../cni/valid-attachments.ts";
import type { Prefix } from "../../inet/prefix.ts";
import { chooseAddresses } from "./allocator.ts";
import { readDataDir, readWithRanges, requestedAddresses } from "./configuration.ts";
import { explained } from "./file-failure.ts";
import type { LeaseFiles } from "./files.ts";
import { LeaseBook } from "./lease-book.ts";
import { lockLeases, makeNetworkFolder, openNetworkFolder, pathOf, placeOf } from "./network-folder.ts";
import { readDns } from "./resolv-conf.ts";

function add(files: LeaseFiles, request: Request): Result {
  const configuration = readWithRanges(request);
  const { sets, routes, dataDir, resolvConf } = configuration;
  const requested = requestedAddresses(configuration, request);
  const dns = readDns(files, resolvConf);
  const place = placeOf(dataDir, request);
  return explained(`lease an address in "${pathOf(place)}"`, () => {
    using folder = makeNetworkFolder(files, place);
    using _lock = lockLeases(folder);
    const book = new LeaseBook(folder);
    const choices = chooseAddresses({ sets, requested }, request, book);
    book.take(choices, request);
    const ips = choices.map(({ address, range }) => ({
      address: { address, length: range.subnet.length },
      gateway: range.gateway,
    }));
    return { interfaces: [], ips, routes, dns };
  });
}

/** Changes the leases of an existing folder; without a folder there are none. */
function withLeases(
  files: LeaseFiles,
  request: Request,
  attempt: string,
  action: (book: LeaseBook) => void,
): void {
  const place = placeOf(readDataDir(request.configuration.json), request);
  explained(`${attempt} in "${pathOf(place)}"`, () => {
    using folder = openNetworkFolder(files, place);
    if (folder === undefined) return;
    using _lock = lockLeases(folder);
    action(new LeaseBook(folder));
  });
}

function del(files: LeaseFiles, request: Request): void {
  withLeases(files, request, "release addresses", (book) => book.release(request));
}

function gc(files: LeaseFiles, request: Request): void {
  const valid = readValidAttachments(request.configuration.json);
  if (valid === undefined) return;
  withLeases(files, request, "release stale addresses", (book) => book.retain(valid));
}

/** What a plugin that delegates to this one can ask it beyond the protocol. */
export interface HostLocal extends Plugin {
  /** The gateways that every ADD will give, undefined where that depends. @throws CniError 7 */
  certainGateways(request: Request): Promise<readonly Prefix[] | undefined>;
}

/** The plugin on the files given; the same object serves an executable of its own and a plugin that delegates to it. */
export function createHostLocal(files: LeaseFiles): HostLocal {
  return {
    add: async (request) => add(files, request),
    check: async (request) => (await import("./check.ts")).check(files, request),
    del: async (request) => del(files, request),
    gc: async (request) => gc(files, request),
    status: async (request) => (await import("./status.ts")).status(files, request),
    certainGateways: async (request) => (await import("./certain-gateways.ts")).certainGateways(request),
  };
}
