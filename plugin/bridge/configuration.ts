/** The bridge plugin's configuration: every key of the reference plugin but the VLAN ones. */
import { lookUp } from "../../cni/configuration.ts";
import type { JsonObject } from "../../cni/json-object.ts";
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import {
  decodeWith,
  flag,
  interfaceNameText,
  lenientFlag,
  object,
  optional,
  type Read,
} from "../../cni/schema.ts";
import {
  commonKeys,
  macFromArguments,
  macKeys,
  masqueradeKeys,
  optionalMtu,
  readForRemoval as readCommonForRemoval,
  textOr,
  type RemovalConfiguration as CommonRemoval,
} from "../configuration-keys.ts";

const help = "docs/bridge.md has every key with its type and default";

const schema = object({
  bridge: optional(interfaceNameText, "cni0"),
  isGateway: flag,
  isDefaultGateway: flag,
  forceAddress: flag,
  ...masqueradeKeys,
  mtu: optionalMtu,
  hairpinMode: flag,
  promiscMode: flag,
  macspoofchk: flag,
  portIsolation: optional(lenientFlag, false),
  disableContainerInterface: flag,
  enabledad: flag,
  ...commonKeys,
  ...macKeys,
});

type Decoded = Read<typeof schema>;

export interface BridgeConfiguration extends Omit<Decoded, "args" | "runtimeConfig"> {
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

function complete(decoded: Decoded, macOfArguments: Uint8Array | undefined): BridgeConfiguration {
  const { args, runtimeConfig, isGateway, isDefaultGateway, ...rest } = decoded;
  return {
    ...rest,
    isGateway: isGateway || isDefaultGateway,
    isDefaultGateway,
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
export interface RemovalConfiguration extends CommonRemoval {
  readonly bridge: string;
}

export function readForRemoval(json: JsonObject): RemovalConfiguration {
  return { ...readCommonForRemoval(json), bridge: textOr(lookUp(json, "bridge"), "cni0") };
}
