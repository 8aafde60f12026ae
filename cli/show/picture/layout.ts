/**
 * Where everything of a picture is, in pixels: inner stations on the left, the switch with its lanes as upright lines in the middle,
 * outer stations on the right. A station is as high as its text, and its wires run level from its side to the lanes.
 */
import type { Diagram, Lane, Member, Station, Switch } from "./diagram.ts";
import { textWidth } from "./text-width.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedLane {
  readonly lane: Lane;
  readonly label: string;
  readonly x: number;
  /** Of the label. */
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
}

/** From a station to a lane, or to where a cable ends. */
export interface Wire {
  readonly member: Member | undefined;
  readonly tone: number | undefined;
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

export interface PlacedStation {
  readonly station: Station;
  readonly box: Box;
  /** In the order of the lanes from the top; tones of the bar at the box's side as well. */
  readonly wires: readonly Wire[];
  /** Of a station that is connected, but in no lane: as far as the switch's edge. */
  readonly loose?: Pick<Wire, "y" | "from" | "to">;
  /** Where the name of the port is written: its middle, above the wires. */
  readonly port: { readonly x: number; readonly y: number };
  readonly isInner: boolean;
}

export interface PlacedSwitch {
  readonly switch: Switch;
  readonly panel: Box;
  /** Undefined where there are no lanes. */
  readonly box: Box | undefined;
  readonly lanes: readonly PlacedLane[];
  readonly stations: readonly PlacedStation[];
}

export interface PlacedHost {
  readonly diagram: Diagram;
  readonly frame: Box;
  readonly switches: readonly PlacedSwitch[];
  /** The upright line that joins what the host routes between; undefined where that is nothing. */
  readonly routing: { readonly x: number; readonly top: number; readonly bottom: number } | undefined;
  /** Where wires to the outside end. */
  readonly outside: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly hosts: readonly PlacedHost[];
  /** The top of the legend. */
  readonly legend: number;
}

export const sizes = {
  margin: 20,
  /** Above the first switch of a host, for its name. */
  hostHead: 44,
  /** Above the stations of a switch, for its facts. */
  switchHead: 34,
  /** Of the switch's box, for its name and the lanes' labels. */
  boxHead: 46,
  padding: 16,
  stationGap: 10,
  switchGap: 16,
  innerWire: 124,
  outerWire: 64,
  strand: 7,
  title: 17,
  line: 14,
  outside: 132,
  legend: 64,
} as const;

const leastStation = 150;

export function layOut(diagrams: readonly Diagram[]): Picture {
  const columns = columnsOf(diagrams);
  const hosts: PlacedHost[] = [];
  let y: number = sizes.margin;
  for (const diagram of diagrams) {
    const host = placeHost(diagram, columns, y);
    hosts.push(host);
    y = host.frame.y + host.frame.height + sizes.margin;
  }
  return { width: columns.end + sizes.margin, height: y + sizes.legend, hosts, legend: y };
}

/** The x of each column, the same for all switches of a picture. */
interface Columns {
  readonly inner: number;
  readonly innerWidth: number;
  readonly middle: number;
  readonly outer: number;
  readonly outerWidth: number;
  readonly routing: number;
  readonly frameEnd: number;
  readonly end: number;
}

function columnsOf(diagrams: readonly Diagram[]): Columns {
  const switches = diagrams.flatMap((diagram) => diagram.switches);
  const inner = sizes.margin + 2 * sizes.padding;
  const innerWidth = widest(switches.flatMap((each) => each.inner));
  const middle = inner + innerWidth + sizes.innerWire;
  const middleWidth = Math.max(90, ...switches.map((each) => boxWidth(each)));
  const outer = middle + middleWidth + sizes.outerWire;
  const outerWidth = widest(switches.flatMap((each) => each.outer));
  const routing = outer + outerWidth + 34;
  const frameEnd = routing + 34;
  return { inner, innerWidth, middle, outer, outerWidth, routing, frameEnd, end: frameEnd + sizes.outside };
}

function widest(stations: readonly Station[]): number {
  return Math.max(leastStation, ...stations.map(stationWidth));
}

function stationWidth({ title, addresses, facts, notes }: Station): number {
  const texts = [
    textWidth(title, { size: 13, isBold: true }),
    ...addresses.map((text) => textWidth(text, { size: 11.5, isMono: true })),
    ...facts.map((text) => textWidth(text, { size: 10.5, isMono: true })),
    textWidth(notes.join(" · "), { size: 10.5 }),
  ];
  return Math.ceil(Math.max(...texts)) + 2 * 12 + 6;
}

/** As high as its lines, and as its wires need. */
export function stationHeight({ addresses, facts, notes, members }: Station): number {
  const lines = addresses.length + facts.length + (notes.length === 0 ? 0 : 1);
  return Math.max(12 + sizes.title + lines * sizes.line, members.length * sizes.strand + 16);
}

/** With more lanes than this the word takes too much room. */
const mostWords = 6;

/** "VLAN 10" */
function labelOf({ label }: Lane, { kind, lanes }: Switch): string {
  const isId = /^\d/.test(label);
  return isId && kind !== "apart" && lanes.length <= mostWords ? `VLAN ${label}` : label;
}

function labelWidth(lane: Lane, within: Switch): number {
  return Math.max(26, textWidth(labelOf(lane, within), { size: 11, isBold: true }) + 14);
}

function boxWidth(within: Switch): number {
  const { lanes, name, kind } = within;
  if (kind === "apart") return 0;
  const width = lanes.reduce((sum, lane) => sum + labelWidth(lane, within) + 8, 0) + 2 * 10;
  return Math.max(90, width, textWidth(name, { size: 13, isBold: true }) + 24);
}

function placeHost(diagram: Diagram, columns: Columns, top: number): PlacedHost {
  const switches: PlacedSwitch[] = [];
  let y: number = top + sizes.hostHead;
  for (const each of diagram.switches) {
    const placed = placeSwitch(each, columns, y);
    switches.push(placed);
    y = placed.panel.y + placed.panel.height + sizes.switchGap;
  }
  y += diagram.warnings.length * sizes.line;
  const frame = { x: sizes.margin, y: top, width: columns.frameEnd - sizes.margin, height: y - top };
  return { diagram, frame, switches, routing: placeRouting(switches, columns.routing), outside: columns.end };
}

/** Where the line of what is routed leaves a station: beside what goes out of the host. */
export function routedLevel({ y }: Box): number {
  return y + 12;
}

function placeRouting(switches: readonly PlacedSwitch[], x: number): PlacedHost["routing"] {
  const levels = switches
    .flatMap(({ stations }) => stations)
    .filter(({ station }) => station.isRouted)
    .map(({ box }) => routedLevel(box));
  return levels.length < 2 ? undefined : { x, top: Math.min(...levels), bottom: Math.max(...levels) };
}

function placeSwitch(each: Switch, columns: Columns, top: number): PlacedSwitch {
  const isApart = each.kind === "apart";
  const head = isApart ? sizes.padding : sizes.switchHead;
  const least = isApart ? 0 : sizes.boxHead;
  const inner = stack(each.inner, { x: columns.inner, width: columns.innerWidth, top: top + head + least });
  const outer = stack(each.outer, { x: columns.outer, width: columns.outerWidth, top: top + head + least });
  const bottom = Math.max(
    ...[...inner, ...outer].map(({ box }) => box.y + box.height),
    top + head + least + 20,
  );
  const panel = {
    x: sizes.margin + sizes.padding,
    y: top,
    width: columns.routing - 17 - sizes.margin - sizes.padding,
    height: bottom + sizes.padding - top,
  };
  if (isApart) return { switch: each, panel, box: undefined, lanes: [], stations: cabled(inner, outer) };
  const box = { x: columns.middle, y: top + head, width: boxWidth(each), height: bottom - top - head };
  const lanes = placeLanes(each, box);
  const connect = (stations: readonly Stacked[], isInner: boolean) =>
    stations.map((stacked) => connected(stacked, { lanes, box, isInner }));
  const stations = [...connect(inner, true), ...connect(outer, false)];
  return { switch: each, panel, box, lanes: lanes.map((lane) => reaching(lane, stations)), stations };
}

interface Stacked {
  readonly station: Station;
  readonly box: Box;
}

function stack(
  stations: readonly Station[],
  { x, width, top }: { readonly x: number; readonly width: number; readonly top: number },
): Stacked[] {
  let y = top;
  return stations.map((station) => {
    const box = { x, y, width, height: stationHeight(station) };
    y += box.height + sizes.stationGap;
    return { station, box };
  });
}

/** Lanes side by side, their labels in the head of the box. */
function placeLanes(within: Switch, box: Box): PlacedLane[] {
  const widths = within.lanes.map((lane) => labelWidth(lane, within));
  const top = box.y + sizes.boxHead - 8;
  let x = box.x + (box.width - widths.reduce((sum, width) => sum + width + 8, -8)) / 2;
  return within.lanes.map((lane, at) => {
    const width = widths[at] ?? 0;
    const placed = { lane, label: labelOf(lane, within), x: x + width / 2, width, top, bottom: top + 8 };
    x += width + 8;
    return placed;
  });
}

/** A lane ends where its last wire is. */
function reaching(lane: PlacedLane, stations: readonly PlacedStation[]): PlacedLane {
  const own = stations.flatMap(({ wires }) => wires.filter(({ member }) => member?.lane === lane.lane.id));
  return { ...lane, bottom: Math.max(lane.bottom, ...own.map(({ y }) => y)) };
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
  const own = lanes.filter(({ lane }) => station.members.some((member) => member.lane === lane.id));
  const wires = own.map(({ lane, x }, at) => ({
    member: station.members.find((member) => member.lane === lane.id),
    tone: lane.tone,
    y: centre + (at - (own.length - 1) / 2) * sizes.strand,
    from,
    to: x,
  }));
  const first = wires[0]?.y ?? centre;
  const loose = wires.length === 0 ? { loose: { y: centre, from, to: edge } } : {};
  return { station, box, wires, ...loose, isInner, port: { x: (from + edge) / 2, y: first - 5 } };
}

/** What has a cable to each other is side by side already: both lists begin with them. */
function cabled(inner: readonly Stacked[], outer: readonly Stacked[]): PlacedStation[] {
  const ends = inner.map(({ station, box }): PlacedStation => {
    const other = outer.find((each) => each.station.id === station.cable);
    const from = box.x + box.width;
    const to = other?.box.x ?? from;
    const y = Math.min(box.y + box.height, (other?.box.y ?? 0) + (other?.box.height ?? 0)) - 14;
    const wires = [{ member: undefined, tone: undefined, y, from, to }];
    return { station, box, wires, isInner: true, port: { x: (from + to) / 2, y: y - 5 } };
  });
  const others = outer.map(({ station, box }): PlacedStation => {
    return { station, box, wires: [], isInner: false, port: { x: box.x, y: box.y } };
  });
  return [...ends, ...others];
}
