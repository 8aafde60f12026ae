/** The network configuration on standard input; CNI specification 1.1.0, section 1. */
import { nameFault } from "./environment.ts";
import { CniError, errorCodes } from "./error.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { isVersion, versions, versionWhenMissing, type Version } from "./version.ts";

/** A configuration that says which network and which version it is for; the rest is the plugin's. */
export interface Configuration {
  readonly name: string;
  readonly version: Version;
  /** The whole object, keys spelled as they came. */
  readonly json: JsonObject;
  /** The text as it came, for delegates. */
  readonly text: string;
}

/**
 * The value under `key` spelled in any case, the last one where there are several; null counts as absent. Runtimes
 * written in Go send keys in whatever case their structures have, because Go's decoder folds it.
 */
export function lookUp(object: JsonObject, key: string): unknown {
  const exact = object[key];
  const folded = key.toLowerCase();
  let found: unknown = exact;
  for (const [name, value] of Object.entries(object)) {
    if (name.length === folded.length && name.toLowerCase() === folded && value !== null) found = value;
  }
  return found ?? undefined;
}

/** @throws CniError 6 when the text is not one JSON object */
export function decodeJson(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const what = text.trim() === "" ? "standard input is empty" : (cause as Error).message;
    throw new CniError(errorCodes.decodeFailure, `cannot decode the network configuration: ${what}`, {
      details: "standard input must hold the network configuration as one JSON object",
      cause,
    });
  }
  if (isJsonObject(value)) return value;
  const kind = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  throw new CniError(
    errorCodes.decodeFailure,
    `cannot decode the network configuration: it is ${kind}, not an object`,
    {
      details: "standard input must hold the network configuration as one JSON object",
    },
  );
}

/** @throws CniError 1 for an unknown version, 6 for one that is no text */
export function readVersion(json: JsonObject): Version {
  const value = lookUp(json, "cniVersion") ?? "";
  if (typeof value !== "string") {
    throw new CniError(
      errorCodes.decodeFailure,
      `cannot decode "cniVersion": ${JSON.stringify(value)} is not a string`,
    );
  }
  if (value === "") return versionWhenMissing;
  if (isVersion(value)) return value;
  throw new CniError(errorCodes.incompatibleVersion, "incompatible CNI versions", {
    details: `config is ${JSON.stringify(value)}, plugin supports ${JSON.stringify(versions)}`,
  });
}

/** @throws CniError 7 */
export function readName(json: JsonObject): string {
  const name = lookUp(json, "name") ?? "";
  if (typeof name !== "string") {
    throw new CniError(
      errorCodes.invalidConfiguration,
      `invalid "name": ${JSON.stringify(name)} is not a string`,
    );
  }
  if (name === "") {
    throw new CniError(errorCodes.invalidConfiguration, "missing network name", {
      details: 'the network configuration needs a "name"',
    });
  }
  const fault = nameFault(name);
  if (fault === undefined) return name;
  throw new CniError(
    errorCodes.invalidConfiguration,
    `invalid characters found in network name: "${name}" ${fault}`,
    {
      details: name,
    },
  );
}
