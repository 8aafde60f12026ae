/** Ways out of hosts that are cabled together: upright lines for their tags, on the right of all hosts. */
import type { VlanIds } from "../description.ts";
import type { VlanTones } from "../vlan-tones.ts";
import type { CableEnd, Lane } from "./diagram.ts";
import { lanesOf } from "./lanes.ts";
import { placeLanes, reaching } from "./place-lanes.ts";
import {
  noTag,
  type PlacedHost,
  type PlacedLane,
  type PlacedStation,
  type PlacedTrunk,
  type TrunkJoint,
  type TrunkWire,
  type Wire,
} from "./placed.ts";
import { boxWidth, sizes } from "./sizes.ts";

/** @param groups ends that are cabled together, and to no end of another group */
export function placeTrunks(
  groups: readonly (readonly CableEnd[])[],
  {
    hosts,
    tones,
    start,
  }: { readonly hosts: readonly PlacedHost[]; readonly tones: VlanTones; readonly start: number },
): PlacedTrunk[] {
  let x = start + 2 * sizes.margin;
  return groups.map((group) => {
    const trunk = placeTrunk(
      hosts.flatMap((host) => stationsOf(host, group)),
      { tones, x, start },
    );
    x = trunk.box.x + trunk.box.width + sizes.margin;
    return trunk;
  });
}

/** The stations of a host that are among the ends. */
export function stationsOf({ diagram, switches }: PlacedHost, ends: readonly CableEnd[]): PlacedStation[] {
  const own = ends.filter(({ host }) => host === diagram.host).map(({ device }) => device);
  const stations = switches.flatMap((each) => each.stations);
  return stations.filter(({ station: { outside } }) => outside !== undefined && own.includes(outside.device));
}

interface Column {
  readonly tones: VlanTones;
  readonly x: number;
  /** Where wires from the hosts end. */
  readonly start: number;
}

function placeTrunk(stations: readonly PlacedStation[], { tones, x, start }: Column): PlacedTrunk {
  const lanes = trunkLanes(stations, tones);
  const levels = stations.flatMap((station) => strandsOf(station).map(({ y }) => y));
  const top = Math.min(...levels) - sizes.boxHead - 10;
  const height = Math.max(...levels) + sizes.padding - top;
  const box = { x, y: top, width: boxWidth(lanes, "cable"), height };
  const placed = placeLanes(lanes, box);
  const wires = stations.flatMap((station) =>
    strandsOf(station).map((strand) => trunkWire(station, strand, { lanes: placed, from: start })),
  );
  const reached = (lane: PlacedLane) =>
    wires.filter(({ joints }) => joints.some((joint) => joint.x === lane.x)).map(({ y }) => y);
  return { box, lanes: placed.map((lane) => reaching(lane, reached(lane))), wires };
}

export type Strand = Pick<Wire, "tone" | "y" | "tags">;

/** What leaves a host by a station; a device by itself has one wire there alone. */
export function strandsOf({ wires, box }: PlacedStation): readonly Strand[] {
  return wires.length > 0 ? wires : [{ tone: undefined, y: box.y + box.height / 2, tags: [noTag] }];
}

function trunkLanes(stations: readonly PlacedStation[], tones: VlanTones): Lane[] {
  const memberships = stations.map((station, at) => ({
    station: String(at),
    vlans: strandsOf(station)
      .flatMap(({ tags }) => tags)
      .map(({ first, last }) => ({ first, last, pvid: false, untagged: first === noTag.first })),
  }));
  const { lanes } = lanesOf(memberships, tones);
  return lanes.map((lane) => (lane.vlans.some(isNoTag) ? { ...lane, label: "no tag" } : lane));
}

function isNoTag({ first }: VlanIds): boolean {
  return first === noTag.first;
}

interface Trunk {
  readonly lanes: readonly PlacedLane[];
  /** Where wires come in: the rest of the way there is drawn with the host. */
  readonly from: number;
}

function trunkWire({ station }: PlacedStation, { tone, y, tags }: Strand, { lanes, from }: Trunk): TrunkWire {
  const joints = lanes
    .filter(({ lane }) => lane.vlans.some((vlan) => tags.some((tag) => overlap(tag, vlan))))
    .map(({ lane, x }): TrunkJoint => ({ x, tone: lane.tone, isTagged: !lane.vlans.some(isNoTag) }));
  return { station, tone, y, from, to: Math.max(from, ...joints.map(({ x }) => x)), joints };
}

function overlap(one: VlanIds, other: VlanIds): boolean {
  return one.first <= other.last && other.first <= one.last;
}
