/** Programs that the bench needs from the machine: found, installed where Debian has them, or told to be missing. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const installLimitMs = 5 * 60 * 1000;

export async function isInstalled(program: string): Promise<boolean> {
  const { exitCode } = await execa("sh", ["-c", 'command -v "$1"', "sh", program], { reject: false });
  return exitCode === 0;
}

/** @returns whether the program is there in the end */
export async function provide(program: string, ...debianPackages: readonly string[]): Promise<boolean> {
  if (await isInstalled(program)) return true;
  await installDebianPackages(debianPackages);
  return isInstalled(program);
}

/** Tries to; a machine that is not Debian, or has no network, stays as it is. */
export async function installDebianPackages(packages: readonly string[]): Promise<void> {
  if (!(await isInstalled("apt-get")) || process.getuid?.() !== 0) return;
  const options = { reject: false, timeout: installLimitMs, env: { DEBIAN_FRONTEND: "noninteractive" } };
  const install = () => execa("apt-get", ["install", "-qy", "--no-install-recommends", ...packages], options);
  if ((await install()).exitCode === 0) return;
  await execa("apt-get", ["update", "-q"], options);
  await install();
}

/** Statically linked: a start of the dynamic linker would be part of what the floor measures. */
export async function compileC(name: string, folder: string): Promise<string> {
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const program = `${folder}/${name}`;
  mkdirSync(dirname(program), { recursive: true });
  await execa("gcc", ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-static", source, "-o", program]);
  return program;
}
