/** Reads a result of any version: prevResult from the runtime, or what a delegate printed. */
import { lookUp } from "./configuration.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { CniError, errorCodes } from "./error.ts";
import type { Request } from "./request.ts";
import type { Result } from "./result.ts";
import {
  count,
  decodeWith,
  dnsSchema,
  list,
  object,
  optional,
  optionalAddress,
  prefixText,
  routeSchema,
  text,
  type Read,
} from "./schema.ts";
import { isVersion, resultShape, versions, type Version } from "./version.ts";

const routes = optional(list(routeSchema), []);
const dns = optional(dnsSchema, {});

const oldFamily = optional(object({ ip: prefixText, gateway: optionalAddress, routes }));
const oldShape = object({ ip4: oldFamily, ip6: oldFamily, dns });

const listedLink = object({
  name: text,
  mac: optional(text),
  mtu: count,
  sandbox: optional(text),
  socketPath: optional(text),
  pciID: optional(text),
});
const address = object({ interface: count, address: prefixText, gateway: optionalAddress });
const newShape = object({
  interfaces: optional(list(listedLink), []),
  ips: optional(list(address), []),
  routes,
  dns,
});

function fromOldShape(old: Read<typeof oldShape>): Result {
  const families = [old.ip4, old.ip6].filter((family) => family !== undefined);
  return {
    interfaces: [],
    ips: families.map((family) => ({ address: family.ip, gateway: family.gateway })),
    routes: families.flatMap((family) => family.routes),
    dns: old.dns,
  };
}

/** Where interfaces are listed, addresses must point to one of them. @throws CniError */
function refuseStrayIndexes({ interfaces, ips }: Result): void {
  const at = ips.findIndex((ip) => interfaces.length > 0 && (ip.interface ?? 0) >= interfaces.length);
  if (at < 0) return;
  const message = `"ips[${at}].interface" is ${ips[at]?.interface}: must be below ${interfaces.length}, the number of interfaces`;
  throw new CniError(errorCodes.decodeFailure, message);
}

/**
 * @param what is named in errors: "prevResult", "the result of \"dhcp\""
 * @param assumed the version of a result that does not say its own
 * @throws CniError 6
 */
export function decodeResult(json: JsonObject, what: string, assumed: Version): Result {
  const version = lookUp(json, "cniVersion") ?? assumed;
  if (typeof version !== "string" || !isVersion(version)) {
    throw new CniError(
      errorCodes.decodeFailure,
      `cannot decode ${what}: unknown cniVersion ${JSON.stringify(version)}`,
      {
        details: `known versions are ${versions.join(", ")}`,
      },
    );
  }
  try {
    if (resultShape(version) === "ip4/ip6") return fromOldShape(decodeWith(oldShape, json));
    const result = decodeWith(newShape, json);
    refuseStrayIndexes(result);
    return result;
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const fault = cause.message.replace(/^invalid network configuration: /, "");
    throw new CniError(errorCodes.decodeFailure, `cannot decode ${what}: ${fault}`, { cause });
  }
}

/** The configuration's prevResult, or undefined where it has none. @throws CniError 6 */
export function readPreviousResult(json: JsonObject, version: Version): Result | undefined {
  const value = lookUp(json, "prevResult");
  if (value === undefined) return undefined;
  if (!isJsonObject(value))
    throw new CniError(errorCodes.decodeFailure, "cannot decode prevResult: it is not an object", {
      details: "prevResult is what the ADD printed",
    });
  return decodeResult(value, "prevResult", version);
}

/**
 * The previous result of a request that makes no sense without: any CHECK, and the ADD of a plugin that comes after another.
 * @throws CniError 6, and 7 where it is missing
 */
export function demandPreviousResult({ command, configuration }: Request): Result {
  const result = readPreviousResult(configuration.json, configuration.version);
  if (result !== undefined) return result;
  const details =
    command === "CHECK"
      ? "CHECK needs the result of the ADD as prevResult"
      : `${command} needs the result of the plugin before it in the list as prevResult`;
  throw new CniError(errorCodes.invalidConfiguration, "Required prevResult missing", { details });
}
