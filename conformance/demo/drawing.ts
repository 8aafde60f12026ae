/** The network as a drawing: the host outside, the node with its bridge, the containers below. */
import { Canvas, type Point } from "./canvas.ts";
import type { Interface } from "./interfaces.ts";

export interface Network {
  readonly outside: Interface;
  readonly uplink: Interface;
  /** What stands between bridge and uplink, in words. */
  readonly masquerade: string;
  readonly bridge: Interface;
  readonly containers: readonly DrawnContainer[];
}

export interface DrawnContainer {
  readonly name: string;
  readonly end: Interface;
  /** The other end of its cable, a port of the bridge. */
  readonly hostEnd: Interface;
}

const gap = 3;
const margin = 2;

interface Box {
  readonly name: string;
  readonly lines: readonly string[];
  readonly x: number;
  readonly width: number;
}

export function drawNetwork(network: Network): string[] {
  const canvas = new Canvas();
  const boxes = containerBoxes(network.containers);
  const centres = boxes.map(centre);
  const last = boxes.at(-1);
  const width = (last === undefined ? 0 : last.x + last.width) + margin;
  const middle = Math.floor(width / 2);

  const outside = centredBox("outside host", describe(network.outside), middle);
  const top = drawBox(canvas, outside, 0);
  let y = top + 1;
  y = centredText(canvas, describe(network.uplink), { x: middle, y });
  y = centredText(canvas, ["│", network.masquerade, "│"], { x: middle, y });
  y = centredText(canvas, describe(network.bridge), { x: middle, y });
  branches(canvas, centres, { x: middle, y });
  for (const [at, { hostEnd }] of network.containers.entries()) {
    centredText(canvas, [hostEnd.name], { x: centres[at] ?? 0, y: y + 1 });
  }
  const bottom = y + 2;
  canvas.frame({ x: 0, y: top }, { width, height: bottom - top + 1 }, "node");
  canvas.put({ x: middle, y: top - 1 }, "┬");
  canvas.put({ x: middle, y: top }, "┴");
  for (const box of boxes) {
    drawBox(canvas, box, bottom + 1);
    canvas.put({ x: centre(box), y: bottom }, "┬");
    canvas.put({ x: centre(box), y: bottom + 1 }, "┴");
  }
  return canvas.lines();
}

/** Name and MAC address in the first line, an address in each of the others. */
function describe({ name, mac, addresses }: Interface): string[] {
  return [mac, ...addresses].map((text, at) => `${at === 0 ? name : " ".repeat(name.length)}  ${text}`);
}

function widest(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}

function containerBoxes(containers: readonly DrawnContainer[]): Box[] {
  let x = margin;
  return containers.map(({ name, end }) => {
    const lines = describe(end);
    const box = { name, lines, x, width: widest(lines) + 4 };
    x += box.width + gap;
    return box;
  });
}

function centre({ x, width }: Box): number {
  return x + Math.floor(width / 2);
}

function centredBox(name: string, lines: readonly string[], middle: number): Box {
  const width = widest(lines) + 4;
  return { name, lines, x: middle - Math.floor(width / 2), width };
}

/** @returns the row below */
function drawBox(canvas: Canvas, { name, lines, x, width }: Box, y: number): number {
  canvas.frame({ x, y }, { width, height: lines.length + 2 }, name);
  for (const [at, line] of lines.entries()) canvas.put({ x: x + 2, y: y + 1 + at }, line);
  return y + lines.length + 2;
}

/** Lines below each other, as a block around a column. @returns the row below */
function centredText(canvas: Canvas, lines: readonly string[], { x, y }: Point): number {
  const isBlock = lines.some((line) => line.startsWith(" "));
  const blockWidth = widest(lines);
  for (const [at, line] of lines.entries()) {
    const width = isBlock ? blockWidth : line.length;
    canvas.put({ x: x - Math.floor(width / 2), y: y + at }, line);
  }
  return y + lines.length;
}

/** The lines from the bridge to its ports. */
function branches(canvas: Canvas, columns: readonly number[], { x, y }: Point): void {
  const [left = x, right = x] = [columns[0], columns.at(-1)];
  canvas.put({ x: left, y }, "─".repeat(right - left + 1));
  for (const column of columns) canvas.put({ x: column, y }, "┬");
  canvas.put({ x: left, y }, "┌");
  canvas.put({ x: right, y }, "┐");
  canvas.put({ x, y }, left === right ? "│" : "┴");
}
