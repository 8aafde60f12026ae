/** One line on stderr that says how far the run is, where somebody looks at it. */

export class Progress {
  readonly #isShown = process.stderr.isTTY;

  show(title: string, done: number, all: number): void {
    if (this.#isShown) process.stderr.write(`\r\u001B[K${title}: ${done} of ${all}`);
  }

  say(title: string): void {
    if (this.#isShown) process.stderr.write(`\r\u001B[K${title}`);
  }

  clear(): void {
    if (this.#isShown) process.stderr.write("\r\u001B[K");
  }
}
