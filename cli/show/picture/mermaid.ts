/** A diagram as a Mermaid flowchart, which many places that show Markdown draw. */
import type { Diagram } from "./diagram.ts";
import type { Between } from "./layout.ts";
import { makeGraph, type Cluster, type Edge, type Graph, type Node } from "./graph.ts";
import { lightColour } from "./tone-colours.ts";

export function formatMermaid(diagrams: readonly Diagram[], { cables }: Pick<Between, "cables">): string {
  const graph = makeGraph(diagrams, cables);
  const lines = [
    "flowchart LR",
    ...graph.clusters.flatMap((each) => cluster(each, "  ")),
    ...graph.nodes.map((each) => `  ${node(each)}`),
    ...graph.edges.map((each) => `  ${edge(each)}`),
    ...styles(graph),
  ];
  return `${lines.join("\n")}\n`;
}

/** Mermaid reads a text as Markdown and HTML: everything that could mean something is written as its number. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} ./:,_-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}

function labelOf(lines: readonly string[]): string {
  return `"${lines.map(escaped).join("<br/>")}"`;
}

const shapes: Readonly<Record<Node["kind"], readonly [open: string, close: string]>> = {
  container: ["[", "]"],
  guest: ["[[", "]]"],
  host: ["(", ")"],
  uplink: ["[/", "/]"],
  other: ["[", "]"],
  lane: ["([", "])"],
  routing: ["{{", "}}"],
  outside: ["((", "))"],
};

function node({ id, lines, kind }: Node): string {
  const [open, close] = shapes[kind];
  return `${id}${open}${labelOf(lines)}${close}`;
}

function cluster({ id, title, nodes, clusters }: Cluster, indent: string): string[] {
  const inside = `${indent}  `;
  return [
    `${indent}subgraph ${id}[${labelOf([title])}]`,
    ...nodes.map((each) => `${inside}${node(each)}`),
    ...clusters.flatMap((each) => cluster(each, inside)),
    `${indent}end`,
  ];
}

function edge({ from, to, label, isDashed }: Edge): string {
  const arrow = isDashed ? "-.-" : "---";
  return label === "" ? `${from} ${arrow} ${to}` : `${from} ${arrow}|${labelOf([label])}| ${to}`;
}

function styles({ clusters, edges }: Graph): string[] {
  const nodes = clusters.flatMap((host) => host.clusters).flatMap((each) => each.nodes);
  const lanes = nodes.filter(({ kind }) => kind === "lane");
  return [
    ...lanes.map(({ id, tone }) => `  style ${id} fill:${lightColour(tone)},color:#ffffff,stroke:none`),
    ...edges.map(({ tone }, at) => `  linkStyle ${at} stroke:${lightColour(tone)},stroke-width:2px`),
  ];
}
