/** What a plugin of a list is given on standard input; CNI specification 1.1.0, section 3 "Deriving request configuration". */
import { isJsonObject, type JsonObject } from "../json-object.ts";
import { formatResult, type Result } from "../result.ts";
import type { Version } from "../version.ts";
import type { ListedPlugin } from "./network-list.ts";

/** What the runtime adds to a plugin's own keys. */
export interface Supplied {
  readonly name: string;
  readonly version: Version;
  readonly previous?: Result | undefined;
  /** Given to the plugins that declare the capability. */
  readonly capabilities?: JsonObject | undefined;
  /** Keys of one command, such as GC's list. */
  readonly more?: JsonObject;
}

/** The capabilities that are both declared and supplied, or undefined. */
function runtimeConfig(
  { capabilities: declared }: ListedPlugin,
  supplied: JsonObject = {},
): JsonObject | undefined {
  const both = declared.filter((name) => Object.hasOwn(supplied, name));
  return both.length === 0 ? undefined : Object.fromEntries(both.map((name) => [name, supplied[name]]));
}

/** The result as the JSON that plugins of `version` take. */
export function resultJson(result: Result, version: Version): JsonObject {
  const json: unknown = JSON.parse(formatResult(result, version));
  return isJsonObject(json) ? json : {};
}

/** One JSON document. */
export function pluginInput(
  plugin: ListedPlugin,
  { name, version, previous, capabilities, more = {} }: Supplied,
): string {
  const prevResult = previous === undefined ? undefined : resultJson(previous, version);
  const config = runtimeConfig(plugin, capabilities);
  const added: JsonObject = {
    name,
    cniVersion: version,
    ...more,
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(config === undefined ? {} : { runtimeConfig: config }),
  };
  // Keys are read in any case, so one that is spelled otherwise would be a second value.
  const replaced = new Set(Object.keys(added).map((key) => key.toLowerCase()));
  const own = Object.entries(plugin.json).filter(([key]) => !replaced.has(key.toLowerCase()));
  return JSON.stringify({ ...Object.fromEntries(own), ...added });
}
