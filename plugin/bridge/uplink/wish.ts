/** What a configuration says about the uplink: pure. */
import { flag, interfaceNameText, oneOf, optional, type Read, object } from "../../../cni/schema.ts";
import { interfaceNameFault, longestInterfaceName } from "../../../inet/interface-name.ts";
import type { Contradiction } from "../contradiction.ts";

/** Keys of the configuration. */
export const uplinkKeys = {
  uplink: optional(interfaceNameText),
  uplinkMode: optional(oneOf("trunk", "subinterface")),
  uplinkAddress: optional(oneOf("move")),
};

const decodedKeys = object({ ...uplinkKeys, isGateway: flag });
type Keys = Read<typeof decodedKeys>;

/** How a bridge gets out of the host. */
export interface UplinkWish {
  /** The interface that is asked for. */
  readonly name: string;
  /** The interface that becomes the bridge's port: the uplink itself, or its sub-interface of the VLAN. */
  readonly port: string;
  /** The VLAN of the sub-interface; undefined where the uplink itself becomes the port. */
  readonly subinterfaceVlan: number | undefined;
  /** Its addresses and routes follow it to the bridge. */
  readonly movesAddresses: boolean;
}

/** The keys together with what they depend on. */
export type UplinkContext = Keys & {
  readonly bridge: string;
  readonly vlan: number | undefined;
  readonly hasTrunk: boolean;
};

/** What is wrong with the keys together; undefined where nothing is. */
export function uplinkContradiction(keys: UplinkContext): Contradiction | undefined {
  const { uplink, uplinkMode, uplinkAddress, bridge } = keys;
  if (uplink === undefined) {
    if (uplinkMode === undefined && uplinkAddress === undefined) return undefined;
    const key = uplinkMode === undefined ? "uplinkAddress" : "uplinkMode";
    return {
      message: `"${key}" without "uplink"`,
      mend: `name the host's interface in "uplink", or remove "${key}"`,
    };
  }
  if (uplink === bridge) {
    const message = `"uplink" and "bridge" are both "${bridge}"`;
    return { message, mend: '"uplink" is the interface that becomes a port of "bridge"' };
  }
  return uplinkMode === "subinterface" ? subinterfaceContradiction(uplink, keys) : moveContradiction(keys);
}

function subinterfaceContradiction(uplink: string, keys: UplinkContext): Contradiction | undefined {
  if (keys.vlan === undefined)
    return {
      message: '"uplinkMode" is "subinterface" without "vlan"',
      mend: 'set "vlan", or remove "uplinkMode"',
    };
  if (keys.hasTrunk) {
    const message =
      'cannot use "vlanTrunk" with "uplinkMode" "subinterface", whose bridge has one VLAN alone';
    return { message, mend: 'remove "vlanTrunk", or set "uplinkMode" to "trunk"' };
  }
  const name = `${uplink}.${keys.vlan}`;
  if (interfaceNameFault(name) !== undefined) {
    const most = longestInterfaceName - String(keys.vlan).length - 1;
    const message = `"${name}" is too long for the name of the sub-interface of "uplink"`;
    return { message, mend: `rename the uplink to at most ${most} bytes, or set "uplinkMode" to "trunk"` };
  }
  return moveContradiction({ ...keys, vlan: undefined });
}

/** The bridge itself would have two IPv4 addresses: the host's and the gateway's. */
function moveContradiction({ uplinkAddress, isGateway, vlan }: UplinkContext): Contradiction | undefined {
  if (uplinkAddress !== "move" || !isGateway || vlan !== undefined) return undefined;
  return {
    message:
      'cannot use "isGateway" with "uplinkAddress" "move": the bridge gets the addresses of the uplink',
    mend: 'remove "isGateway": containers are in the uplink\'s network, and have its gateway; or remove "uplinkAddress"',
  };
}

/** @param keys without a contradiction */
export function readUplinkWish(keys: UplinkContext): UplinkWish | undefined {
  const { uplink: name, uplinkMode, uplinkAddress, vlan } = keys;
  if (name === undefined) return undefined;
  const isSubinterface = uplinkMode === "subinterface";
  return {
    name,
    port: isSubinterface ? `${name}.${vlan}` : name,
    subinterfaceVlan: isSubinterface ? vlan : undefined,
    movesAddresses: uplinkAddress === "move",
  };
}
