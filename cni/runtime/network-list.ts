/** A network: its configuration list as it is written in a file; CNI specification 1.1.0, section 1. */
import { lookUp } from "../configuration.ts";
import { isJsonObject, type JsonObject } from "../json-object.ts";
import { nameFault } from "../environment.ts";
import { CniError, errorCodes } from "../error.ts";
import { decodeWith, list, object, optional, refuse, text, type Schema } from "../schema.ts";
import { isVersion, versions, versionWhenMissing, type Version } from "../version.ts";
import { chooseVersion } from "./choose-version.ts";

/** One plugin of a list. */
export interface ListedPlugin {
  /** Name of its executable. */
  readonly type: string;
  /** Names of the capabilities that are declared true. */
  readonly capabilities: readonly string[];
  /** The whole object, keys spelled as they came. */
  readonly json: JsonObject;
}

export interface NetworkList {
  readonly name: string;
  /** The version that all plugins are asked in; not yet known to be one that is spoken. */
  readonly cniVersion: string;
  readonly disableCheck: boolean;
  readonly disableGc: boolean;
  /** Plugins in files of their own are passed over. */
  readonly loadOnlyInlinedPlugins: boolean;
  readonly plugins: readonly ListedPlugin[];
  /** The text of the file, or the list that an old single configuration means. */
  readonly text: string;
  /** Path of the file. */
  readonly path: string;
}

/** A boolean that may come as text in any case: "True". */
const spelledFlag: Schema<boolean> = (value, path) => {
  const word = typeof value === "string" ? value.toLowerCase() : value;
  if (word === true || word === "true") return true;
  if (word === false || word === "false") return false;
  return refuse(value, path, 'must be true or false, or "true" or "false" in any case');
};

function declared(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) return refuse(value, path, 'must be an object such as {"portMappings": true}');
  for (const [name, supported] of Object.entries(value)) {
    const isKnown = typeof supported === "boolean" || supported === null;
    if (!isKnown) return refuse(supported, `${path}.${name}`, "must be true or false");
  }
  return Object.keys(value).filter((name) => value[name] === true);
}

const typeName: Schema<string> = (value, path) => {
  if (text(value, path) !== "") return text(value, path);
  return refuse(value, path, "must be the name of a plugin's executable");
};

/** One plugin of a list, or a plugin file. */
export const pluginSchema: Schema<ListedPlugin> = (value, path) => {
  if (!isJsonObject(value)) return refuse(value, path, "must be an object");
  const inner = (key: string) => (path === "" ? key : `${path}.${key}`);
  const type = typeName(lookUp(value, "type"), inner("type"));
  return { type, capabilities: declared(lookUp(value, "capabilities"), inner("capabilities")), json: value };
};

const somePlugins: Schema<ListedPlugin[]> = (value, path) => {
  const plugins = list(pluginSchema)(value, path);
  return plugins.length > 0 ? plugins : refuse(value, path, "must have at least one plugin");
};

const off = optional(spelledFlag, false);

const listEntries = {
  name: text,
  cniVersion: optional(text, ""),
  cniVersions: optional(list(text)),
  disableCheck: off,
  disableGC: off,
  loadOnlyInlinedPlugins: off,
  plugins: optional(somePlugins),
};

const listSchema = object(listEntries);

/** The keys in this very spelling and never null: so the Go library reads a list, where a plugin's keys may be in any case. */
function knownKeys(json: JsonObject): JsonObject {
  const keys = Object.keys(listEntries).filter((key) => Object.hasOwn(json, key));
  const empty = keys.find((key) => json[key] === null);
  if (empty !== undefined)
    throw new CniError(errorCodes.invalidConfiguration, `"${empty}" is null: leave it out`);
  return Object.fromEntries(keys.map((key) => [key, json[key]]));
}

/** The network that a `.conflist` file describes, without plugins in files of their own. @throws CniError 6 or 7 with the path */
export function readList(content: string, path: string): NetworkList {
  const json = readDocument(content, path);
  return within(path, () => {
    const read = decodeWith(listSchema, knownKeys(json));
    if (read.plugins === undefined && read.loadOnlyInlinedPlugins) {
      const message =
        '"plugins" is missing: "loadOnlyInlinedPlugins" is true, so no other plugins can be found';
      throw new CniError(errorCodes.invalidConfiguration, message);
    }
    const { name, disableCheck, disableGC: disableGc, loadOnlyInlinedPlugins, plugins = [] } = read;
    const cniVersion = chooseVersion(read.cniVersion, read.cniVersions);
    return {
      name,
      cniVersion,
      disableCheck,
      disableGc,
      loadOnlyInlinedPlugins,
      plugins,
      text: content,
      path,
    };
  });
}

/** The network that an old single configuration (`.conf`, `.json`) means: a list of one. @throws CniError 6 or 7 with the path */
export function readSingle(content: string, path: string): NetworkList {
  const plugin = readPlugin(content, path);
  const named = object({ name: optional(text, ""), cniVersion: optional(text, "") });
  const { name, cniVersion } = within(path, () => decodeWith(named, plugin.json));
  const meant = { name, cniVersion, plugins: [plugin.json] };
  return {
    name,
    cniVersion,
    disableCheck: false,
    disableGc: false,
    loadOnlyInlinedPlugins: true,
    plugins: [plugin],
    text: JSON.stringify(meant),
    path,
  };
}

/** A plugin's file. @throws CniError 6 or 7 with the path */
export function readPlugin(content: string, path: string): ListedPlugin {
  const json = readDocument(content, path);
  refuseMisnamedList(json, path);
  return within(path, () => decodeWith(pluginSchema, json));
}

function refuseMisnamedList(json: JsonObject, path: string): void {
  if (lookUp(json, "plugins") === undefined || lookUp(json, "type") !== undefined) return;
  throw new CniError(
    errorCodes.invalidConfiguration,
    `${path}: "type" is missing: this is a list ("plugins")`,
    {
      details: "rename it to end in .conflist",
    },
  );
}

function readDocument(content: string, path: string): JsonObject {
  const help = { details: "the file must hold one JSON object" };
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    const what = content.trim() === "" ? "the file is empty" : (cause as Error).message;
    throw new CniError(errorCodes.decodeFailure, `cannot decode ${path}: ${what}`, { ...help, cause });
  }
  if (isJsonObject(value)) return value;
  throw new CniError(errorCodes.decodeFailure, `cannot decode ${path}: it is not an object`, help);
}

/** Errors of `read` with the file's path in front. */
function within<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const details = "docs/net.md says what the files of a network hold";
    throw new CniError(cause.code, `${path}: ${cause.message}`, { details, cause });
  }
}

/** The version that the network's plugins are asked in. @throws CniError 1 for one that is not spoken */
export function spokenVersion({ cniVersion, path }: NetworkList): Version {
  if (cniVersion === "") return versionWhenMissing;
  if (isVersion(cniVersion)) return cniVersion;
  throw new CniError(
    errorCodes.incompatibleVersion,
    `${path}: "cniVersion" is ${JSON.stringify(cniVersion)}`,
    {
      details: `must be one of ${versions.join(", ")}`,
    },
  );
}

/** @throws CniError 7 for a name that no network can have */
export function refuseNetworkName(name: string): void {
  const fault = nameFault(name);
  if (fault === undefined) return;
  throw new CniError(errorCodes.invalidConfiguration, `invalid network name: "${name}" ${fault}`);
}
