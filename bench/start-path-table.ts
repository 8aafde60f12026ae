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
  const ours = traced.filter(({ name }) => name.startsWith("ours "));
  return [...table, ...ours.flatMap(openedFiles)].join("\n");
}

function openedFiles({ name, trace }: TracedRun): string[] {
  return wrapped(`${name} opens`, trace.opened);
}

function modules({ loaded, chunks }: StartPath): string {
  const seen = new Set<string>();
  return loaded.flatMap((run) => loadedModules(run, { chunks, seen })).join("\n");
}

/** Each run names only what those before it did not load. */
function loadedModules(
  { name, loaded }: LoadedRun,
  { chunks, seen }: { chunks: number; seen: Set<string> },
): string[] {
  const fresh = loaded.modules.filter((module) => !seen.has(module));
  for (const module of fresh) seen.add(module);
  const size = (loaded.bytes / 1024).toFixed(0);
  const packages = packagesOf(loaded.modules);
  const from = packages.length === 0 ? "of no package" : `of the packages ${packages.join(", ")} too`;
  const head = `${name} loads ${loaded.modules.length} modules, ${from}: ${loaded.chunks} of ${chunks} chunks, ${size} KiB`;
  return wrapped(seen.size === fresh.length ? head : `${head}; more than the above`, fresh);
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
