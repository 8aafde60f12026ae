/** Shapes that occur again and again. */
import type { Box } from "./placed.ts";
import { element, type Markup } from "./xml.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function at({ x, y, width, height }: Box) {
  return { x, y, width, height };
}

/** @param y of the line that letters stand on */
export function textAt(look: string, { x, y }: Point, text: string): Markup {
  return element("text", { class: look, x, y }, text);
}

export function line(look: string, from: Point, to: Point): Markup {
  return element("line", { class: look, x1: from.x, y1: from.y, x2: to.x, y2: to.y });
}

/** Filled where frames have no tag, a ring where they have one. */
export function joint(tone: string, { x, y }: Point, isTagged: boolean): Markup {
  return element("circle", {
    class: isTagged ? `d ring ${tone}` : `d p ${tone}`,
    cx: x,
    cy: y,
    r: isTagged ? 4 : 4.5,
  });
}
