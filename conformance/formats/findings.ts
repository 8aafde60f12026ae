/** What a clause brought to light in words: verdicts with the same reason are one finding. */
import type { Version } from "../../cni/version.ts";
import type { ClauseReport, RecordedCall } from "../suite/report.ts";
import { withoutChance } from "./chance.ts";
import { isFailure, standingOf, type Standing } from "./standing.ts";

export interface Finding {
  readonly standing: Standing;
  readonly versions: readonly Version[];
  readonly reason: string;
  /** Those of the first of the versions. */
  readonly calls: readonly RecordedCall[];
}

/** A reason often quotes the version that it was found in, or a name drawn by lot; that alone makes no other finding. */
function sameness(reason: string, version: Version): string {
  return withoutChance(reason.replaceAll(version, "VERSION"));
}

/** Failures first; passes have nothing to tell. */
export function findingsOf(report: ClauseReport): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const { version, outcome, reason, calls } of report.verdicts) {
    if (outcome === "pass") continue;
    const standing = standingOf(report, outcome);
    const key = `${standing} ${sameness(reason, version)}`;
    const before = found.get(key);
    found.set(key, { standing, reason, calls, ...before, versions: [...(before?.versions ?? []), version] });
  }
  const failed = ({ standing }: Finding): boolean => isFailure(standing);
  const all = [...found.values()];
  return [...all.filter(failed), ...all.filter((finding) => !failed(finding))];
}
