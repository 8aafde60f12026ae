/** A delegated plugin that is another program; CNI specification 1.1.0, section 4 "Plugin delegation". */
import { decodeJson, isJsonObject, lookUp } from "../cni/configuration.ts";
import { CniError, errorCodes } from "../cni/error.ts";
import { decodeResult } from "../cni/previous-result.ts";
import type { Plugin, Request } from "../cni/request.ts";
import type { Result } from "../cni/result.ts";
import { runProgram } from "../sys/program.ts";
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

async function execute({ type, path, command, request }: Call): Promise<string> {
  const environment = { ...request.environment, CNI_COMMAND: command };
  const outcome = await runProgram({
    path,
    args: [],
    input: request.configuration.text,
    environment,
    timeoutMs,
  });
  if (outcome.exitCode !== 0) throw delegateError({ type, command, ...outcome });
  if (outcome.stderr !== "") writeText(2, outcome.stderr);
  return outcome.stdout;
}

function delegateError(outcome: {
  type: string;
  command: string;
  stdout: string;
  stderr: string;
  exitCode: number | undefined;
  failure: string | undefined;
  isInterrupted: boolean;
}): CniError {
  const { type, command, stdout, stderr, exitCode, failure } = outcome;
  const own = ownError(stdout);
  if (own !== undefined) return own;
  if (outcome.isInterrupted) {
    return new CniError(
      errorCodes.tryAgainLater,
      `plugin "${type}" (${command}) was ended: the request was interrupted by a signal`,
    );
  }
  const end = failure ?? `exit status ${exitCode}`;
  const said = [stdout.trim(), stderr.trim()].filter((text) => text !== "").join("; ");
  const message = `plugin "${type}" failed (${command}): ${said === "" ? "no error message" : said}: ${end}`;
  return new CniError(errorCodes.delegateFailed, message);
}

/** The error object that the delegate printed, with its code. */
function ownError(stdout: string): CniError | undefined {
  let json;
  try {
    json = decodeJson(stdout);
  } catch {
    return undefined;
  }
  const code = lookUp(json, "code");
  const message = lookUp(json, "msg");
  const details = lookUp(json, "details");
  if (typeof code !== "number" || typeof message !== "string") return undefined;
  const more = typeof details === "string" && details !== "" ? { details } : {};
  return new CniError(code === 0 ? errorCodes.delegateFailed : code, message, more);
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
