/** Text in columns, whose cells may have several lines. */
import { printableLine } from "../../conformance/formats/escape.ts";
import type { Paint, Style } from "./paint.ts";
import { letters } from "./words.ts";

export interface Line {
  readonly text: string;
  readonly style?: Style | undefined;
}

export type Cell = readonly Line[];

export interface Column<T> {
  readonly title: string;
  readonly cell: (item: T) => Cell;
}

const gap = "  ";
const indent = "  ";

/** A table with a head; columns that are empty everywhere are left out. No line ends with a space. */
export function formatColumns<T>(items: readonly T[], columns: readonly Column<T>[], paint: Paint): string {
  const filled = columns
    .map(({ title, cell }) => ({ title, cells: items.map((item) => harmless(cell(item))) }))
    .filter(({ cells }) => cells.some((cell) => cell.some(({ text }) => text !== "")))
    .map((column) => ({ ...column, width: widthOf(column) }));
  const head = filled.map(({ title, width }) => ({ text: title, width, style: "faint" as const }));
  const rows = items.flatMap((_, at) =>
    linesOf(filled.map(({ cells, width }) => ({ cell: cells[at] ?? [], width }))),
  );
  return [head, ...rows].map((line) => joined(line, paint)).join("");
}

function harmless(cell: Cell): Cell {
  return cell.map(({ text, style }) => ({ text: printableLine(text), style }));
}

function lengthOf(text: string): number {
  return letters(text).length;
}

function widthOf({ title, cells }: { readonly title: string; readonly cells: readonly Cell[] }): number {
  return Math.max(title.length, ...cells.flatMap((cell) => cell.map(({ text }) => lengthOf(text))));
}

interface Piece extends Line {
  readonly width: number;
}

/** A row of cells as lines of text, as many as its highest cell has. */
function linesOf(cells: readonly { readonly cell: Cell; readonly width: number }[]): Piece[][] {
  const height = Math.max(1, ...cells.map(({ cell }) => cell.length));
  return Array.from({ length: height }, (_, at) =>
    cells.map(({ cell, width }) => ({ text: "", ...cell[at], width })),
  );
}

function joined(pieces: readonly Piece[], paint: Paint): string {
  const last = pieces.findLastIndex(({ text }) => text !== "");
  const texts = pieces.slice(0, last + 1).map(({ text, style, width }, at) => {
    const filler = at === last ? "" : " ".repeat(width - lengthOf(text));
    return paint(style, text) + filler;
  });
  return `${indent}${texts.join(gap)}\n`;
}
