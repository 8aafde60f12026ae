/** What a run needs of this machine, asked before it starts. */
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { FakeNode } from "../../conformance/node/fake-node.ts";
import { UsageError } from "./usage-error.ts";

const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Programs by the Debian package that has them. */
const packages: Readonly<Record<string, readonly string[]>> = {
  "util-linux": ["unshare", "nsenter"],
  iproute2: ["ip", "tc", "bridge"],
  nftables: ["nft"],
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws UsageError */
export function checkMachine(): void {
  if (process.getuid?.() !== 0) throw new UsageError("it needs root, to make namespaces; try with sudo");
  const missing = Object.entries(packages).flatMap(([name, programs]) =>
    programs
      .filter((program) => !folders.some((folder) => isExecutable(join(folder, program))))
      .map((program) => `${program} (Debian's package ${name})`),
  );
  if (missing.length > 0) throw new UsageError(`this machine lacks ${missing.join(", ")}`);
}

export interface Executables {
  readonly folder: string;
  readonly type: string;
  /** Another one that the configuration names. */
  readonly delegate: string | undefined;
}

/** @throws UsageError where one is missing, cannot be executed, or is out of sight of the hosts that cases run on */
export async function checkExecutables({ folder, type, delegate }: Executables): Promise<void> {
  if (!existsSync(folder)) throw new UsageError(`--plugin-dir: there is no folder ${folder}`);
  checkExecutable(join(folder, type), "--type");
  if (delegate !== undefined)
    checkExecutable(join(folder, delegate), `the configuration's ipam.type is "${delegate}"`);
  await using node = await startNode();
  const { exitCode } = await node.run("test", ["-x", join(folder, type)], { allowFailure: true });
  if (exitCode === 0) return;
  throw new UsageError(
    `--plugin-dir: ${folder} is out of sight of the hosts that cases run on, whose /run, /proc, /sys and /var/lib/cni are their own; copy it elsewhere, such as below /tmp`,
  );
}

function checkExecutable(path: string, asked: string): void {
  if (!existsSync(path)) throw new UsageError(`${asked}: there is no ${path}`);
  if (!isExecutable(path)) throw new UsageError(`${asked}: ${path} is not executable`);
}

async function startNode(): Promise<FakeNode> {
  try {
    return await FakeNode.start();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`this machine cannot make the hosts that cases run on: ${reason}`, { cause });
  }
}
