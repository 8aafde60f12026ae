/** Which VLANs a port has, and how: pure decisions. */
import type { BridgeVlan, BridgeVlanChange } from "../../../netlink/route/bridge-vlan.ts";
import { formatRange, includesVlan, type VlanRange } from "../../../netlink/route/vlan-range.ts";
import type { VlanKeys } from "./keys.ts";

const isTagged = { isPvid: false, isUntagged: false };

/**
 * `vlan` is the VLAN of untagged frames, also when the trunk names it again. Without one that is the bridge's default, as the
 * reference plugin has it.
 * @param defaultPvid what the bridge gives to new ports, untagged; 0 for none
 */
export function planPortVlans(keys: VlanKeys, defaultPvid: number): BridgeVlanChange {
  const native = keys.vlan ?? defaultPvid;
  const trunk = without(keys.vlanTrunk ?? [], native).map((range) => ({ ...range, ...isTagged }));
  const wanted: BridgeVlan[] = [...trunk];
  if (native !== 0) wanted.push({ first: native, last: native, isPvid: true, isUntagged: true });
  const isDefaultKept = [...trunk, { first: native, last: native }].some((range) =>
    includesVlan(range, defaultPvid),
  );
  const keepsDefault = keys.preserveDefaultVlan && defaultPvid !== 0 && !isDefaultKept;
  if (keepsDefault) wanted.push({ first: defaultPvid, last: defaultPvid, isPvid: false, isUntagged: true });
  const losesDefault = defaultPvid !== 0 && !isDefaultKept && !keepsDefault;
  return {
    wanted: wanted.toSorted((one, other) => one.first - other.first),
    unwanted: losesDefault ? [{ first: defaultPvid, last: defaultPvid }] : [],
  };
}

function without(ranges: readonly VlanRange[], id: number): VlanRange[] {
  return ranges.flatMap((range) => {
    if (!includesVlan(range, id)) return [range];
    const parts = [
      { first: range.first, last: id - 1 },
      { first: id + 1, last: range.last },
    ];
    return parts.filter(({ first, last }) => first <= last);
  });
}

/** "10 untagged, 20-29": the same text for the same VLANs, however they are cut into ranges. */
export function formatVlans(vlans: readonly BridgeVlan[]): string {
  const parts: { range: VlanRange; how: string }[] = [];
  for (const vlan of vlans.toSorted((one, other) => one.first - other.first)) {
    const how = howOf(vlan);
    const before = parts.at(-1);
    if (before?.how === how && before.range.last + 1 === vlan.first)
      parts[parts.length - 1] = { range: { first: before.range.first, last: vlan.last }, how };
    else parts.push({ range: vlan, how });
  }
  return parts.map(({ range, how }) => formatRange(range) + how).join(", ") || "none";
}

function howOf({ isPvid, isUntagged }: BridgeVlan): string {
  if (isPvid) return isUntagged ? " untagged" : " untagged on the way in";
  return isUntagged ? " untagged on the way out" : "";
}

/**
 * The VLAN that the host takes part in by an interface of its own, `br0.10`; undefined where that is the bridge itself, which has
 * the default VLAN untagged as its ports have.
 */
export function hostVlan({ vlan }: Pick<VlanKeys, "vlan">, defaultPvid: number): number | undefined {
  return vlan === defaultPvid ? undefined : vlan;
}
