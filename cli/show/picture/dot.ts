/** A diagram in the language of Graphviz. */
import { printableLine } from "../../../conformance/formats/escape.ts";
import type { Diagram } from "./diagram.ts";
import type { Between } from "./layout.ts";
import { makeGraph, type Cluster, type Edge, type Node } from "./graph.ts";
import { lightColour } from "./tone-colours.ts";

export function formatDot(diagrams: readonly Diagram[], { cables }: Pick<Between, "cables">): string {
  const graph = makeGraph(diagrams, cables);
  const lines = [
    "graph network {",
    '  graph [rankdir=LR, fontname="sans-serif"];',
    '  node [fontname="sans-serif", fontsize=11, shape=box, style=rounded];',
    '  edge [fontname="monospace", fontsize=9, penwidth=2];',
    ...graph.clusters.flatMap((each) => cluster(each, "  ")),
    ...graph.nodes.map((each) => `  ${node(each)}`),
    ...graph.edges.map((each) => `  ${edge(each)}`),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

/** Inside quotes Graphviz takes backslashes for escapes, and the text for HTML entities: `&lt;`. */
function escaped(text: string): string {
  return printableLine(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;");
}

function labelOf(lines: readonly string[]): string {
  return `"${lines.map(escaped).join("\\n")}"`;
}

const looks: Readonly<Record<Node["kind"], string>> = {
  container: "",
  guest: ', style="rounded,bold"',
  host: ', style="rounded,filled", fillcolor="#f3f0ff"',
  uplink: ', style="rounded,filled", fillcolor="#fff8e6"',
  other: "",
  lane: "",
  routing: ", shape=hexagon, style=solid",
  outside: ", shape=ellipse, style=dashed",
};

function node({ id, lines, kind, tone }: Node): string {
  const colour = lightColour(tone);
  const lane = `, style="rounded,filled", color="${colour}", fillcolor="${colour}", fontcolor="#ffffff"`;
  return `${id} [label=${labelOf(lines)}${kind === "lane" ? lane : looks[kind]}];`;
}

function cluster({ id, title, nodes, clusters }: Cluster, indent: string): string[] {
  const inside = `${indent}  `;
  return [
    `${indent}subgraph cluster_${id} {`,
    `${inside}label=${labelOf([title])};`,
    ...nodes.map((each) => `${inside}${node(each)}`),
    ...clusters.flatMap((each) => cluster(each, inside)),
    `${indent}}`,
  ];
}

function edge({ from, to, label, tone, isDashed }: Edge): string {
  const style = isDashed ? ", style=dashed" : "";
  return `${from} -- ${to} [label=${labelOf([label])}, color="${lightColour(tone)}"${style}];`;
}
