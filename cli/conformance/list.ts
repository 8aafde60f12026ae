/** The catalogue for people and for programs. */
import type { Clause } from "../../conformance/suite/clause.ts";
import { grouped, titleOf } from "../../conformance/formats/groups.ts";

export function listClauses(clauses: readonly Clause[]): string {
  const groups = [...grouped(clauses, (clause) => clause)].map(([id, members]) =>
    [titleOf(id) === id ? id : `${id}  ${titleOf(id)}`, ...members.map(line)].join("\n"),
  );
  return `${groups.join("\n\n")}\n`;
}

function line({ id, strength, profile, since = "0.1.0", statement }: Clause): string {
  return `  ${id.padEnd(8)} ${strength.padEnd(6)} ${profile.padEnd(7)} ${since}  ${statement}`;
}

export function listClausesAsJson(clauses: readonly Clause[]): string {
  const facts = clauses.map(({ run: _run, ...fact }) => ({ ...fact, since: fact.since ?? "0.1.0" }));
  return `${JSON.stringify(facts, undefined, 2)}\n`;
}
