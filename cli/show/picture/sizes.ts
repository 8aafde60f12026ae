/** How large things are, in pixels. */
import type { Lane, Station, Switch } from "./diagram.ts";
import { textWidth } from "./text-width.ts";

export const sizes = {
  margin: 20,
  /** Above the first switch of a host, for its name. */
  hostHead: 44,
  /** Above the stations of a switch, for its facts. */
  switchHead: 34,
  /** Of a box with lanes, for its name and the lanes' labels. */
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
const leastBox = 90;

export function widestStation(stations: readonly Station[]): number {
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
export function labelOf({ label }: Lane, lanes: readonly Lane[]): string {
  return /^\d/.test(label) && lanes.length <= mostWords ? `VLAN ${label}` : label;
}

export function labelWidth(lane: Lane, lanes: readonly Lane[]): number {
  return Math.max(26, textWidth(labelOf(lane, lanes), { size: 11, isBold: true }) + 14);
}

export const labelGap = 8;

/** Of labels side by side. */
export function lanesWidth(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, lane) => sum + labelWidth(lane, lanes) + labelGap, -labelGap);
}

export function boxWidth(lanes: readonly Lane[], title: string): number {
  return Math.max(leastBox, lanesWidth(lanes) + 28, textWidth(title, { size: 13, isBold: true }) + 24);
}

export function switchWidth({ lanes, name, kind }: Switch): number {
  return kind === "apart" ? 0 : boxWidth(lanes, name);
}
