/** What is cabled together outside of hosts. */
import type { PlacedTrunk } from "./placed.ts";
import { drawLane, drawWire, wireLook } from "./svg-lanes.ts";
import { at, joint, textAt } from "./svg-shapes.ts";
import { toneClass } from "./tone-colours.ts";
import { element, type Markup } from "./xml.ts";

export function drawTrunk({ box, lanes, wires }: PlacedTrunk): Markup[] {
  return [
    element("rect", { class: "switch cable", ...at(box), rx: 6 }),
    textAt("title mid", { x: box.x + box.width / 2, y: box.y + 17 }, "cable"),
    ...wires.flatMap(({ station, tone, y, from, to }) =>
      drawWire({ tone, look: wireLook(station), y, from, to }),
    ),
    ...lanes.flatMap(drawLane),
    ...wires.flatMap(({ joints, y }) =>
      joints.map(({ x, tone, isTagged }) => joint(toneClass(tone), { x, y }, isTagged)),
    ),
  ];
}
