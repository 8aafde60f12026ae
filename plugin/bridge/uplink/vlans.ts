/** Which VLANs the uplink of a bridge has that keeps frames to them: pure decisions. */
import type { BridgeVlan, BridgeVlanChange } from "../../../netlink/route/bridge-vlan.ts";
import { includesVlan, mergeRanges, type VlanRange } from "../../../netlink/route/vlan-range.ts";
import type { VlanKeys } from "../vlan/keys.ts";

function idsOf(ranges: readonly VlanRange[]): number[] {
  return ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
}

function rangesOf(ids: Iterable<number>): VlanRange[] {
  return mergeRanges([...ids].map((id) => ({ first: id, last: id })));
}

/**
 * The network's VLANs go out tagged, so that the switch at the other end knows them; only the bridge's default VLAN goes
 * untagged, where the network or the host has something in it.
 * @param defaultPvid what the bridge gives to new ports, untagged; 0 for none
 */
export function planUplinkVlans(
  keys: VlanKeys & { readonly movesAddresses: boolean },
  defaultPvid: number,
): BridgeVlanChange {
  const { vlan, vlanTrunk = [], preserveDefaultVlan, movesAddresses } = keys;
  const ids = new Set([...idsOf(vlanTrunk), ...(vlan === undefined ? [] : [vlan])]);
  const isUntagged = vlan === undefined || preserveDefaultVlan || movesAddresses;
  const needsDefault = defaultPvid !== 0 && (isUntagged || ids.has(defaultPvid));
  ids.delete(defaultPvid);
  const wanted: BridgeVlan[] = rangesOf(ids).map((range) => ({ ...range, isPvid: false, isUntagged: false }));
  const native = { first: defaultPvid, last: defaultPvid };
  if (needsDefault) wanted.push({ ...native, isPvid: true, isUntagged: true });
  return {
    wanted: wanted.toSorted((one, other) => one.first - other.first),
    unwanted: needsDefault || defaultPvid === 0 ? [] : [native],
  };
}

/** Those of `wanted` that a port does not have as it should. */
export function missingVlans(wanted: readonly BridgeVlan[], has: readonly BridgeVlan[]): VlanRange[] {
  const lacks = (id: number, vlan: BridgeVlan) =>
    !has.some(
      (other) =>
        includesVlan(other, id) && other.isUntagged === vlan.isUntagged && other.isPvid === vlan.isPvid,
    );
  return rangesOf(wanted.flatMap((vlan) => idsOf([vlan]).filter((id) => lacks(id, vlan))));
}

/** VLANs that an uplink has and nobody needs any more. @param used VLANs of all other members of the bridge */
export function idleVlans(has: readonly VlanRange[], used: readonly VlanRange[]): VlanRange[] {
  const needed = new Set(idsOf(used));
  return rangesOf(idsOf(has).filter((id) => !needed.has(id)));
}
