/**
 * VLANs of a bridge as lanes: one for each that has a colour, and of the others one for all that have the very same members, so that
 * a trunk of thousands is no picture of thousands.
 */
import { formatRange, includesVlan, mergeRanges } from "../../../netlink/route/vlan-range.ts";
import type { VlanIds, VlanRange } from "../description.ts";
import type { VlanTones } from "../vlan-tones.ts";
import type { Lane, Member } from "./diagram.ts";

export interface Membership {
  readonly station: string;
  readonly vlans: readonly VlanRange[];
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  /** By station. */
  readonly members: ReadonlyMap<string, readonly Member[]>;
}

/** VLANs from `first` to `last` with the stations in all of them, and whether they are tagged there. */
interface Span extends VlanIds {
  readonly stations: ReadonlyMap<string, boolean>;
}

export function lanesOf(memberships: readonly Membership[], tones: VlanTones): Lanes {
  const lanes: Lane[] = [];
  const members = new Map<string, Member[]>(memberships.map(({ station }) => [station, []]));
  for (const spans of alike(spansOf(memberships, tones), tones)) {
    const vlans = mergeRanges(spans);
    const label = vlans.map(formatRange).join(", ");
    lanes.push({ id: label, label, vlans, tone: tones.get(Number(label)) });
    for (const [station, isTagged] of spans[0]?.stations ?? []) {
      members.get(station)?.push({ lane: label, isTagged });
    }
  }
  return { lanes, members };
}

/** Cuts the VLANs that anybody is in wherever a range of anybody begins or ends, and on both sides of one that has a colour. */
function spansOf(memberships: readonly Membership[], tones: VlanTones): Span[] {
  const vlans = memberships.flatMap((membership) => membership.vlans);
  const coloured = [...tones.keys()].map((id) => ({ first: id, last: id }));
  const cuts = [...vlans, ...coloured].flatMap(({ first, last }) => [first, last + 1]);
  const starts = [...new Set(cuts)].toSorted((a, b) => a - b);
  return starts
    .slice(0, -1)
    .map((first, at) => ({
      first,
      last: (starts[at + 1] ?? first) - 1,
      stations: stationsIn(memberships, first),
    }))
    .filter(({ stations }) => stations.size > 0);
}

function stationsIn(memberships: readonly Membership[], id: number): Map<string, boolean> {
  const stations = new Map<string, boolean>();
  for (const { station, vlans } of memberships) {
    const vlan = vlans.find((range) => includesVlan(range, id));
    if (vlan !== undefined) stations.set(station, !vlan.untagged);
  }
  return stations;
}

/** Spans with the same stations together, but for those with a colour, in the order of their first VLANs. */
function alike(spans: readonly Span[], tones: VlanTones): Span[][] {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    const key = JSON.stringify([tones.get(span.first), ...span.stations]);
    groups.set(key, [...(groups.get(key) ?? []), span]);
  }
  return [...groups.values()];
}
