/** A sheet of characters to draw on; it grows as needed. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class Canvas {
  readonly #rows: string[][] = [];

  put({ x, y }: Point, text: string): void {
    while (this.#rows.length <= y) this.#rows.push([]);
    const row = this.#rows[y] ?? [];
    while (row.length < x) row.push(" ");
    row.splice(x, text.length, ...text.split(""));
  }

  /** A frame with its name in the upper edge. */
  frame({ x, y }: Point, size: { width: number; height: number }, name: string): void {
    const inner = size.width - 2;
    this.put({ x, y }, `┌${`─ ${name} `.padEnd(inner, "─")}┐`);
    for (let row = y + 1; row < y + size.height - 1; row += 1) {
      this.put({ x, y: row }, "│");
      this.put({ x: x + size.width - 1, y: row }, "│");
    }
    this.put({ x, y: y + size.height - 1 }, `└${"─".repeat(inner)}┘`);
  }

  lines(): string[] {
    return this.#rows.map((row) => row.join("").trimEnd());
  }
}
