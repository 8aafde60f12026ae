/**
 * Finds a network by its name in a folder, as the Go library does: lists (`.conflist`) in the order of their names, then old single
 * configurations (`.conf` and `.json`). The first with the name is it; one that is broken ends the search, because it might have been it.
 */
import { nameFault } from "../environment.ts";
import { CniError, errorCodes } from "../error.ts";
import {
  readList,
  readPlugin,
  readSingle,
  refuseNetworkName,
  type ListedPlugin,
  type NetworkList,
} from "./network-list.ts";
import type { ConfigurationFiles } from "./outside.ts";

interface Where {
  readonly folder: string;
  readonly name: string;
}

/** Paths of the files in the folder that end so, sorted by the bytes of their names. */
function filesIn(files: ConfigurationFiles, folder: string, endings: readonly string[]): string[] {
  const names = files.fileNames(folder) ?? [];
  const matching = names.filter((name) => endings.some((ending) => name.endsWith(ending)));
  return matching.toSorted((a, b) => (a < b ? -1 : Number(a > b))).map((name) => `${folder}/${name}`);
}

/** Plugins of a network that are files in the folder of its name. @throws CniError with the path */
function pluginFiles(files: ConfigurationFiles, folder: string): ListedPlugin[] {
  return filesIn(files, folder, [".conf"]).map((path) => readPlugin(files.readText(path), path));
}

function withPluginFiles(files: ConfigurationFiles, folder: string, list: NetworkList): NetworkList {
  // A name that no network can have names no folder either: it might lead anywhere.
  const isOpen = !list.loadOnlyInlinedPlugins && nameFault(list.name) === undefined;
  const added = isOpen ? pluginFiles(files, `${folder}/${list.name}`) : [];
  const plugins = [...list.plugins, ...added];
  if (plugins.length > 0) return { ...list, plugins };
  throw new CniError(errorCodes.invalidConfiguration, `${list.path}: no plugins`, {
    details: `add "plugins" to it, or files *.conf to ${folder}/${list.name}`,
  });
}

/** @throws CniError 7 where there is no such network, 6 or 7 with the path for a file that is broken */
export function loadNetwork(files: ConfigurationFiles, { folder, name }: Where): NetworkList {
  refuseNetworkName(name);
  const seen = new Set<string>();
  for (const path of filesIn(files, folder, [".conflist"])) {
    const list = withPluginFiles(files, folder, readList(files.readText(path), path));
    if (list.name === name) return list;
    seen.add(list.name);
  }
  for (const path of filesIn(files, folder, [".conf", ".json"])) {
    const list = readSingle(files.readText(path), path);
    if (list.name === name) return list;
    seen.add(list.name);
  }
  throw notFound(files, { folder, name }, [...seen]);
}

function notFound(files: ConfigurationFiles, { folder, name }: Where, seen: readonly string[]): CniError {
  // One without a proper name can never be asked for.
  const names = seen.filter((other) => nameFault(other) === undefined);
  const there = names.length === 0 ? "there is no network at all" : `networks there: ${names.join(", ")}`;
  const details = files.fileNames(folder) === undefined ? "there is no such folder" : there;
  return new CniError(errorCodes.invalidConfiguration, `no network "${name}" in ${folder}`, { details });
}
