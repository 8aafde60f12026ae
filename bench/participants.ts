/** Finds or makes all that is compared. What is not to be had is skipped by name. */
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { buildLike, readBuildLine } from "./build-line.ts";
import type { Contestant, Starter } from "./contestant.ts";
import { floorContestant } from "./floor-contestant.ts";
import type { Options } from "./options.ts";
import { pluginPack, versionStart } from "./plugin-pack.ts";
import { describe, findReference } from "./reference-pack.ts";
import { compileC, provide } from "./toolchain.ts";

export interface Participants {
  readonly contestants: readonly Contestant[];
  /** What takes part in the case VERSION. */
  readonly starters: readonly Starter[];
  /** Folders whose plugins are traced. */
  readonly packs: readonly { name: string; folder: string }[];
  readonly buildLine: readonly string[] | undefined;
  /** What was left out, and why. */
  readonly skipped: string[];
}

/** Gathers them one by one, each only if it can be had. */
class Gathering implements Participants {
  readonly contestants: Contestant[] = [];
  readonly starters: Starter[] = [];
  readonly packs: { name: string; folder: string }[] = [];
  readonly skipped: string[] = [];
  buildLine: readonly string[] | undefined;
  readonly #workFolder: string;

  constructor(workFolder: string) {
    this.#workFolder = workFolder;
  }

  addPack(name: string, pack: { folder: string; description: string }, ipMasqBackend?: "nftables"): void {
    const workFolder = this.#workFolder;
    this.contestants.push(pluginPack({ name, ...pack, workFolder, ...(ipMasqBackend && { ipMasqBackend }) }));
    if (ipMasqBackend !== undefined) return;
    this.packs.push({ name, folder: pack.folder });
    for (const [starter, plugin] of [
      [name, "bridge"],
      [`${name} host-local`, "host-local"],
    ] as const) {
      this.starters.push({ name: starter, start: versionStart(pack.folder, plugin, workFolder) });
    }
  }
}

export async function gatherParticipants(options: Options, workFolder: string): Promise<Participants> {
  const gathering = new Gathering(workFolder);
  addOurs(gathering, options);
  await addReference(gathering, options);
  await addFloor(gathering);
  await addEmptyPrograms(gathering);
  return gathering;
}

function addOurs(gathering: Gathering, { ours }: Options): void {
  const folder = resolve(ours);
  if (existsSync(join(folder, "bridge"))) gathering.addPack("ours", { folder, description: folder });
  else gathering.skipped.push(`ours: there is no ${ours}/bridge`);
}

async function addReference(gathering: Gathering, options: Options): Promise<void> {
  const given = options.reference;
  const pack =
    given === undefined ? await findReference(resolve("dist")) : await describe(resolve(given), given);
  if (pack === undefined) {
    gathering.skipped.push("reference: neither Go nor Debian's package is to be had");
    return;
  }
  if (await provide("iptables", "iptables")) gathering.addPack("reference", pack);
  else gathering.skipped.push("reference: its masquerade needs iptables");
  if (await provide("nft", "nftables")) {
    const description = `the same with "ipMasqBackend": "nftables"`;
    gathering.addPack("reference-nft", { ...pack, description }, "nftables");
  } else gathering.skipped.push("reference-nft: its masquerade needs nft");
}

async function addFloor(gathering: Gathering): Promise<void> {
  if (!(await provide("nft", "nftables"))) {
    gathering.skipped.push("floor: its rules are prepared with nft");
    return;
  }
  const program = await compileC("floor", resolve("dist/bench"));
  gathering.contestants.push(floorContestant(program));
  gathering.starters.push({ name: "floor", start: { argv: [program, "version"], env: {} } });
}

async function addEmptyPrograms(gathering: Gathering): Promise<void> {
  try {
    gathering.buildLine = await readBuildLine();
    for (const name of ["hello", "hello-ffi"]) {
      const outfile = resolve("dist/bench", name);
      const entry = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
      const [program = "", ...args] = buildLike(gathering.buildLine, { entry, outfile });
      await execa(program, args);
      rmSync(`${outfile}.map`, { force: true });
      gathering.starters.push({ name, start: { argv: [outfile], env: {} } });
    }
  } catch (error) {
    gathering.skipped.push(`empty programs: they cannot be built: ${String(error)}`);
  }
}
