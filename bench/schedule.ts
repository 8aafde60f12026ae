/** The lines that spawn.c runs; the format is described there. */

/** One process to start: what it is, what it reads, and which earlier output it needs. */
export interface Start {
  readonly argv: readonly [string, ...string[]];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A file that it reads on stdin. */
  readonly stdin?: string;
  /** The slot whose content becomes "prevResult" of what it reads, or is all that it reads. */
  readonly previous?: string;
  /** The slot that keeps its output. */
  readonly save?: string;
}

/** A list of directives under construction. */
export class Schedule {
  readonly #lines: string[] = [];
  #groups = 0;

  /** How many groups of measured processes there are. */
  get groups(): number {
    return this.#groups;
  }

  toString(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }

  netns(path: string): void {
    this.#push("netns", path);
  }

  /** A command that is not measured; a failure is an error of the bench. */
  shell(tag: string, command: readonly string[]): void {
    this.#push("shell", tag, `${command.map(quoted).join(" ")} 2>&1`);
  }

  pause(ms: number): void {
    if (ms > 0) this.#push("pause", String(ms));
  }

  /** Starts all of them at the same moment and waits for all. */
  measure(tag: string, starts: readonly Start[]): void {
    for (const { argv, env, stdin = "-", previous = "-", save = "-" } of starts) {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      this.#push("op", tag, stdin, previous, save, String(argv.length), ...argv, ...variables);
    }
    this.#push("go", tag);
    this.#groups++;
  }

  #push(...fields: string[]): void {
    const broken = fields.find((field) => /[\t\n]/u.test(field));
    if (broken !== undefined)
      throw new Error(`a schedule cannot hold a tab or a line break: ${JSON.stringify(broken)}`);
    this.#lines.push(fields.join("\t"));
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
