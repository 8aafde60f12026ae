/** Leases of all networks, wherever configurations say that they are kept. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { listLeases } from "../../ipam/host-local/list-leases.ts";
import { readDataDir } from "../../ipam/host-local/configuration.ts";
import { errno, failedWith } from "../../sys/errno.ts";
import { Folder } from "../../sys/folder.ts";
import { configurationFiles, namesIn } from "../net/outside.ts";
import type { NetworkLease } from "./findings.ts";

/** The default folder, and what the configurations in a folder say besides; a file that cannot be read says nothing. */
export function leaseFolders(configurations: string | undefined): string[] {
  const names = configurations === undefined ? [] : (configurationFiles.fileNames(configurations) ?? []);
  const networks = names
    .filter((name) => /\.(?:conflist|conf|json)$/.test(name))
    .flatMap((name) => pluginsIn(`${configurations}/${name}`));
  return [...new Set([{}, ...networks].map(readDataDir))];
}

function pluginsIn(path: string): JsonObject[] {
  try {
    const json: unknown = JSON.parse(configurationFiles.readText(path));
    if (!isJsonObject(json)) return [];
    const { plugins } = json;
    return Array.isArray(plugins) ? plugins.filter(isJsonObject) : [json];
  } catch {
    // `trestle net` tells what is wrong with it; here it is one of many sources.
    return [];
  }
}

/** Leases in a folder of networks; none where there is no such folder. @throws SyscallError */
export function readLeases(path: string): NetworkLease[] {
  return (namesIn(path) ?? []).flatMap((network) => readNetwork(path, network));
}

function readNetwork(path: string, network: string): NetworkLease[] {
  try {
    using base = Folder.open(path);
    using folder = base.folder(network);
    return listLeases(folder).map((lease) => ({ ...lease, network }));
  } catch (error) {
    // Not a folder, or gone meanwhile.
    if (failedWith(error, errno.ENOTDIR, errno.ELOOP, errno.ENOENT)) return [];
    throw error;
  }
}
