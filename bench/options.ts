/** What the bench can be asked for. */
import { parseArgs } from "node:util";
import { scenarios, type Scenario } from "./scenario.ts";

export interface Options {
  readonly rounds: number;
  readonly scenarios: readonly Scenario[];
  readonly atOnce: readonly number[];
  readonly ours: string;
  readonly reference: string | undefined;
  readonly json: string;
  readonly gapMs: number;
  readonly seed: number;
  readonly isStateOnDisk: boolean;
  readonly isStrict: boolean;
  readonly withStartPath: boolean;
}

export const usage = `usage: bench [options]

  --rounds N         measured runs of each case, one at a time (40)
  --quick            8 rounds, and at most 8 at once
  --case NAME        only this case; can be repeated: ${scenarios.map(({ name }) => name).join(", ")}
  --at-once N        only this number of simultaneous processes; can be repeated: 1, 8, 32
  --ours DIR         the folder of our executables (dist/bin)
  --reference DIR    the folder of the reference plugins, instead of building them
  --json FILE        where the results go (dist/bench/results.json)
  --data-dir-on X    leases on tmpfs (default) or disk
  --gap MS           rest before each measured start (25)
  --seed N           order of the contestants (1)
  --no-start-path    leave out what is loaded at start
  --strict           exit 1 when a bound is missed
  --help
`;

export class UsageError extends Error {}

/** @returns undefined when only help is wanted. @throws UsageError */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  const wantedNumbers = values["at-once"]?.map((text) => wholeNumber("at-once", text, 1));
  const place = oneOf("data-dir-on", values["data-dir-on"], ["tmpfs", "disk"]);
  return {
    rounds: wholeNumber("rounds", values.rounds ?? (values.quick ? "8" : "40"), 1),
    scenarios: chosenScenarios(values.case),
    atOnce: wantedNumbers ?? (values.quick ? [1, 8] : [1, 8, 32]),
    ours: values.ours,
    reference: values.reference,
    json: values.json,
    gapMs: wholeNumber("gap", values.gap, 0),
    seed: wholeNumber("seed", values.seed, 0),
    isStateOnDisk: place === "disk",
    isStrict: values.strict,
    withStartPath: !values["no-start-path"],
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string" },
        quick: { type: "boolean", default: false },
        case: { type: "string", multiple: true },
        "at-once": { type: "string", multiple: true },
        ours: { type: "string", default: "dist/bin" },
        reference: { type: "string" },
        json: { type: "string", default: "dist/bench/results.json" },
        "data-dir-on": { type: "string", default: "tmpfs" },
        gap: { type: "string", default: "25" },
        seed: { type: "string", default: "1" },
        "no-start-path": { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${option} takes a whole number of at least ${least}, not "${text}"`);
}

function oneOf(option: string, text: string, allowed: readonly string[]): string {
  if (allowed.includes(text)) return text;
  throw new UsageError(`--${option} takes ${allowed.join(" or ")}, not "${text}"`);
}

function chosenScenarios(names: readonly string[] | undefined): readonly Scenario[] {
  if (names === undefined) return scenarios;
  const known = scenarios.map(({ name }) => name);
  for (const name of names) oneOf("case", name, known);
  return scenarios.filter(({ name }) => names.includes(name));
}
