/** One executable, many names: picks what to do by the name that it was started under. Nothing here loads what it need not. */
import { newestVersion, versions } from "../cni/version.ts";
import { formatError, CniError, errorCodes } from "../cni/error.ts";
import type { Plugin } from "../cni/request.ts";

declare const TRESTLE_VERSION: string;

const ownName = "trestle";

const plugins: Readonly<Record<string, () => Promise<{ load(): Plugin }>>> = {
  [ownName]: () => import("./bridge/main.ts"),
  bridge: () => import("./bridge/main.ts"),
  "host-local": () => import("./host-local/main.ts"),
  loopback: () => import("./loopback/main.ts"),
};

function startedAs(): string {
  const path = process.argv0;
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What a plugin prints for a person who starts it by hand; packaging tests read the version from it. */
async function introduce(name: string): Promise<number> {
  const { writeText } = await import("../sys/streams.ts");
  writeText(2, `CNI ${name} plugin ${TRESTLE_VERSION} (trestle)\n`);
  writeText(2, `CNI protocol versions supported: ${versions.join(", ")}\n`);
  return 0;
}

async function main(): Promise<number> {
  const name = startedAs();
  const isPlugin = (process.env["CNI_COMMAND"] ?? "") !== "";
  const load = plugins[name] ?? (isPlugin ? plugins[ownName] : undefined);
  if (isPlugin && load !== undefined) {
    const { serve } = await import("./serve.ts");
    return serve(async () => (await load()).load());
  }
  if (name in plugins && name !== ownName) return introduce(name);
  const { runCommandLine } = await import("../cli/main.ts");
  return runCommandLine(process.argv.slice(2), TRESTLE_VERSION);
}

/** Without the C library the runtime's own output has to do. */
async function answerWithoutLibrary(error: unknown): Promise<number> {
  const message = error instanceof Error ? error.message : String(error);
  const isForbidden = error instanceof Error && error.name === "ForeignCallsUnavailable";
  const code = isForbidden ? errorCodes.kernelFeatureMissing : errorCodes.internal;
  if ((process.env["CNI_COMMAND"] ?? "") === "") await Bun.write(Bun.stderr, `trestle: ${message}\n`);
  else await Bun.write(Bun.stdout, formatError(new CniError(code, message), newestVersion));
  return 1;
}

let exitCode;
try {
  exitCode = await main();
} catch (error) {
  exitCode = await answerWithoutLibrary(error);
}
process.exit(exitCode);
