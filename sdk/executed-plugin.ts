/** A delegated plugin that is another program; CNI specification 1.1.0, section 4 "Plugin delegation". */
import { isJsonObject } from "../cni/json-object.ts";
import { CniError, errorCodes } from "../cni/error.ts";
import { decodeResult } from "../cni/previous-result.ts";
import type { Plugin, Request } from "../cni/request.ts";
import type { Result } from "../cni/result.ts";
import { printedError, wordlessError } from "../cni/runtime/printed-error.ts";
import { runProgram, type ProgramOutcome } from "../sys/program.ts";
import { writeText } from "../sys/streams.ts";

/** A delegate that answers later than this is ended; dhcp is known to wait a minute for its server. */
const timeoutMs = 240_000;

/** The plugin at `path` behind the same interface as our own. It is given our environment and standard input unchanged. */
export function executedPlugin(type: string, path: string): Plugin {
  const call = (command: string, request: Request) => execute({ type, path, command, request });
  return {
    add: async (request) => {
      try {
        return readResult(type, await call("ADD", request), request);
      } catch (error) {
        // It may have reserved something before it failed; that its DEL fails as well changes nothing.
        await call("DEL", request).catch((failure: unknown) =>
          request.log.warn(`DEL of "${type}" after its failed ADD`, { error: failure }),
        );
        throw error;
      }
    },
    check: async (request) => void (await call("CHECK", request)),
    del: async (request) => void (await call("DEL", request)),
    gc: async (request) => void (await call("GC", request)),
    status: async (request) => void (await call("STATUS", request)),
  };
}

interface Call {
  readonly type: string;
  readonly path: string;
  readonly command: string;
  readonly request: Request;
}

async function execute(call: Call): Promise<string> {
  const { path, command, request } = call;
  const environment = { ...request.environment, CNI_COMMAND: command };
  const outcome = await runProgram({
    path,
    args: [],
    input: request.configuration.text,
    environment,
    timeoutMs,
  });
  if (outcome.exitCode !== 0) throw delegateError(call, outcome);
  if (outcome.stderr !== "") writeText(2, outcome.stderr);
  return outcome.stdout;
}

function delegateError({ type, command }: Call, outcome: ProgramOutcome): CniError {
  const printed = printedError(outcome.stdout);
  if (printed !== undefined) return printed;
  if (!outcome.isInterrupted) return wordlessError(`plugin "${type}" failed (${command})`, outcome);
  const message = `plugin "${type}" (${command}) was ended: the request was interrupted by a signal`;
  return new CniError(errorCodes.tryAgainLater, message);
}

function readResult(type: string, stdout: string, request: Request): Result {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch (cause) {
    throw new CniError(
      errorCodes.decodeFailure,
      `cannot decode the result of plugin "${type}": ${String(cause)}`,
      { cause },
    );
  }
  if (isJsonObject(json))
    return decodeResult(json, `the result of plugin "${type}"`, request.configuration.version);
  throw new CniError(
    errorCodes.decodeFailure,
    `cannot decode the result of plugin "${type}": it is not an object`,
  );
}
