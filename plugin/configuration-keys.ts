/** Configuration keys that several of our plugins have. */
import { packKeys, readArguments } from "../cni/arguments.ts";
import { lookUp } from "../cni/configuration.ts";
import { CniError, errorCodes } from "../cni/error.ts";
import type { JsonObject } from "../cni/json-object.ts";
import { logLevels } from "../cni/log.ts";
import type { Request } from "../cni/request.ts";
import {
  dnsSchema,
  flag,
  interfaceNameText,
  list,
  object,
  oneOf,
  optional,
  optionalMac,
  prefixText,
  refuse,
  text,
  type Schema,
} from "../cni/schema.ts";
import { InetError } from "../inet/address.ts";
import { parseUnicastMac } from "../inet/mac.ts";
import type { Prefix } from "../inet/prefix.ts";

/** The largest MTU that an Ethernet link takes: ETH_MAX_MTU, linux/if_ether.h. */
export const largestMtu = 65535;
/** The smallest: ETH_MIN_MTU. */
const smallestMtu = 68;

/** "mtu" in bytes, for a link that takes no more than `largest`; undefined leaves it to the kernel. */
export function optionalMtuUpTo(largest: number): Schema<number | undefined> {
  return (value, path) => {
    if (value === undefined || value === 0) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= smallestMtu && value <= largest)
      return value;
    const allowed = `must be 0 (the kernel's default) or a whole number from ${smallestMtu} to ${largest}`;
    return refuse(value, path, allowed);
  };
}

/** "mtu" in bytes; undefined leaves it to the kernel. */
export const optionalMtu = optionalMtuUpTo(largestMtu);

/** "master": the interface below; "" is as good as none, as in the reference plugins. */
export const masterName: Schema<string | undefined> = (value, path) =>
  value === undefined || value === "" ? undefined : interfaceNameText(value, path);

/** As many as fit into one batch of nf_tables, which is applied whole. */
const mostExceptions = 500;

const exceptions: Schema<Prefix[]> = (value, path) => {
  const prefixes = list(prefixText)(value, path);
  if (prefixes.length <= mostExceptions) return prefixes;
  return refuse(prefixes.length, path, `must list at most ${mostExceptions} destinations`);
};

export const masqueradeKeys = {
  ipMasq: flag,
  ipMasqBackend: optional(oneOf("nftables", "iptables"), "nftables"),
  nonMasqueradeCIDRs: optional(exceptions, []),
};

/** Keys of every plugin that gives a container an interface. */
export const commonKeys = {
  ipam: optional(object({ type: optional(text, "") }), { type: "" }),
  dns: optional(dnsSchema, {}),
  // Read before everything else, by sdk/serve.ts; here they are checked.
  logLevel: optional(oneOf(...logLevels)),
  logFile: optional(text),
};

/** Where a MAC address can be asked for. */
export const macKeys = {
  args: optional(object({ cni: optional(object({ mac: optionalMac })) })),
  runtimeConfig: optional(object({ mac: optionalMac })),
};

/** `MAC` of CNI_ARGS. @throws CniError 4 */
export function macFromArguments(request: Request): Uint8Array | undefined {
  const asked = readArguments(request.args, packKeys).MAC;
  if (asked === undefined || asked === "") return undefined;
  try {
    return parseUnicastMac(asked);
  } catch (cause) {
    if (!(cause instanceof InetError)) throw cause;
    throw new CniError(errorCodes.invalidEnvironment, `invalid MAC in CNI_ARGS: ${cause.message}`, { cause });
  }
}

export interface RemovalConfiguration {
  readonly ipamType: string;
  readonly ipMasq: boolean;
  readonly ipMasqBackend: string;
}

export function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

/** What DEL needs: nothing that a mistake elsewhere in the configuration could withhold. */
export function readForRemoval(json: JsonObject): RemovalConfiguration {
  const ipam = lookUp(json, "ipam");
  const ipamType = typeof ipam === "object" && ipam !== null ? lookUp(ipam as JsonObject, "type") : undefined;
  return {
    ipamType: textOr(ipamType, ""),
    ipMasq: lookUp(json, "ipMasq") === true,
    ipMasqBackend: textOr(lookUp(json, "ipMasqBackend"), "nftables"),
  };
}
