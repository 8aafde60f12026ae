/** A report of which only what a plugin does is left: two runs that found the same give the same. */
import { withoutChance } from "../formats/chance.ts";
import type { ClauseReport, Report } from "../suite/report.ts";

/** Without calls, which are long and hold paths of this machine, and without names drawn by lot. */
export function steadied(report: Report): Report {
  const { folder } = report.subject;
  const steady = (text: string): string => withoutChance(text.replaceAll(folder, "$CNI_PATH"));
  const clauses = report.clauses.map((item): ClauseReport => {
    const verdicts = item.verdicts.map((verdict) => ({
      ...verdict,
      reason: steady(verdict.reason),
      calls: [],
    }));
    return { ...item, verdicts };
  });
  return { ...report, clauses };
}
