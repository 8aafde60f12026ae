/** The bridge plugin's configuration: every key of the reference plugin but the VLAN ones. */
import * as v from "valibot";
import { readArguments } from "../../cni/arguments.ts";
import { lookUp, type JsonObject } from "../../cni/configuration.ts";
import { CniError, errorCodes } from "../../cni/error.ts";
import { InetError } from "../../inet/address.ts";
import { parseMac } from "../../inet/mac.ts";
import type { Request } from "../../cni/request.ts";
import {
  decodeWith,
  dnsSchema,
  flag,
  interfaceNameText,
  lenientFlag,
  macText,
  prefixText,
  wholeNumber,
} from "../../cni/schema.ts";

/** The largest MTU that a veth takes: ETH_MAX_MTU, linux/if_ether.h. */
const largestMtu = 65535;
/** The smallest: ETH_MIN_MTU. */
const smallestMtu = 68;

const optionalMac = v.optional(
  v.union([
    v.pipe(
      v.literal(""),
      v.transform((): undefined => undefined),
    ),
    macText,
  ]),
);

const schema = v.object({
  bridge: v.optional(interfaceNameText, "cni0"),
  isGateway: flag,
  isDefaultGateway: flag,
  forceAddress: flag,
  ipMasq: flag,
  ipMasqBackend: v.optional(v.picklist(["nftables", "iptables"]), "nftables"),
  nonMasqueradeCIDRs: v.optional(v.array(prefixText), []),
  mtu: v.optional(v.union([v.literal(0), wholeNumber({ from: smallestMtu, to: largestMtu })], mtuFault), 0),
  hairpinMode: flag,
  promiscMode: flag,
  macspoofchk: flag,
  portIsolation: v.optional(lenientFlag, false),
  disableContainerInterface: flag,
  enabledad: flag,
  ipam: v.optional(v.object({ type: v.optional(v.string(), "") }), { type: "" }),
  dns: v.optional(dnsSchema, {}),
  args: v.optional(v.object({ cni: v.optional(v.object({ mac: optionalMac }), {}) }), {}),
  runtimeConfig: v.optional(v.object({ mac: optionalMac }), {}),
});

function mtuFault(): string {
  return `must be 0 (the kernel's default) or a whole number from ${smallestMtu} to ${largestMtu}`;
}

type Decoded = v.InferOutput<typeof schema>;

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
  const text = readArguments(request.args).MAC;
  if (text === undefined || text === "") return undefined;
  try {
    return parseMac(text);
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
    mac: runtimeConfig.mac ?? args.cni?.mac ?? macOfArguments,
  };
}

/** The configuration for ADD and CHECK. @throws CniError */
export function readConfiguration(request: Request): BridgeConfiguration {
  refuseUnsupported(request.configuration.json);
  const decoded = decodeWith(schema, request.configuration.json);
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
  const text = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
  return {
    bridge: text(lookUp(json, "bridge"), "cni0"),
    ipamType: text(ipamType, ""),
    ipMasq: lookUp(json, "ipMasq") === true,
    ipMasqBackend: text(lookUp(json, "ipMasqBackend"), "nftables"),
  };
}
