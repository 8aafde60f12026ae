/** Which clauses are run in which versions. */
import { isAtLeast, versions, type Version } from "../../cni/version.ts";
import { groupOf, type Clause, type Profile } from "./clause.ts";
import type { Subject } from "./subject.ts";

export interface Choice {
  readonly profiles: readonly Profile[];
  /** Ids of clauses or of groups; all when empty. */
  readonly only: readonly string[];
}

/** A clause in one version. */
export interface Case {
  readonly clause: Clause;
  readonly version: Version;
}

function isChosen(clause: Clause, { profiles, only }: Choice): boolean {
  if (!profiles.includes(clause.profile)) return false;
  return only.length === 0 || only.some((id) => id === clause.id || id === groupOf(clause));
}

/** False for the clauses of other plugins. */
function concerns({ kinds, types }: Clause, subject: Pick<Subject, "kind" | "type">): boolean {
  return (kinds?.includes(subject.kind) ?? true) && (types?.includes(subject.type) ?? true);
}

export function isIn({ since = "0.1.0", until = "1.1.0" }: Clause, version: Version): boolean {
  return isAtLeast(version, since) && isAtLeast(until, version);
}

/** @param subject left out, clauses of every plugin are chosen */
export function chooseClauses(
  catalogue: readonly Clause[],
  choice: Choice,
  subject?: Pick<Subject, "kind" | "type">,
): readonly Clause[] {
  return catalogue.filter(
    (clause) => isChosen(clause, choice) && (subject === undefined || concerns(clause, subject)),
  );
}

/** In the order of the catalogue, each in the order of versions. */
export function casesOf(clauses: readonly Clause[], chosen: readonly Version[]): readonly Case[] {
  const ordered = versions.filter((version) => chosen.includes(version));
  return clauses.flatMap((clause) => {
    const fitting = ordered.filter((version) => isIn(clause, version));
    return (clause.isVersionless === true ? fitting.slice(-1) : fitting).map((version) => ({
      clause,
      version,
    }));
  });
}

/** Ids of `only` that name nothing. */
export function unknownIds(catalogue: readonly Clause[], only: readonly string[]): readonly string[] {
  return only.filter((id) => !catalogue.some((clause) => clause.id === id || groupOf(clause) === id));
}
