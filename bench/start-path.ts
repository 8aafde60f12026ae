/** What VERSION, ADD and DEL load: system calls, files and modules. Nothing here is timed: strace slows everything. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { buildAsFiles } from "./build-line.ts";
import { allChunks, loadedBy, parseMetafile, type Loaded, type Metafile } from "./chunks.ts";
import { networkOf } from "./contestant.ts";
import { runOnFakeHost } from "./fake-host.ts";
import { pluginPack, versionStart } from "./plugin-pack.ts";
import { Schedule, type Start } from "./schedule.ts";
import { readTrace, type Trace } from "./trace.ts";

export interface TracedRun {
  /** Who did what: `ours ADD`. */
  readonly name: string;
  readonly trace: Trace;
}

export interface LoadedRun {
  readonly name: string;
  readonly loaded: Loaded;
}

export interface StartPath {
  readonly traced: readonly TracedRun[];
  readonly loaded: readonly LoadedRun[];
  /** Of the whole program. */
  readonly chunks: number;
}

export interface StartPathOptions {
  readonly packs: readonly { name: string; folder: string }[];
  readonly spawn: string;
  readonly workFolder: string;
  readonly signal: AbortSignal;
  /** The command of the Makefile; without it the modules are not listed. */
  readonly buildLine: readonly string[] | undefined;
}

export async function readStartPath(options: StartPathOptions): Promise<StartPath> {
  const { packs, buildLine, workFolder } = options;
  const traced: TracedRun[] = [];
  for (const [index, pack] of packs.entries()) traced.push(...(await traceRuns(options, pack, index)));
  if (buildLine === undefined) return { traced, loaded: [], chunks: 0 };
  const files = await buildFiles(buildLine, workFolder);
  const runs = await traceRuns(options, { name: "modules", folder: files.folder }, packs.length);
  rmSync(modulesFolder, { recursive: true });
  const loaded = runs.map(({ name, trace }) => ({
    name: name.replace("modules", "ours"),
    loaded: loadedBy(trace.opened, files.metafile),
  }));
  return { traced, loaded, chunks: allChunks(files.metafile) };
}

const modulesFolder = resolve("dist/bench/modules");

/**
 * Our program as files, behind the names of plugins. The runtime's own file stands in for `host-local`: a delegate that
 * is the running executable is called in process, as it is in the compiled one.
 */
async function buildFiles(
  buildLine: readonly string[],
  workFolder: string,
): Promise<{ folder: string; metafile: Metafile }> {
  const folder = join(modulesFolder, "bin");
  const metafile = join(workFolder, "metafile.json");
  rmSync(modulesFolder, { recursive: true, force: true });
  const [bun = "bun", ...args] = buildAsFiles(buildLine, { folder: modulesFolder, metafile });
  await execa(bun, args);
  mkdirSync(folder, { recursive: true });
  linkSync(bun, join(folder, "host-local"));
  const script = `#!/bin/bash\nexec -a bridge '${join(folder, "host-local")}' '${join(modulesFolder, "main.js")}'\n`;
  writeFileSync(join(folder, "bridge"), script, { mode: 0o755 });
  return { folder, metafile: parseMetafile(readFileSync(metafile, "utf8")) };
}

async function traceRuns(
  { spawn, workFolder, signal }: StartPathOptions,
  { name, folder }: { name: string; folder: string },
  index: number,
): Promise<TracedRun[]> {
  const pack = pluginPack({ name, description: name, folder, workFolder });
  const network = networkOf(`${name}-traced`, {
    index,
    isDualStack: false,
    isMasqueraded: true,
    stateFolder: "/run/leases",
  });
  const attachment = { containerId: "traced", netns: "/run/netns/traced", slot: "traced" };
  const output = (command: string) => join(workFolder, `trace-${name}-${command}.txt`);
  const traced = (command: string, start: Start): Start => ({
    ...start,
    argv: ["/usr/bin/strace", "-f", "-o", output(command), ...start.argv],
  });
  pack.prepare(network);
  const schedule = new Schedule();
  schedule.shell("prepare the host", ["sh", fileURLToPath(new URL("fake-host.sh", import.meta.url))]);
  schedule.netns(attachment.netns);
  schedule.measure("warm-up", [pack.add(network, attachment)]);
  schedule.measure("warm-up", [pack.del(network, attachment)]);
  schedule.measure("VERSION", [traced("VERSION", versionStart(folder, "bridge", workFolder))]);
  schedule.measure("ADD", [traced("ADD", pack.add(network, attachment))]);
  schedule.measure("DEL", [traced("DEL", pack.del(network, attachment))]);
  const succeeded = new Set<string>();
  const file = join(workFolder, `schedule-trace-${name}`);
  await runOnFakeHost({ spawn, schedule, file, signal }, (line) => {
    if ("op" in line && line.status === 0) succeeded.add(line.op);
  });
  return ["VERSION", "ADD", "DEL"]
    .filter((command) => succeeded.has(command))
    .map((command) => ({
      name: `${name} ${command}`,
      trace: readTrace(readFileSync(output(command), "utf8")),
    }));
}
