/** How far a run is, on standard error: a line that is rewritten for people, a line now and then for logs. */
import type { Progress } from "./run.ts";

export interface Surface {
  readonly isTerminal: boolean;
  /** Milliseconds of any clock that does not go back. */
  readonly now: () => number;
  readonly write: (text: string) => void;
}

/** A run that is over sooner has nothing to show. */
const silenceMs = 2000;
const logEveryMs = 10_000;

export class ProgressLine {
  readonly #surface: Surface;
  readonly #start: number;
  #last: number;
  #isShown = false;

  constructor(surface: Surface) {
    this.#surface = surface;
    this.#start = surface.now();
    this.#last = this.#start;
  }

  show(progress: Progress): void {
    const { isTerminal, now, write } = this.#surface;
    if (isTerminal) {
      if (now() - this.#start < silenceMs) return;
      write(`\r\u001B[K${describe(progress)}`);
      this.#isShown = true;
    } else if (now() - this.#last >= logEveryMs) {
      this.#last = now();
      write(`${describe(progress)}\n`);
    }
  }

  /** What is written next starts on an empty line. */
  clear(): void {
    if (this.#isShown) this.#surface.write("\r\u001B[K");
    this.#isShown = false;
  }
}

function describe({ done, all, failed, last }: Progress): string {
  const { clause, version } = last;
  return `${done}/${all}  ${clause.id} ${version}  ${failed === 0 ? "none" : failed} failed`;
}
