/** Descriptions of hosts as one picture, in any of its languages. */
import type { Description } from "../description.ts";
import type { GraphFormat } from "../options.ts";
import { vlanTones } from "../vlan-tones.ts";
import { cableGroups, type Cable } from "./cables.ts";
import type { Diagram } from "./diagram.ts";
import { formatDot } from "./dot.ts";
import type { Between } from "./layout.ts";
import { makeDiagram } from "./make-diagram.ts";
import { formatMermaid } from "./mermaid.ts";
import { formatSvg } from "./svg.ts";

const formats: Readonly<Record<GraphFormat, (diagrams: readonly Diagram[], between: Between) => string>> = {
  svg: formatSvg,
  mermaid: formatMermaid,
  dot: formatDot,
};

/** @throws NoSuchEnd for a cable that ends nowhere */
export function drawPicture(
  format: GraphFormat,
  hosts: readonly Description[],
  cables: readonly Cable[] = [],
): string {
  const tones = vlanTones(hosts);
  const diagrams = hosts.map((host) => makeDiagram(host, tones));
  return formats[format](diagrams, { cables: cableGroups(cables, diagrams), tones });
}
