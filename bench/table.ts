/** Results as text for people. */
import { ratio, type Verdict } from "./bounds.ts";
import type { Measurement } from "./measurement.ts";
import type { Scenario } from "./scenario.ts";
import type { Summary } from "./statistics.ts";

const columns = ["", "min", "p50", "p90", "p99", "each", "cpu", "rss", "/ref", "/floor"] as const;

/** All of one scenario: a block for each operation and number of processes. */
export function scenarioTable(
  scenario: Scenario,
  measurements: readonly Measurement[],
  verdicts: readonly Verdict[],
): string {
  const own = measurements.filter((measured) => measured.scenario === scenario.name);
  const names = new Set(own.map(blockName));
  const blocks = [...names].map((name) => own.filter((measured) => blockName(measured) === name));
  return blocks.map((block) => blockText(scenario, block, verdicts)).join("\n");
}

function latencyColumns({ min, p50, p90, p99 }: Summary): number[] {
  return [min, p50, p90, p99];
}

function blockName({ atOnce, operation }: Measurement): string {
  return `${atOnce} ${operation}`;
}

function blockText(scenario: Scenario, block: readonly Measurement[], verdicts: readonly Verdict[]): string {
  const [first] = block;
  if (first === undefined) return "";
  const find = (contestant: string) => block.find((measured) => measured.contestant === contestant);
  const floor = find("floor");
  const head = `${heading(scenario, first)}, ${first.latency.count} values each`;
  const rows = block
    .toSorted(inTableOrder)
    .map((measured) => [
      measured.contestant,
      ...latencyColumns(measured.latency).map(decimal),
      decimal(measured.wallPerOperation.p50),
      decimal(measured.cpu.p50),
      measured.maxRssMiB.toFixed(1),
      shareText(ratio(measured, find(counterpart(measured)))),
      shareText(ratio(measured, floor)),
    ]);
  const notes = block.flatMap(notesOn);
  const judged =
    first.atOnce === 1 ? verdicts.filter((verdict) => belongs(verdict, first)).map(verdictText) : [];
  return [head, ...aligned([columns, ...rows]), ...notes, ...judged, ""].join("\n");
}

/** What a contestant is compared with: the reference, doing the same. */
function counterpart({ contestant }: Measurement): string {
  return contestant.endsWith(" host-local") ? "reference host-local" : "reference";
}

function heading(scenario: Scenario, { operation, atOnce }: Measurement): string {
  const verb = scenario.kind === "version" ? "" : `${operation.toUpperCase()} of `;
  return `${verb}${scenario.title}, ${atOnce === 1 ? "one at a time" : `${atOnce} at once`}`;
}

const order = ["ours", "reference", "reference-nft", "floor"];

function inTableOrder(one: Measurement, other: Measurement): number {
  const rank = ({ contestant }: Measurement) =>
    order.includes(contestant) ? order.indexOf(contestant) : order.length;
  return rank(one) - rank(other) || one.contestant.localeCompare(other.contestant);
}

function belongs(verdict: Verdict, measured: Measurement): boolean {
  return verdict.scenario === measured.scenario && verdict.operation === measured.operation;
}

const measureNames = { reference: "of the reference", floor: "of the floor", memory: "MiB at most" } as const;

export function verdictText({ measure, limit, value, isKept }: Verdict): string {
  const mark = isKept === undefined ? "not measured" : isKept ? "kept  " : "MISSED";
  const is = value === undefined ? "" : `${value.toFixed(2)}, `;
  return `  ${mark}  ${is}bound ${limit} ${measureNames[measure]}`;
}

function notesOn({ contestant, failures, leftBehind }: Measurement): string[] {
  return [
    ...(failures > 0 ? [`  ${contestant}: ${failures} runs failed and are not counted`] : []),
    ...(leftBehind > 0
      ? [`  ${contestant}: ${leftBehind} processes outlived the command that started them`]
      : []),
  ];
}

function decimal(value: number): string {
  return value.toFixed(2);
}

function shareText(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(2);
}

/** Columns of one width: text to the left in the first, numbers to the right in the others. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const cell = (text: string, at: number) =>
    at === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[at] ?? 0);
  return rows.map((row) => `  ${row.map(cell).join("  ")}`.trimEnd());
}
