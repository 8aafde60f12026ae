/** The command that builds the executable, taken from the Makefile, so that what is compared with it is built alike. */
import { execa } from "execa";

/** The words of the command. @throws when make would not build it with such a command */
export async function readBuildLine(): Promise<string[]> {
  const { stdout } = await execa("make", [
    "--dry-run",
    "--always-make",
    "--no-print-directory",
    "dist/bin/trestle",
  ]);
  const commands = stdout.replaceAll("\\\n", " ").split("\n");
  const line = commands.find((command) => /\bbuild\b.*--compile\b/u.test(command));
  if (line === undefined) throw new Error("make has no command with `build --compile` for dist/bin/trestle");
  // The shell itself splits it, so quotes mean what they mean to make.
  const { stdout: words } = await execa("bash", ["-c", `printf '%s\\n' ${line}`]);
  return words.split("\n");
}

function withoutOutput(words: readonly string[]): { flags: string[]; entry: string } {
  const outfile = words.indexOf("--outfile");
  const rest = words.filter((_, at) => outfile === -1 || (at !== outfile && at !== outfile + 1));
  const entry = rest.find((word) => word.endsWith(".ts"));
  if (entry === undefined) throw new Error(`no entry point in: ${words.join(" ")}`);
  return { flags: rest.filter((word) => word !== entry), entry };
}

/** The same command for another program. */
export function buildLike(words: readonly string[], target: { entry: string; outfile: string }): string[] {
  return [...withoutOutput(words).flags, target.entry, "--outfile", target.outfile];
}

const onlyForExecutables = /^--(?:compile|no-compile|bytecode|sourcemap|minify)/u;

/** The same program as files that can be watched being opened, with a description of what is in each. */
export function buildAsFiles(
  words: readonly string[],
  target: { folder: string; metafile: string },
): string[] {
  const { flags, entry } = withoutOutput(words);
  const kept = flags.filter((word) => !onlyForExecutables.test(word));
  return [...kept, "--target=bun", entry, "--outdir", target.folder, `--metafile=${target.metafile}`];
}
