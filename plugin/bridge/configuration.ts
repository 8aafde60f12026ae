/** The bridge plugin's configuration: every key of the reference plugin but the VLAN ones. */
import { packKeys, readArguments } from "../../cni/arguments.ts";
import { lookUp } from "../../cni/configuration.ts";
import type { JsonObject } from "../../cni/json-object.ts";
import { CniError, errorCodes } from "../../cni/error.ts";
import { InetError } from "../../inet/address.ts";
import { parseUnicastMac } from "../../inet/mac.ts";
import { logLevels } from "../../cni/log.ts";
import type { Request } from "../../cni/request.ts";
import type { Prefix } from "../../inet/prefix.ts";
import {
  decodeWith,
  dnsSchema,
  flag,
  interfaceNameText,
  lenientFlag,
  list,
  object,
  oneOf,
  optional,
  optionalMac,
  prefixText,
  refuse,
  text,
  type Read,
  type Schema,
} from "../../cni/schema.ts";

const help = "docs/bridge.md has every key with its type and default";

/** The largest MTU that a veth takes: ETH_MAX_MTU, linux/if_ether.h. */
const largestMtu = 65535;
/** The smallest: ETH_MIN_MTU. */
const smallestMtu = 68;

const mtuBytes: Schema<number> = (value, path) => {
  if (value === 0) return 0;
  if (typeof value === "number" && Number.isInteger(value) && value >= smallestMtu && value <= largestMtu) {
    return value;
  }
  const allowed = `must be 0 (the kernel's default) or a whole number from ${smallestMtu} to ${largestMtu}`;
  return refuse(value, path, allowed);
};

/** As many as fit into one batch of nf_tables, which is applied whole. */
const mostExceptions = 500;

const exceptions: Schema<Prefix[]> = (value, path) => {
  const prefixes = list(prefixText)(value, path);
  if (prefixes.length <= mostExceptions) return prefixes;
  return refuse(prefixes.length, path, `must list at most ${mostExceptions} destinations`);
};

const schema = object({
  bridge: optional(interfaceNameText, "cni0"),
  isGateway: flag,
  isDefaultGateway: flag,
  forceAddress: flag,
  ipMasq: flag,
  ipMasqBackend: optional(oneOf("nftables", "iptables"), "nftables"),
  nonMasqueradeCIDRs: optional(exceptions, []),
  mtu: optional(mtuBytes, 0),
  hairpinMode: flag,
  promiscMode: flag,
  macspoofchk: flag,
  portIsolation: optional(lenientFlag, false),
  disableContainerInterface: flag,
  enabledad: flag,
  ipam: optional(object({ type: optional(text, "") }), { type: "" }),
  dns: optional(dnsSchema, {}),
  args: optional(object({ cni: optional(object({ mac: optionalMac })) })),
  runtimeConfig: optional(object({ mac: optionalMac })),
  // Read before everything else, by serve.ts; here they are checked.
  logLevel: optional(oneOf(...logLevels)),
  logFile: optional(text),
});

type Decoded = Read<typeof schema>;

export interface BridgeConfiguration extends Omit<Decoded, "args" | "runtimeConfig" | "mtu"> {
  /** Bytes; undefined leaves it to the kernel. */
  readonly mtu: number | undefined;
  /** The MAC address asked for, from runtimeConfig, else args.cni, else CNI_ARGS. */
  readonly mac: Uint8Array | undefined;
}

const unsupportedKeys = ["vlan", "vlanTrunk"] as const;

/** @throws CniError 2 with key and value for a key of the reference that is not supported */
function refuseUnsupported(json: JsonObject): void {
  for (const key of unsupportedKeys) {
    const value = lookUp(json, key);
    if (value === undefined || value === 0) continue;
    throw new CniError(
      errorCodes.unsupportedField,
      `unsupported field "${key}" with value ${JSON.stringify(value)}`,
      {
        details: `this version has no VLANs: remove "${key}"`,
      },
    );
  }
}

function refuseContradictions(configuration: Decoded): void {
  const fault = contradiction(configuration);
  if (fault !== undefined)
    throw new CniError(errorCodes.invalidConfiguration, fault.message, { details: fault.mend });
}

function contradiction(configuration: Decoded): { message: string; mend: string } | undefined {
  if (configuration.hairpinMode && configuration.promiscMode) {
    const message = "cannot set hairpin mode and promiscuous mode at the same time";
    return { message, mend: 'set only one of "hairpinMode" and "promiscMode"' };
  }
  if (configuration.disableContainerInterface && configuration.ipam.type !== "") {
    const message = "cannot use IPAM when DisableContainerInterface flag is set";
    return { message, mend: 'remove "ipam" or "disableContainerInterface"' };
  }
  return undefined;
}

function macFromArguments(request: Request): Uint8Array | undefined {
  const asked = readArguments(request.args, packKeys).MAC;
  if (asked === undefined || asked === "") return undefined;
  try {
    return parseUnicastMac(asked);
  } catch (cause) {
    if (!(cause instanceof InetError)) throw cause;
    throw new CniError(errorCodes.invalidEnvironment, `invalid MAC in CNI_ARGS: ${cause.message}`, { cause });
  }
}

function complete(decoded: Decoded, macOfArguments: Uint8Array | undefined): BridgeConfiguration {
  const { args, runtimeConfig, mtu, isGateway, isDefaultGateway, ...rest } = decoded;
  return {
    ...rest,
    isGateway: isGateway || isDefaultGateway,
    isDefaultGateway,
    mtu: mtu === 0 ? undefined : mtu,
    mac: runtimeConfig?.mac ?? args?.cni?.mac ?? macOfArguments,
  };
}

/** The configuration for ADD and CHECK. @throws CniError */
export function readConfiguration(request: Request): BridgeConfiguration {
  refuseUnsupported(request.configuration.json);
  const decoded = decodeWith(schema, request.configuration.json, help);
  refuseContradictions(decoded);
  return complete(decoded, macFromArguments(request));
}

/** What DEL needs: nothing that a mistake elsewhere in the configuration could withhold. */
export interface RemovalConfiguration {
  readonly bridge: string;
  readonly ipamType: string;
  readonly ipMasq: boolean;
  readonly ipMasqBackend: string;
}

export function readForRemoval(json: JsonObject): RemovalConfiguration {
  const ipam = lookUp(json, "ipam");
  const ipamType = typeof ipam === "object" && ipam !== null ? lookUp(ipam as JsonObject, "type") : undefined;
  const textOr = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
  return {
    bridge: textOr(lookUp(json, "bridge"), "cni0"),
    ipamType: textOr(ipamType, ""),
    ipMasq: lookUp(json, "ipMasq") === true,
    ipMasqBackend: textOr(lookUp(json, "ipMasqBackend"), "nftables"),
  };
}
