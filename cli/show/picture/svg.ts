/** A picture as SVG that needs nothing else: no font, no script, no file. */
import type { Diagram } from "./diagram.ts";
import { layOut, type Between } from "./layout.ts";
import type { PlacedHost } from "./placed.ts";
import { drawLegend } from "./svg-legend.ts";
import { pictureStyle } from "./svg-style.ts";
import { drawRouted } from "./svg-routing.ts";
import { drawSwitch } from "./svg-switch.ts";
import { drawTrunk } from "./svg-trunk.ts";
import { at, textAt } from "./svg-shapes.ts";
import { element, styleSheet, type Markup } from "./xml.ts";

/** One host, or several below each other. */
export function formatSvg(diagrams: readonly Diagram[], between: Between): string {
  const picture = layOut(diagrams, between);
  const { width, height, hosts, trunks } = picture;
  const drawn = [...hosts.flatMap(drawHost), ...trunks.flatMap(drawTrunk), ...drawLegend(picture)];
  const title = `Network of ${diagrams.map(({ host }) => host).join(", ")}`;
  const svg = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      role: "img",
    },
    element("title", {}, title),
    styleSheet(pictureStyle(usedTones(drawn))),
    element("rect", { class: "ground", width: "100%", height: "100%" }),
    ...drawn,
  );
  return `${svg.markup}\n`;
}

function usedTones(drawn: readonly Markup[]): Set<string> {
  const found = drawn.flatMap(({ markup }) => [...markup.matchAll(/ class="[^"]*\b(t\d?)\b[^"]*"/g)]);
  return new Set(found.map(([, name = ""]) => name));
}

function drawHost(host: PlacedHost): Markup[] {
  const { frame, diagram, switches } = host;
  const { x, y } = frame;
  const warnings = diagram.warnings.map((text, line) =>
    textAt("note", { x: x + 16, y: y + frame.height - 8 - line * 14 }, text),
  );
  return [
    element("rect", { class: "frame", ...at(frame), rx: 10 }),
    textAt("name", { x: x + 16, y: y + 28 }, diagram.host),
    ...switches.flatMap((each) => drawSwitch(each, host)),
    ...drawRouted(host),
    ...warnings,
  ];
}
