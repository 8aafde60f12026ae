/** The two ways in which a case says what must hold. */
import { isDeepStrictEqual } from "node:util";
import { Fault } from "./verdict.ts";

/** @throws Fault */
export function claim(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Fault(otherwise);
}

/** As values of JSON, in which a key without a value is no key. @throws Fault with both sides */
export function claimSame(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(asJson(found), asJson(expected))) return;
  throw new Fault(`${what} must be ${show(expected)}, found ${show(found)}`);
}

/** @throws Fault when `pattern` does not match */
export function claimMatch(what: string, found: string | undefined, pattern: RegExp): void {
  if (found !== undefined && pattern.test(found)) return;
  throw new Fault(`${what} must match ${String(pattern)}, found ${show(found)}`);
}

/** @throws Fault with the lines */
export function claimNone(what: string, lines: readonly string[]): void {
  const shown = lines.slice(0, 8).map((line) => `\n  ${line.length > 160 ? `${line.slice(0, 160)}…` : line}`);
  const more = lines.length > shown.length ? `\n  and ${lines.length - shown.length} more` : "";
  if (lines.length > 0) throw new Fault(`${what}:${shown.join("")}${more}`);
}

/** Made anew: jest's tests live in a realm of their own, and an array of node's would differ from theirs by its prototype alone. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

/** A value for people: JSON, and what JSON cannot say in words. */
export function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
