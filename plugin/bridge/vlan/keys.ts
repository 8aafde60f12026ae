/** The keys for VLANs: `vlan`, `vlanTrunk` and `preserveDefaultVlan`, with the reference plugin's words for what is wrong. */
import { flag, list, object, optional, refuse, type Schema } from "../../../cni/schema.ts";
import { interfaceNameFault, longestInterfaceName } from "../../../inet/interface-name.ts";
import { largestVlanId, mergeRanges, type VlanRange } from "../../../netlink/route/vlan-range.ts";
import type { Contradiction } from "../contradiction.ts";

/** What a network asks for; a network without either of the first two has nothing to do with VLANs. */
export interface VlanKeys {
  /** The VLAN of untagged frames; undefined for none. */
  readonly vlan: number | undefined;
  /** VLANs of tagged frames, in ascending order and apart from each other. */
  readonly vlanTrunk: readonly VlanRange[] | undefined;
  /** The port keeps the VLAN that the bridge gives to all new ports. */
  readonly preserveDefaultVlan: boolean;
}

/** 0 is read as no VLAN at all. */
const vlan: Schema<number | undefined> = (value, path) => {
  if (value === undefined || value === 0) return undefined;
  if (isId(value)) return value;
  const shown = typeof value === "number" ? `invalid VLAN ID ${value}` : "invalid VLAN ID";
  return refuse(value, path, `${shown} (must be between 0 and ${largestVlanId})`);
};

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= largestVlanId;
}

function trunkId(name: string): Schema<number> {
  const fault = `incorrect trunk ${name} parameter (must be between 1 and ${largestVlanId})`;
  return (value, path) => (isId(value) ? value : refuse(value, path, fault));
}

const ends = object({
  id: optional(trunkId("id")),
  minID: optional(trunkId("minID")),
  maxID: optional(trunkId("maxID")),
});

const bothEnds = "minID and maxID should be configured simultaneously";

/** An id, a range or both. */
const trunkItem: Schema<VlanRange[]> = (value, path) => {
  const { id, minID, maxID } = ends(value, path);
  const single = id === undefined ? [] : [{ first: id, last: id }];
  if (minID === undefined && maxID === undefined)
    return id === undefined ? refuse(value, path, 'must have "id", or "minID" and "maxID"') : single;
  if (minID === undefined) return refuse(value, path, `${bothEnds}, minID is missing`);
  if (maxID === undefined) return refuse(value, path, `${bothEnds}, maxID is missing`);
  if (minID > maxID) return refuse(value, path, "minID is greater than maxID in trunk parameter");
  return [...single, { first: minID, last: maxID }];
};

/** An empty trunk is one: its port takes no tagged frames, and the bridge filters. */
const vlanTrunk: Schema<VlanRange[]> = (value, path) => mergeRanges(list(trunkItem)(value, path).flat());

/** For a plugin's schema. */
export const vlanKeys = { vlan, vlanTrunk: optional(vlanTrunk), preserveDefaultVlan: flag };

/** True when a bridge has to keep frames to their VLANs. */
export function usesVlans(keys: Pick<VlanKeys, "vlan" | "vlanTrunk">): boolean {
  return keys.vlan !== undefined || keys.vlanTrunk !== undefined;
}

/** The host's interface in a VLAN of a bridge, as the reference plugin calls it. */
export function gatewayName(bridge: string, id: number): string {
  return `${bridge}.${id}`;
}

/** Why a network's gateway cannot be called what it has to be called, and what to do. */
export function gatewayNameFault(bridge: string, id: number | undefined): Contradiction | undefined {
  if (id === undefined) return undefined;
  const name = gatewayName(bridge, id);
  const fault = interfaceNameFault(name);
  if (fault === undefined) return undefined;
  const room = longestInterfaceName - gatewayName("", id).length;
  return {
    message: `the gateway of VLAN ${id} would be "${name}", which as an interface name ${fault}`,
    mend: `with this "vlan" the name in "bridge" may have ${room} bytes`,
  };
}
