/** A switch with its stations. */
import { cut } from "../words.ts";
import type { PlacedHost, PlacedStation, PlacedSwitch } from "./placed.ts";
import { strandsOf } from "./place-trunks.ts";
import { sizes } from "./sizes.ts";
import { drawLane, drawWire, wireLook } from "./svg-lanes.ts";
import { at, joint, textAt } from "./svg-shapes.ts";
import { drawStation } from "./svg-station.ts";
import { toneClass } from "./tone-colours.ts";
import { element, type Markup } from "./xml.ts";

/** Wires first, lanes over them, joints on top: a wire that passes below a lane has nothing to do with it. */
export function drawSwitch(placed: PlacedSwitch, host: PlacedHost): Markup[] {
  const { panel, lanes, stations } = placed;
  return [
    element("rect", { class: "panel", ...at(panel), rx: 8 }),
    ...drawHead(placed),
    ...stations.flatMap((each) => drawWires(each, host)),
    ...lanes.flatMap(drawLane),
    ...stations.flatMap(drawJoints),
    ...stations.flatMap(drawStation),
  ];
}

function drawHead({ switch: { kind, name, facts }, panel, box }: PlacedSwitch): Markup[] {
  if (box === undefined) return [];
  const heading = [`${kind} ${name}`, ...facts].join(" · ");
  return [
    textAt("faint", { x: panel.x + 14, y: panel.y + 20 }, heading),
    element("rect", { class: "switch", ...at(box), rx: 6 }),
    textAt("title mid", { x: box.x + box.width / 2, y: box.y + 17 }, name),
  ];
}

function drawWires(placed: PlacedStation, host: PlacedHost): Markup[] {
  const { station, wires, loose, port, isInner } = placed;
  const look = wireLook(station);
  const name = isInner && station.port !== "" ? [textAt("faint mono mid", port, station.port)] : [];
  return [
    ...wires.flatMap(({ tone, y, from, to }) => drawWire({ tone, look, y, from, to })),
    ...(loose === undefined ? [] : drawWire({ tone: undefined, look: " off", ...loose })),
    ...name,
    ...(station.outside === undefined ? [] : drawOutside(placed, host)),
  ];
}

const longestTags = 21;

/** What leaves the host goes on to the right, out of its frame. */
function drawOutside(placed: PlacedStation, { outside }: PlacedHost): Markup[] {
  const { station, box } = placed;
  const look = wireLook(station);
  const strands = strandsOf(placed);
  const { tags = "" } = station.outside ?? {};
  const place = { x: outside - sizes.outside / 2, y: (strands[0]?.y ?? 0) - 6 };
  return [
    ...strands.flatMap(({ tone, y }) => drawWire({ tone, look, y, from: box.x + box.width, to: outside })),
    ...(tags === "" ? [] : [textAt("faint mid", place, cut(`tagged ${tags}`, longestTags))]),
  ];
}

function drawJoints({ wires }: PlacedStation): Markup[] {
  return wires.flatMap(({ member, tone, y, to }) =>
    member === undefined ? [] : [joint(toneClass(tone), { x: to, y }, member.isTagged)],
  );
}
