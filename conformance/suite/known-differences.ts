/** Differences from the reference that a plugin's author means, by clause id, and whether the list still tells the truth. */
import type { Clause } from "./clause.ts";
import type { Report } from "./report.ts";

export type Differences = Readonly<Record<string, string>>;

/** For each id that is listed without need, why, as the rest of a sentence. */
export function staleDifferences(
  differences: Differences,
  { catalogue, report }: { readonly catalogue: readonly Clause[]; readonly report: Report },
): ReadonlyMap<string, string> {
  const stale = new Map<string, string>();
  for (const id of Object.keys(differences)) {
    const clause = catalogue.find((each) => each.id === id);
    const judged = report.clauses.find((each) => each.clause.id === id);
    if (clause === undefined) stale.set(id, "does not exist");
    else if (clause.profile !== "compat")
      stale.set(id, `is of ${clause.profile}, where no difference is excused`);
    else if (judged?.outcome === "pass") stale.set(id, "passes");
  }
  return stale;
}
