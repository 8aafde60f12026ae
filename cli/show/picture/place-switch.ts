/**
 * A switch: inner stations on the left, the box with its lanes as upright lines in the middle, outer stations on the right. A
 * station is as high as its text, and its wires run level from its side to the lanes.
 */
import type { VlanIds } from "../description.ts";
import type { Member, Station, Switch } from "./diagram.ts";
import { keepApart } from "./keep-apart.ts";
import { placeLanes, reaching } from "./place-lanes.ts";
import {
  noTag,
  type Box,
  type PlacedLane,
  type PlacedStation,
  type PlacedSwitch,
  type Wire,
} from "./placed.ts";
import { sizes, stationHeight, switchWidth } from "./sizes.ts";

/** The x of each column, the same for all switches of a picture. */
export interface Columns {
  readonly inner: number;
  readonly innerWidth: number;
  readonly middle: number;
  readonly outer: number;
  readonly outerWidth: number;
  readonly routing: number;
  readonly frameEnd: number;
}

export function placeSwitch(each: Switch, columns: Columns, top: number): PlacedSwitch {
  const isApart = each.kind === "apart";
  const boxTop = top + (isApart ? sizes.padding : sizes.switchHead);
  const first = boxTop + (isApart ? 0 : sizes.boxHead);
  const rows = isApart ? rowHeights(each) : [];
  const inner = stack(each.inner, { x: columns.inner, width: columns.innerWidth, top: first, rows });
  const outer = stack(each.outer, { x: columns.outer, width: columns.outerWidth, top: first, rows });
  const bottom = Math.max(...[...inner, ...outer].map(({ box }) => box.y + box.height), first + 20);
  const x = sizes.margin + sizes.padding;
  const panel = { x, y: top, width: columns.routing - 17 - x, height: bottom + sizes.padding - top };
  if (isApart) return { switch: each, panel, box: undefined, lanes: [], stations: cabled(inner, outer) };
  const box = { x: columns.middle, y: boxTop, width: switchWidth(each), height: bottom - boxTop };
  const lanes = placeLanes(each.lanes, box);
  const left = inner.map((stacked) => connected(stacked, { lanes, box, isInner: true }));
  const right = outer.map((stacked) => connected(stacked, { lanes, box, isInner: false }));
  const stations = [...left, ...right.map((station) => keepApart(station, left))];
  const wires = stations.flatMap((station) => station.wires);
  const levels = ({ lane }: PlacedLane) =>
    wires.filter(({ member }) => member?.lane === lane.id).map(({ y }) => y);
  return { switch: each, panel, box, lanes: lanes.map((lane) => reaching(lane, levels(lane))), stations };
}

interface Stacked {
  readonly station: Station;
  readonly box: Box;
}

interface Column {
  readonly x: number;
  readonly width: number;
  readonly top: number;
  /** Heights that are the same on both sides; further stations are as high as they need. */
  readonly rows: readonly number[];
}

function stack(stations: readonly Station[], { x, width, top, rows }: Column): Stacked[] {
  let y = top;
  return stations.map((station, at) => {
    const box = { x, y, width, height: rows[at] ?? stationHeight(station) };
    y += box.height + sizes.stationGap;
    return { station, box };
  });
}

/** What has a cable to each other is side by side: both lists begin with it, in the same order. */
function rowHeights({ inner, outer }: Switch): number[] {
  return inner.map((station, at) => {
    const other = outer[at];
    return Math.max(stationHeight(station), other === undefined ? 0 : stationHeight(other));
  });
}

interface Middle {
  readonly lanes: readonly PlacedLane[];
  readonly box: Box;
  readonly isInner: boolean;
}

function connected({ station, box }: Stacked, { lanes, box: middle, isInner }: Middle): PlacedStation {
  const from = isInner ? box.x + box.width : box.x;
  const edge = isInner ? middle.x : middle.x + middle.width;
  const centre = box.y + box.height / 2;
  const own = lanes.flatMap((lane) => {
    const member = station.members.find((each) => each.lane === lane.lane.id);
    return member === undefined ? [] : [{ lane, member }];
  });
  const wires = own.map(({ lane: { lane, x }, member }, at): Wire => {
    const y = centre + (at - (own.length - 1) / 2) * sizes.strand;
    return { member, tone: lane.tone, y, from, to: x, tags: tagsOf(station, { member, vlans: lane.vlans }) };
  });
  const loose = wires.length === 0 ? { loose: { y: centre, from, to: edge } } : {};
  const first = wires[0]?.y ?? centre;
  return { station, box, wires, ...loose, isInner, port: { x: (from + edge) / 2, y: first - 5 } };
}

interface Membership {
  readonly member: Member;
  readonly vlans: readonly VlanIds[];
}

function tagsOf({ outside }: Station, { member, vlans }: Membership): readonly VlanIds[] {
  if (member.isTagged) return vlans;
  const { ownTag } = outside ?? {};
  return [ownTag === undefined ? noTag : { first: ownTag, last: ownTag }];
}

function cabled(inner: readonly Stacked[], outer: readonly Stacked[]): PlacedStation[] {
  const ends = inner.map(({ station, box }): PlacedStation => {
    const other = outer.find((each) => each.station.id === station.cable);
    const from = box.x + box.width;
    const to = other?.box.x ?? from;
    const y = box.y + box.height / 2;
    const wire = { member: undefined, tone: undefined, y, from, to, tags: [] };
    return { station, box, wires: [wire], isInner: true, port: { x: (from + to) / 2, y: y - 5 } };
  });
  const others = outer.map(({ station, box }): PlacedStation => {
    return { station, box, wires: [], isInner: false, port: { x: box.x, y: box.y } };
  });
  return [...ends, ...others];
}
