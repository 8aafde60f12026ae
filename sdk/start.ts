/**
 * A plugin's process from its start to its exit code. This file loads nothing that VERSION does not need: runtimes ask it of
 * every plugin in every list, again and again.
 */
import { CniError, errorCodes, formatError } from "../cni/error.ts";
import { newestVersion, versions } from "../cni/version.ts";
import { answerVersion } from "./version.ts";

/** Longest standard input, of every command. The largest configuration, that of a GC of ten thousand attachments, is about 2 MB. */
const inputLimitBytes = 8 * 1024 * 1024;

/** What the process does; each gives its exit code. */
export interface Roles {
  /** Serves the request of CNI_COMMAND; loads what it needs itself. */
  serve(limits: InputLimits): Promise<number>;
  /** Started without CNI_COMMAND, which only people do. */
  greet(): Promise<number>;
}

/** What is read of standard input. */
export interface InputLimits {
  readonly inputLimitBytes: number;
}

/** What a plugin prints for a person who starts it by hand; packaging tests read the version from it. */
export async function introduce(who: string): Promise<number> {
  const spoken = `CNI protocol versions supported: ${versions.join(", ")}`;
  await Bun.write(Bun.stderr, `${who}\n${spoken}\n`);
  return 0;
}

function play(roles: Roles): Promise<number> {
  const command = process.env["CNI_COMMAND"] ?? "";
  if (command === "VERSION") return answerVersion({ inputLimitBytes });
  return command === "" ? roles.greet() : roles.serve({ inputLimitBytes });
}

/** Without the C library the runtime's own output has to do. */
async function answerWithoutLibrary(program: string, error: unknown): Promise<number> {
  const message = error instanceof Error ? error.message : String(error);
  if ((process.env["CNI_COMMAND"] ?? "") === "") {
    await Bun.write(Bun.stderr, `${program}: ${message}\n`);
    return 1;
  }
  const isForbidden = error instanceof Error && error.name === "ForeignCallsUnavailable";
  const code = isForbidden ? errorCodes.kernelFeatureMissing : errorCodes.internal;
  await Bun.write(Bun.stdout, formatError(new CniError(code, message), newestVersion));
  return 1;
}

/** Runs the process to its end. @param program its name, for messages to people */
export async function start(program: string, roles: Roles): Promise<never> {
  let exitCode;
  try {
    exitCode = await play(roles);
  } catch (error) {
    exitCode = await answerWithoutLibrary(program, error);
  }
  process.exit(exitCode);
}
