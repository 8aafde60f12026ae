/** Where everything of a picture is: hosts below each other, and on the right what is between them. */
import type { VlanTones } from "../vlan-tones.ts";
import type { CableEnd, Diagram } from "./diagram.ts";
import { placeSwitch, type Columns } from "./place-switch.ts";
import { placeTrunks } from "./place-trunks.ts";
import type { Box, Picture, PlacedHost, PlacedSwitch } from "./placed.ts";
import { sizes, switchWidth, widestStation } from "./sizes.ts";

/** What is known of the network between hosts. */
export interface Between {
  /** Ends that are cabled together, and to no end of another group. */
  readonly cables: readonly (readonly CableEnd[])[];
  readonly tones: VlanTones;
}

export function layOut(diagrams: readonly Diagram[], { cables, tones }: Between): Picture {
  const columns = columnsOf(diagrams);
  const hosts: PlacedHost[] = [];
  let y: number = sizes.margin;
  for (const diagram of diagrams) {
    const host = placeHost(diagram, columns, y);
    hosts.push(host);
    y = host.frame.y + host.frame.height + sizes.margin;
  }
  const outside = columns.frameEnd + sizes.outside;
  const trunks = placeTrunks(cables, { hosts, tones, start: outside });
  const leads = hosts.some(({ switches }) => switches.some(leadsOut));
  const end = Math.max(leads ? outside : columns.frameEnd, ...trunks.map(({ box }) => box.x + box.width));
  return { width: end + sizes.margin, height: y + sizes.legend, hosts, trunks, legend: y };
}

function leadsOut({ stations }: PlacedSwitch): boolean {
  return stations.some(({ station }) => station.outside !== undefined);
}

function columnsOf(diagrams: readonly Diagram[]): Columns {
  const switches = diagrams.flatMap((diagram) => diagram.switches);
  const inner = sizes.margin + 2 * sizes.padding;
  const innerWidth = widestStation(switches.flatMap((each) => each.inner));
  const middle = inner + innerWidth + sizes.innerWire;
  const outer = middle + Math.max(90, ...switches.map(switchWidth)) + sizes.outerWire;
  const outerWidth = widestStation(switches.flatMap((each) => each.outer));
  const routing = outer + outerWidth + 34;
  return { inner, innerWidth, middle, outer, outerWidth, routing, frameEnd: routing + 34 };
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
  const routing = placeRouting(switches, columns.routing);
  return { diagram, frame, switches, routing, outside: columns.frameEnd + sizes.outside };
}

function placeRouting(switches: readonly PlacedSwitch[], x: number): PlacedHost["routing"] {
  const levels = switches
    .flatMap(({ stations }) => stations)
    .filter(({ station }) => station.isRouted)
    .map(({ box }) => routedLevel(box));
  return levels.length < 2 ? undefined : { x, top: Math.min(...levels), bottom: Math.max(...levels) };
}

/** Where the line of what is routed leaves a station: beside what goes out of the host. */
export function routedLevel({ y }: Box): number {
  return y + 12;
}
