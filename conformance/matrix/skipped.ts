/** What a page says about clauses that were skipped. */
import type { Column } from "../formats/sheet.ts";

/** Why, and who judges them: nothing where none was skipped. */
export function skippedFacts(columns: readonly Pick<Column, "report">[]): readonly string[] {
  const verdicts = columns.flatMap(({ report }) => report.clauses.flatMap((clause) => clause.verdicts));
  const skipped = verdicts.filter(({ outcome }) => outcome === "skipped");
  const reasons = new Set(skipped.map(({ reason }) => reason));
  if (reasons.size === 0) return [];
  const lab = "of our plugins it is judged in the lab, a virtual machine whose kernel can, by make test";
  return [`○ is what the machine that made this page cannot show (${[...reasons].join("; ")}): ${lab}`];
}
