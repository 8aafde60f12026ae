/** Ranges of VLAN ids, as values: what is in them, and how they are written. */

/** Ids of VLANs from `first` to `last`, both included, 1 to 4094 (IEEE 802.1Q section 9.6). */
export interface VlanRange {
  readonly first: number;
  readonly last: number;
}

/** Of the ids that fit into a tag the last one is reserved. */
export const largestVlanId = 4094;

export function includesVlan({ first, last }: VlanRange, id: number): boolean {
  return first <= id && id <= last;
}

/** "10", "20-29" */
export function formatRange({ first, last }: VlanRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** The same ids in as few ranges as can be, ascending. */
export function mergeRanges(ranges: readonly VlanRange[]): VlanRange[] {
  const merged: VlanRange[] = [];
  for (const { first, last } of ranges.toSorted((one, other) => one.first - other.first)) {
    const before = merged.at(-1);
    if (before === undefined || first > before.last + 1) merged.push({ first, last });
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, last) };
  }
  return merged;
}
