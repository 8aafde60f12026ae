/** The story of a run: make what is compared, run each scenario, say what came out. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { boundsOf, judge, type Verdict } from "./bounds.ts";
import { runOnFakeHost } from "./fake-host.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { Collector } from "./measurement.ts";
import type { Options } from "./options.ts";
import { gatherParticipants, type Participants } from "./participants.ts";
import { planAttachments, planVersions, type PlanOptions } from "./plan.ts";
import { Progress } from "./progress.ts";
import { seededRandom } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { readStartPath, type StartPath } from "./start-path.ts";
import { startPathTable } from "./start-path-table.ts";
import { scenarioTable } from "./table.ts";
import { compileC, provide } from "./toolchain.ts";

/** Beside the other results, and only while they are needed. */
const leasesOnDisk = resolve("dist/bench/leases");

interface Place {
  /** Gone when the run is over. */
  readonly workFolder: string;
  readonly signal: AbortSignal;
}

export async function runBench(options: Options, place: Place): Promise<number> {
  const missing = await missingTools();
  if (missing.length > 0) {
    process.stdout.write(`bench: skipped, because this machine lacks ${missing.join(", ")}\n`);
    return options.isStrict ? 1 : 0;
  }
  const progress = new Progress();
  progress.say("building what is compared");
  const spawn = await compileC("spawn", resolve("dist/bench"));
  const participants = await gatherParticipants(options, place.workFolder);
  const machine = await describeMachine();
  progress.clear();
  process.stdout.write(header(options, machine, participants));

  const collector = new Collector();
  const verdicts: Verdict[] = [];
  for (const scenario of options.scenarios) {
    if (!scenario.atOnce.some((atOnce) => options.atOnce.includes(atOnce))) continue;
    await runScenario(scenario, { options, participants, spawn, place, progress, collector });
    const judged = boundsOf(scenario).map((bound) => judge(bound, collector.measurements()));
    verdicts.push(...judged);
    process.stdout.write(`${scenarioTable(scenario, collector.measurements(), judged)}\n`);
  }
  const startPath = options.withStartPath ? await startPathOf(participants, { ...place, spawn }) : undefined;
  const measurements = collector.measurements();
  process.stdout.write(startPathTable(startPath, measurements));
  process.stdout.write(summary(verdicts, collector.errors, participants.skipped));
  write(options.json, {
    date: new Date().toISOString(),
    machine,
    options,
    contestants: participants.contestants.map(({ name, description }) => ({ name, description })),
    measurements,
    verdicts,
    startPath,
    errors: Object.fromEntries(collector.errors),
    skipped: participants.skipped,
  });
  const isGood = collector.errors.size === 0 && verdicts.every(({ isKept }) => isKept !== false);
  return options.isStrict && !isGood ? 1 : 0;
}

async function missingTools(): Promise<string[]> {
  if (process.getuid?.() !== 0) return ["root rights"];
  const needed: readonly [string, ...string[]][] = [
    ["gcc", "gcc", "libc6-dev"],
    ["ip", "iproute2"],
    ["unshare", "util-linux"],
  ];
  const missing: string[] = [];
  for (const [program, ...packages] of needed) {
    if (!(await provide(program, ...packages))) missing.push(program);
  }
  return missing;
}

interface ScenarioRun {
  readonly options: Options;
  readonly participants: Participants;
  readonly spawn: string;
  readonly place: Place;
  readonly progress: Progress;
  readonly collector: Collector;
}

async function runScenario(scenario: Scenario, run: ScenarioRun): Promise<void> {
  const { options, participants, spawn, place, progress, collector } = run;
  const planOptions: PlanOptions = {
    ...options,
    stateFolder: options.isStateOnDisk ? leasesOnDisk : "/run/leases",
    random: seededRandom(options.seed),
  };
  const contestants = participants.contestants.filter(
    ({ name }) => scenario.isMasqueraded || name !== "reference-nft",
  );
  const schedule =
    scenario.kind === "version"
      ? planVersions(scenario, participants.starters, planOptions)
      : planAttachments(scenario, contestants, planOptions);
  const file = join(place.workFolder, `schedule-${scenario.name}`);
  let done = 0;
  rmSync(leasesOnDisk, { recursive: true, force: true });
  await runOnFakeHost({ spawn, schedule, file, signal: place.signal }, (line) => {
    collector.take(line);
    if ("group" in line) progress.show(scenario.title, ++done, schedule.groups);
  });
  rmSync(leasesOnDisk, { recursive: true, force: true });
  progress.clear();
}

async function startPathOf(
  { packs, buildLine, skipped }: Participants,
  place: Place & { spawn: string },
): Promise<StartPath | undefined> {
  if (!(await provide("strace", "strace"))) {
    skipped.push("what is loaded at start: this machine has no strace");
    return undefined;
  }
  return readStartPath({ ...place, packs, buildLine });
}

function header(
  options: Options,
  { kernel, cpus, cpuModel, load, programs }: Machine,
  participants: Participants,
): string {
  const { contestants } = participants;
  const width = Math.max(...contestants.map(({ name }) => name.length));
  const tools = Object.entries(programs).map(([name, version]) => `${name} ${version}`);
  return [
    `Linux ${kernel}, ${cpus} x ${cpuModel}, load ${load.toFixed(2)} before; ${tools.join(", ")}`,
    `${options.rounds} rounds, seed ${options.seed}, leases on ${options.isStateOnDisk ? "disk" : "tmpfs"}, ${options.gapMs} ms rest before each start`,
    ...contestants.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    "",
    "Milliseconds. each: wall time of a group divided by its size. cpu: with all processes that were waited for. rss:",
    "MiB, of the largest process. /ref, /floor: p50 divided by that of the reference and of the floor.",
    "",
    "",
  ].join("\n");
}

function summary(
  verdicts: readonly Verdict[],
  errors: ReadonlyMap<string, string>,
  skipped: readonly string[],
): string {
  const missed = verdicts.filter(({ isKept }) => isKept === false).length;
  const kept = verdicts.filter(({ isKept }) => isKept === true).length;
  return [
    ...[...errors].map(([what, text]) => `FAILED  ${what}: ${text}`),
    ...skipped.map((what) => `skipped  ${what}`),
    `${kept} bounds kept, ${missed} missed, ${verdicts.length - kept - missed} not measured`,
    "",
  ].join("\n");
}

function write(file: string, results: unknown): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`Results: ${file}\n`);
}
