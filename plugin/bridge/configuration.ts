/** The bridge plugin's configuration: every key of the reference plugin, and ours. */
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
import type { Contradiction } from "./contradiction.ts";
import {
  readUplinkWish,
  uplinkContradiction,
  uplinkKeys,
  type UplinkContext,
  type UplinkWish,
} from "./uplink/wish.ts";
import { gatewayNameFault, vlanKeys } from "./vlan/keys.ts";

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
  ...vlanKeys,
  ...uplinkKeys,
  ...commonKeys,
  ...macKeys,
});

type Decoded = Read<typeof schema>;

export interface BridgeConfiguration extends Omit<Decoded, "args" | "runtimeConfig" | "uplink"> {
  readonly uplink: UplinkWish | undefined;
  /** The MAC address asked for, from runtimeConfig, else args.cni, else CNI_ARGS. */
  readonly mac: Uint8Array | undefined;
}

function refuseContradictions(configuration: Decoded): void {
  const fault = contradiction(configuration);
  if (fault !== undefined)
    throw new CniError(errorCodes.invalidConfiguration, fault.message, { details: fault.mend });
}

function contradiction(configuration: Decoded): Contradiction | undefined {
  if (configuration.hairpinMode && configuration.promiscMode) {
    const message = "cannot set hairpin mode and promiscuous mode at the same time";
    return { message, mend: 'set only one of "hairpinMode" and "promiscMode"' };
  }
  if (configuration.disableContainerInterface && configuration.ipam.type !== "") {
    const message = "cannot use IPAM when DisableContainerInterface flag is set";
    return { message, mend: 'remove "ipam" or "disableContainerInterface"' };
  }
  const fault = uplinkContradiction(uplinkContext(configuration));
  if (fault !== undefined) return fault;
  const { isGateway, isDefaultGateway, ipMasq } = configuration;
  const needsGateway = isGateway || isDefaultGateway || ipMasq;
  return needsGateway ? gatewayNameFault(configuration.bridge, portVlan(configuration)) : undefined;
}

function uplinkContext(configuration: Decoded): UplinkContext {
  const { isGateway, isDefaultGateway, vlanTrunk } = configuration;
  return { ...configuration, isGateway: isGateway || isDefaultGateway, hasTrunk: vlanTrunk !== undefined };
}

/** The VLAN of the container's port: with a sub-interface as the uplink it is the whole bridge that is in the VLAN. */
function portVlan({ uplink, uplinkMode, vlan }: Decoded): number | undefined {
  return uplink !== undefined && uplinkMode === "subinterface" ? undefined : vlan;
}

function complete(decoded: Decoded, macOfArguments: Uint8Array | undefined): BridgeConfiguration {
  const { args, runtimeConfig, isGateway, isDefaultGateway, ...rest } = decoded;
  return {
    ...rest,
    vlan: portVlan(decoded),
    uplink: readUplinkWish(uplinkContext(decoded)),
    isGateway: isGateway || isDefaultGateway,
    isDefaultGateway,
    mac: runtimeConfig?.mac ?? args?.cni?.mac ?? macOfArguments,
  };
}

/** The configuration for ADD and CHECK. @throws CniError */
export function readConfiguration(request: Request): BridgeConfiguration {
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
