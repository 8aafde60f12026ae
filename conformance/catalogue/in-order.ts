import type { Clause } from "../suite/clause.ts";

/** Clauses of one group that are in several files by theme, in the order of their numbers. */
export function inOrder(...parts: readonly (readonly Clause[])[]): readonly Clause[] {
  return parts.flat().toSorted((one, other) => (one.id < other.id ? -1 : 1));
}
