/** The start path as text for people. */
import type { Measurement } from "./measurement.ts";
import type { LoadedRun, StartPath, TracedRun } from "./start-path.ts";
import { aligned } from "./table.ts";

const width = 110;

export function startPathTable(
  startPath: StartPath | undefined,
  measurements: readonly Measurement[],
): string {
  const parts = [
    startCost(measurements),
    ...(startPath === undefined ? [] : [traces(startPath), modules(startPath)]),
  ];
  const present = parts.filter((part) => part !== "");
  return present.length === 0 ? "" : `${["What a start costs and loads", ...present].join("\n\n")}\n\n`;
}

function startCost(measurements: readonly Measurement[]): string {
  const starts = measurements.filter(
    ({ contestant, operation, atOnce, scenario }) =>
      operation === "version" || (contestant === "ours" && atOnce === 1 && scenario === "masq"),
  );
  if (starts.length === 0) return "";
  const rows = starts.map(({ contestant, operation, latency, cpu, maxRssMiB }) => [
    operation === "version" ? contestant : `${contestant} ${operation.toUpperCase()}`,
    latency.min.toFixed(2),
    latency.p50.toFixed(2),
    cpu.p50.toFixed(2),
    maxRssMiB.toFixed(1),
  ]);
  return aligned([["", "min", "p50", "cpu", "rss"], ...rows]).join("\n");
}

function traces({ traced }: StartPath): string {
  const rows = traced.map(({ name, trace }) => [
    name,
    String(trace.calls),
    String(trace.opened.length),
    String(trace.programs.length),
  ]);
  const table = aligned([["", "system calls", "files", "programs"], ...rows]);
  const seen = new Set<string>();
  const ours = traced.filter(({ name }) => name.startsWith("ours "));
  return [...table, ...ours.flatMap((run) => openedFiles(run, seen))].join("\n");
}

/** Like the modules below: each run names only what those before it did not open. */
function openedFiles({ name, trace }: TracedRun, seen: Set<string>): string[] {
  return listed(`${name} opens ${trace.opened.length} files`, unseen(trace.opened, seen));
}

function modules({ loaded, chunks }: StartPath): string {
  const seen = new Set<string>();
  return loaded.flatMap((run) => loadedModules(run, { chunks, seen })).join("\n");
}

function loadedModules(
  { name, loaded }: LoadedRun,
  { chunks, seen }: { chunks: number; seen: Set<string> },
): string[] {
  const size = (loaded.bytes / 1024).toFixed(0);
  const packages = packagesOf(loaded.modules);
  const from = packages.length === 0 ? "of no package" : `of the packages ${packages.join(", ")} too`;
  const head = `${name} loads ${loaded.modules.length} modules, ${from}: ${loaded.chunks} of ${chunks} chunks, ${size} KiB`;
  return listed(head, unseen(loaded.modules, seen));
}

function unseen(names: readonly string[], seen: Set<string>): { names: readonly string[]; isRest: boolean } {
  const isRest = seen.size > 0;
  const fresh = names.filter((name) => !seen.has(name));
  for (const name of fresh) seen.add(name);
  return { names: fresh, isRest };
}

function listed(head: string, { names, isRest }: { names: readonly string[]; isRest: boolean }): string[] {
  if (names.length === 0) return [`  ${head}, none besides the above`];
  return wrapped(isRest ? `${head}, besides the above` : head, names);
}

function packagesOf(modulePaths: readonly string[]): string[] {
  const found = modulePaths.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(path)?.[1] ?? []);
  return [...new Set(found)].toSorted();
}

function wrapped(head: string, words: readonly string[]): string[] {
  const lines = [`  ${head}:`];
  let current = "   ";
  for (const word of words) {
    if (current.length + word.length + 1 > width) {
      lines.push(current);
      current = "   ";
    }
    current += ` ${word}`;
  }
  return current.trim() === "" ? lines : [...lines, current];
}
