/** A switch with its stations, and what the host routes between them. */
import type { Station } from "./diagram.ts";
import {
  routedLevel,
  sizes,
  type PlacedHost,
  type PlacedLane,
  type PlacedStation,
  type PlacedSwitch,
} from "./layout.ts";
import { cut } from "../words.ts";
import { at, joint, line, textAt } from "./svg-shapes.ts";
import { isHollow, toneClass } from "./tone-colours.ts";
import { element, type Markup } from "./xml.ts";

/** Wires first, lanes over them, joints on top: a wire that passes below a lane has nothing to do with it. */
export function drawSwitch(placed: PlacedSwitch, host: PlacedHost): Markup[] {
  const { panel, box, lanes, stations } = placed;
  const { kind, name, facts } = placed.switch;
  const heading = [kind === "bridge" ? "bridge" : "device", name, "·", ...facts.join(" · ").split(" ")].join(
    " ",
  );
  return [
    element("rect", { class: "panel", ...at(panel), rx: 8 }),
    ...(box === undefined
      ? []
      : [
          textAt("faint", { x: panel.x + 14, y: panel.y + 20 }, heading),
          element("rect", { class: "switch", ...at(box), rx: 6 }),
          textAt("title mid", { x: box.x + box.width / 2, y: box.y + 17 }, name),
        ]),
    ...stations.flatMap((each) => drawWires(each, host)),
    ...lanes.flatMap(drawLane),
    ...stations.flatMap(drawJoints),
    ...stations.flatMap(drawStation),
  ];
}

function drawLane({ lane, label: name, x, width, top, bottom }: PlacedLane): Markup[] {
  const tone = toneClass(lane.tone);
  const upright = [
    { x, y: top },
    { x, y: bottom },
  ] as const;
  const label = { x: x - width / 2, y: top - 16, width, height: 16 };
  return [
    line("under", ...upright),
    line(`w lane ${tone}`, ...upright),
    ...(isHollow(lane.tone) ? [line("core lane", ...upright)] : []),
    ...(name === ""
      ? []
      : [
          element("rect", { class: isHollow(lane.tone) ? `ring d ${tone}` : `p ${tone}`, ...label, rx: 8 }),
          textAt(isHollow(lane.tone) ? "plain mid" : "label mid", { x, y: top - 4 }, name),
        ]),
  ];
}

function wireLook({ isUp, isIsolated }: Station): string {
  if (!isUp) return " off";
  return isIsolated ? " isolated" : "";
}

function drawWires(placed: PlacedStation, host: PlacedHost): Markup[] {
  const { station, wires, loose, port, isInner } = placed;
  const look = wireLook(station);
  const name = isInner && station.port !== "" ? [textAt("faint mono mid", port, station.port)] : [];
  return [
    ...wires.flatMap(({ tone, y, from, to }) => wire({ tone, look, y, from, to })),
    ...(loose === undefined ? [] : wire({ tone: undefined, look: " off", ...loose })),
    ...name,
    ...(station.outside === undefined ? [] : drawOutside(placed, host)),
  ];
}

/** What leaves the host goes on to the right, out of its frame; a device by itself has a wire there alone. */
function drawOutside({ station, box, wires }: PlacedStation, { outside }: PlacedHost): Markup[] {
  const look = wireLook(station);
  const from = box.x + box.width;
  const lone = { tone: undefined, y: box.y + box.height / 2 };
  const strands = wires.length === 0 ? [lone] : wires;
  const { tags = "" } = station.outside ?? {};
  const place = { x: outside - sizes.outside / 2, y: (strands[0]?.y ?? 0) - 6 };
  return [
    ...strands.flatMap(({ tone, y }) => wire({ tone, look, y, from, to: outside })),
    ...(tags === "" ? [] : [textAt("faint mid", place, cut(`tagged ${tags}`, 21))]),
  ];
}

interface Strand {
  readonly tone: number | undefined;
  readonly look: string;
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

/** Where the colours have come to their end they begin again, hollow. */
function wire({ tone, look, y, from, to }: Strand): Markup[] {
  const ends = [
    { x: from, y },
    { x: to, y },
  ] as const;
  const whole = line(`w ${toneClass(tone)}${look}`, ...ends);
  return isHollow(tone) ? [whole, line("core", ...ends)] : [whole];
}

function drawJoints({ wires }: PlacedStation): Markup[] {
  return wires.flatMap(({ member, tone, y, to }) =>
    member === undefined ? [] : [joint(toneClass(tone), { x: to, y }, member.isTagged)],
  );
}

function drawStation({ station, box, wires, isInner }: PlacedStation): Markup[] {
  const { kind, title, addresses, facts, notes, isUp } = station;
  const x = box.x + (isInner ? 12 : 18);
  let y = box.y + 6;
  const next = (height: number) => (y += height);
  const texts = [
    textAt("title", { x, y: next(sizes.title - 2) }, title),
    ...addresses.map((text) => textAt("text mono", { x, y: next(sizes.line) }, text)),
    ...facts.map((text) => textAt("faint mono", { x, y: next(sizes.line) }, text)),
    ...(notes.length === 0 ? [] : [textAt("note", { x, y: next(sizes.line) }, notes.join(" · "))]),
  ];
  return [
    element(
      "g",
      isUp ? {} : { class: "shut" },
      element("rect", { class: `box ${kind}`, ...at(box), rx: 5 }),
      ...bars({ box, wires, isInner }),
      ...texts,
    ),
  ];
}

/** The colours of a station's VLANs at the side that its wires leave by. */
function bars({ box, wires, isInner }: Pick<PlacedStation, "box" | "wires" | "isInner">): Markup[] {
  const height = (box.height - 6) / Math.max(1, wires.length);
  const x = isInner ? box.x + box.width - 6 : box.x + 1;
  return wires.map(({ tone }, place) =>
    element("rect", { class: `p ${toneClass(tone)}`, x, y: box.y + 3 + place * height, width: 5, height }),
  );
}

/** One dashed line past all that the host routes between. */
export function drawRouted({ routing, switches, diagram }: PlacedHost): Markup[] {
  if (routing === undefined) return [];
  const { ipv4, ipv6 } = diagram.forwards;
  const routed = switches.flatMap(({ stations }) => stations).filter(({ station }) => station.isRouted);
  const isOff = ipv4 !== true && ipv6 !== true;
  const { x, top, bottom } = routing;
  const stubs = routed.flatMap(({ box }) => {
    const y = routedLevel(box);
    return [
      line("route", { x: box.x + box.width, y }, { x, y }),
      element("circle", { class: "dot", cx: x, cy: y, r: 3 }),
    ];
  });
  const look = isOff ? { class: "shut" } : {};
  return [element("g", look, line("route", { x, y: top }, { x, y: bottom }), ...stubs)];
}
