/** The vlan plugin's configuration: the keys of the reference plugin, those for a MAC address, and "enabledad" as the bridge has it. */
import { lookUp } from "../../cni/configuration.ts";
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { decodeWith, flag, object, optional, refuse, type Schema } from "../../cni/schema.ts";
import { largestVlanId } from "../../netlink/route/vlan-range.ts";
import { commonKeys, macFromArguments, macKeys, masterName, optionalMtu } from "../configuration-keys.ts";
import type { UpperConfiguration } from "../upper-device/kind.ts";

const help = "docs/vlan.md has every key with its type and default";

/** 0 is not none, but the tag of frames that have a priority and no VLAN (IEEE 802.1Q, section 9.6). */
const vlanId: Schema<number> = (value, path) => {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= largestVlanId)
    return value;
  return refuse(value, path, `invalid VLAN ID (must be between 0 and ${largestVlanId})`);
};

const schema = object({
  master: masterName,
  vlanId,
  mtu: optionalMtu,
  linkInContainer: flag,
  // Duplicate detection is what a physical network expects.
  enabledad: optional(flag, true),
  ...commonKeys,
  ...macKeys,
});

export interface VlanConfiguration extends UpperConfiguration {
  readonly master: string;
  readonly vlanId: number;
}

function invalid(message: string, details: string): CniError {
  return new CniError(errorCodes.invalidConfiguration, message, { details });
}

/** @throws CniError */
export function readConfiguration(request: Request): VlanConfiguration {
  const { json } = request.configuration;
  if ((lookUp(json, "master") ?? "") === "") {
    const message = '"master" field is required. It specifies the host interface name to create the VLAN for';
    throw invalid(message, help);
  }
  const { args, runtimeConfig, master = "", ...rest } = decodeWith(schema, json, help);
  if (rest.ipam.type === "") throw invalid('invalid network configuration: "ipam.type" is missing', help);
  return { ...rest, master, mac: runtimeConfig?.mac ?? args?.cni?.mac ?? macFromArguments(request) };
}
