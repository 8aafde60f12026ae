/** What has to hold, and whether it does. */
import type { Measurement } from "./measurement.ts";
import type { Operation, Scenario } from "./scenario.ts";

export interface Bound {
  readonly scenario: string;
  readonly operation: Operation;
  /** What our median is divided by, or the peak memory in MiB. */
  readonly measure: "reference" | "floor" | "memory";
  readonly limit: number;
}

export interface Verdict extends Bound {
  /** Undefined when one side was not measured. */
  readonly value: number | undefined;
  readonly isKept: boolean | undefined;
}

/** The bounds of one scenario, all for one process at a time. */
export function boundsOf({ name, kind, isMasqueraded }: Scenario): Bound[] {
  const bound = (operation: Operation, measure: Bound["measure"], limit: number) => ({
    scenario: name,
    operation,
    measure,
    limit,
  });
  if (kind === "version") return [bound("version", "reference", 1.8)];
  return [
    bound("add", "reference", isMasqueraded ? 0.35 : 0.8),
    bound("add", "floor", 3.5),
    bound("add", "memory", 45),
    bound("del", "reference", isMasqueraded ? 0.5 : 1.2),
    bound("del", "floor", 1.4),
  ];
}

export function judge(bound: Bound, measurements: readonly Measurement[]): Verdict {
  const find = (contestant: string) =>
    measurements.find(
      (measured) =>
        measured.scenario === bound.scenario &&
        measured.operation === bound.operation &&
        measured.contestant === contestant &&
        measured.atOnce === 1,
    );
  const ours = find("ours");
  const value = bound.measure === "memory" ? ours?.maxRssMiB : ratio(ours, find(bound.measure));
  return { ...bound, value, isKept: value === undefined ? undefined : value <= bound.limit };
}

/** Of the medians. */
export function ratio(one: Measurement | undefined, other: Measurement | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one.latency.p50 / other.latency.p50;
}
