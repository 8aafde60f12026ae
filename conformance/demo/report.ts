/** What the demo prints: numbered steps with one short line for each thing that was shown. */

/** Something was not as it must be; its message is all that the demo says about it. */
export class Unexpected extends Error {
  override readonly name = "Unexpected";
}

/** Where the lines go; colours only where people look at a terminal. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** ECMA-48 "select graphic rendition" numbers. */
const colours = { bold: 1, dim: 2, red: 31, green: 32 } as const;

const nameWidth = 34;

export class Report {
  readonly #output: Output;
  readonly #isColoured: boolean;
  #steps = 0;

  constructor(output: Output, environment: Readonly<Record<string, string | undefined>> = process.env) {
    this.#output = output;
    this.#isColoured = output.isTTY === true && (environment["NO_COLOR"] ?? "") === "";
  }

  step(title: string): void {
    this.#steps += 1;
    this.#line(`\n${this.#colour("bold", `${this.#steps}. ${title}`)}`);
  }

  /** @param what was shown @param found what it came to */
  ok(what: string, found = ""): void {
    this.#line(`   ${this.#colour("green", "ok")}  ${what.padEnd(nameWidth)} ${found}`.trimEnd());
  }

  /** @throws Unexpected with what was found instead */
  expect(isSo: boolean, what: string, found = ""): void {
    if (!isSo) throw new Unexpected(`${what}: ${found === "" ? "not so" : found}`);
    this.ok(what, found);
  }

  note(text: string): void {
    this.#line(`       ${this.#colour("dim", text)}`);
  }

  picture(lines: readonly string[]): void {
    for (const line of lines) this.#line(`   ${line}`.trimEnd());
  }

  failed(error: unknown): void {
    const isOurs = error instanceof Unexpected;
    const said =
      error instanceof Error ? (isOurs ? error.message : (error.stack ?? error.message)) : String(error);
    this.#line(`   ${this.#colour("red", "FAILED")}  ${said}`);
  }

  end(text: string): void {
    this.#line(`\n${text}`);
  }

  #colour(name: keyof typeof colours, text: string): string {
    return this.#isColoured ? `\u001B[${colours[name]}m${text}\u001B[0m` : text;
  }

  #line(text: string): void {
    this.#output.write(`${text}\n`);
  }
}
