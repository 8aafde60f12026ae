/** Lanes, and the wires that end on them. */
import type { Station } from "./diagram.ts";
import type { PlacedLane } from "./placed.ts";
import { line, textAt } from "./svg-shapes.ts";
import { isHollow, toneClass } from "./tone-colours.ts";
import { element, type Markup } from "./xml.ts";

export function drawLane({ lane, label: name, x, width, top, bottom }: PlacedLane): Markup[] {
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

/** What a wire looks like besides its colour, as the end of a class. */
export function wireLook({ isUp, isIsolated }: Station): string {
  if (!isUp) return " off";
  return isIsolated ? " isolated" : "";
}

export interface WireShape {
  readonly tone: number | undefined;
  readonly look: string;
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

/** Where the colours have come to their end they begin again, hollow. */
export function drawWire({ tone, look, y, from, to }: WireShape): Markup[] {
  const ends = [
    { x: from, y },
    { x: to, y },
  ] as const;
  const whole = line(`w ${toneClass(tone)}${look}`, ...ends);
  return isHollow(tone) ? [whole, line("core", ...ends)] : [whole];
}
