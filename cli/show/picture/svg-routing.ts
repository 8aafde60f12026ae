/** What the host routes between. */
import { routedLevel } from "./layout.ts";
import type { PlacedHost } from "./placed.ts";
import { line } from "./svg-shapes.ts";
import { element, type Markup } from "./xml.ts";

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
