/**
 * One executable, many names: picks what to do by the name that it was started under. This file loads nothing that VERSION
 * does not need: runtimes ask it of every plugin in every list, again and again.
 */
import { CniError, errorCodes, formatError } from "../cni/error.ts";
import { newestVersion, versions } from "../cni/version.ts";
import { pluginNames } from "./names.ts";
import { answerVersion } from "./version.ts";

declare const TRESTLE_VERSION: string;

function startedAs(): string {
  const path = process.argv0;
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What a plugin prints for a person who starts it by hand; packaging tests read the version from it. */
async function introduce(name: string): Promise<number> {
  const spoken = `CNI protocol versions supported: ${versions.join(", ")}`;
  await Bun.write(Bun.stderr, `CNI ${name} plugin ${TRESTLE_VERSION} (trestle)\n${spoken}\n`);
  return 0;
}

async function main(): Promise<number> {
  const name = startedAs();
  const command = process.env["CNI_COMMAND"] ?? "";
  if (command === "VERSION") return answerVersion();
  if (command !== "") return (await import("./serve.ts")).serve(name);
  if (pluginNames.some((plugin) => plugin === name)) return introduce(name);
  return (await import("../cli/main.ts")).runCommandLine(process.argv.slice(2), TRESTLE_VERSION);
}

/** Without the C library the runtime's own output has to do. */
async function answerWithoutLibrary(error: unknown): Promise<number> {
  const message = error instanceof Error ? error.message : String(error);
  if ((process.env["CNI_COMMAND"] ?? "") === "") {
    await Bun.write(Bun.stderr, `trestle: ${message}\n`);
    return 1;
  }
  const isForbidden = error instanceof Error && error.name === "ForeignCallsUnavailable";
  const code = isForbidden ? errorCodes.kernelFeatureMissing : errorCodes.internal;
  await Bun.write(Bun.stdout, formatError(new CniError(code, message), newestVersion));
  return 1;
}

let exitCode;
try {
  exitCode = await main();
} catch (error) {
  exitCode = await answerWithoutLibrary(error);
}
process.exit(exitCode);
