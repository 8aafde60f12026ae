/** Serves one request of the protocol from this process's environment, standard input and output. */
import { lookUp } from "../cni/configuration.ts";
import type { JsonObject } from "../cni/json-object.ts";
import { answer } from "../cni/dispatch.ts";
import type { Environment } from "../cni/environment.ts";
import { CniError, errorCodes } from "../cni/error.ts";
import { logLevels, silentLog, type Log } from "../cni/log.ts";
import type { Plugin } from "../cni/request.ts";
import { holdSignals, signals } from "../sys/libc.ts";
import { InputNotClosed, InputTooLong, readStandardInput, writeText } from "../sys/streams.ts";
import type { InputLimits } from "./start.ts";

/** A runtime that neither writes nor closes standard input is told so. */
const patienceMs = 60_000;

/** Who serves. */
export interface Service extends InputLimits {
  readonly plugin: Plugin;
  /** Gives whatever the plugin threw a code. */
  readonly toCniError: (error: unknown) => CniError;
}

function chosenLevel(json: JsonObject, environment: Environment): string | undefined {
  const known = (value: unknown) => logLevels.find((level) => level === value);
  return known(environment["TRESTLE_LOG"]) ?? known(lookUp(json, "logLevel"));
}

interface ClosingLog extends Log {
  close(): Promise<void>;
}

async function openLog(json: JsonObject, environment: Environment): Promise<ClosingLog | undefined> {
  const file = lookUp(json, "logFile");
  const level = chosenLevel(json, environment) ?? (typeof file === "string" ? "info" : undefined);
  if (level === undefined) return undefined;
  const sys = await import("../sys/log.ts");
  const context = {
    command: environment["CNI_COMMAND"],
    containerId: environment["CNI_CONTAINERID"],
    ifname: environment["CNI_IFNAME"],
    network: lookUp(json, "name"),
  };
  return sys.openLog({ level, file: typeof file === "string" ? file : undefined, context });
}

/** What is wrong with standard input, which no plugin has seen yet. */
function inputFault(error: unknown): CniError | undefined {
  if (error instanceof InputTooLong)
    return new CniError(errorCodes.decodeFailure, error.message, { cause: error });
  if (error instanceof InputNotClosed)
    return new CniError(errorCodes.ioFailure, error.message, { cause: error });
  return undefined;
}

/** @returns the exit code */
export async function serveRequest({ plugin, toCniError, inputLimitBytes }: Service): Promise<number> {
  // A signal in the middle would leave half an attachment; it waits until the answer is out.
  holdSignals(true, signals.terminate, signals.interrupt, signals.hangUp);
  let log: ClosingLog | undefined;
  const reply = await answer({
    environment: process.env,
    readInput: () => readStandardInput({ bytes: inputLimitBytes, milliseconds: patienceMs }),
    plugin,
    openLog: async (json, environment) => (log = await openLog(json, environment)) ?? silentLog,
    toCniError: (error) => inputFault(error) ?? toCniError(error),
    onFailure: (error) => log?.warn("request failed", { error }),
  });
  await log?.close();
  return deliver(reply.output) ? reply.exitCode : 1;
}

/** False when the reader has gone: the runtime then knows nothing of the result and must not take it for a success. */
function deliver(output: string): boolean {
  try {
    writeText(1, output);
    return true;
  } catch {
    return false;
  }
}
