/** The reference plugins: the pinned newest release built from source, or else what Debian has. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { installDebianPackages, isInstalled } from "./toolchain.ts";

export interface ReferencePack {
  readonly folder: string;
  /** What the plugin says about itself, and where it is from. */
  readonly description: string;
}

/** The release that reference/go.mod pins. */
const pinnedVersion = "v1.9.1";
/** The tools of reference/go.mod. */
const pinnedPrograms = ["bridge", "host-local", "loopback", "macvlan", "ptp", "tap", "vlan"];

const debianPackage = "containernetworking-plugins";
const debianFolder = "/usr/lib/cni";
const buildLimitMs = 5 * 60 * 1000;

/** @returns undefined where there is neither Go nor Debian's package */
export async function findReference(dist: string): Promise<ReferencePack | undefined> {
  const newest = await newestReference(dist);
  if (newest !== undefined) return newest;
  const debian = await debianReference();
  return (
    debian && { ...debian, description: `${debian.description}, as there is no Go to build ${pinnedVersion}` }
  );
}

/** The pinned release. @returns undefined where there is no Go, or it cannot build it */
export async function newestReference(dist: string): Promise<ReferencePack | undefined> {
  const folder = join(dist, "reference");
  const isWhole = pinnedPrograms.every((name) => existsSync(join(folder, name)));
  const isThere = (isWhole && (await versionOf(folder)) === pinnedVersion) || (await build(folder));
  return isThere ? describe(folder, "built from source") : undefined;
}

/** Debian's package, installed where that can be done. */
export async function debianReference(): Promise<ReferencePack | undefined> {
  if (!existsSync(join(debianFolder, "bridge"))) await installDebianPackages([debianPackage]);
  if (!existsSync(join(debianFolder, "bridge"))) return undefined;
  const { stdout } = await execa("dpkg-query", ["-W", "-f", "${Version}", debianPackage], { reject: false });
  return describe(debianFolder, `Debian's package ${stdout}`);
}

export async function describe(folder: string, origin: string): Promise<ReferencePack> {
  return { folder, description: `containernetworking/plugins ${await versionOf(folder)}, ${origin}` };
}

/** Without CNI_COMMAND a plugin tells its version. */
async function versionOf(folder: string): Promise<string> {
  const program = join(folder, "bridge");
  if (!existsSync(program)) return "missing";
  const { all } = await execa(program, {
    env: {},
    extendEnv: false,
    stdin: "ignore",
    all: true,
    reject: false,
  });
  return /plugin (?:version )?(\S+)/u.exec(all)?.[1] ?? "unknown";
}

/** As the project's own release script does it: static, with the version linked in. */
async function build(folder: string): Promise<boolean> {
  if (!(await isInstalled("go"))) return false;
  const module = fileURLToPath(new URL("reference", import.meta.url));
  const version = `github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=${pinnedVersion}`;
  const { exitCode, stderr } = await execa(
    "go",
    [
      "build",
      "-C",
      module,
      "-trimpath",
      "-buildvcs=false",
      "-ldflags",
      `-X ${version}`,
      "-o",
      `${folder}/`,
      "tool",
    ],
    { env: { CGO_ENABLED: "0", GOTOOLCHAIN: "local" }, reject: false, timeout: buildLimitMs },
  );
  if (exitCode !== 0) process.stderr.write(`bench: the reference cannot be built: ${stderr}\n`);
  return exitCode === 0;
}
