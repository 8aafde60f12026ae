/** The groups of clauses, by what their ids start with, in words. */
import { groupOf } from "../suite/clause.ts";
import type { ClauseReport } from "../suite/report.ts";

/** In the order of reports. */
export const titles: Readonly<Record<string, string>> = {
  ENV: "Environment",
  CFG: "Configuration",
  OUT: "Output",
  RES: "Results",
  VER: "Versions",
  ERR: "Errors",
  ADD: "ADD",
  DEL: "DEL",
  CHK: "CHECK",
  GC: "GC",
  STA: "STATUS",
  ARG: "Arguments",
  CAP: "Capabilities",
  CHN: "Chaining",
  DLG: "Delegation",
  LAT: "Latency",
  BRG: "bridge",
  HLO: "host-local",
  LOO: "loopback",
};

/** An unknown group is its own title. */
export function titleOf(group: string): string {
  return (Object.hasOwn(titles, group) ? titles[group] : undefined) ?? group;
}

/** In the order in which each group is first met. */
export function grouped<T>(
  items: readonly T[],
  clauseOf: (item: T) => Pick<ClauseReport["clause"], "id">,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groupOf(clauseOf(item));
    const members = groups.get(group) ?? [];
    members.push(item);
    groups.set(group, members);
  }
  return groups;
}
