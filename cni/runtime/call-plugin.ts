/** Runs one plugin of a network for one command. */
import { isJsonObject } from "../json-object.ts";
import type { Command } from "../environment.ts";
import { CniError, errorCodes } from "../error.ts";
import { decodeResult } from "../previous-result.ts";
import type { Result } from "../result.ts";
import type { ArgumentPairs } from "./attachment.ts";
import type { ListedPlugin } from "./network-list.ts";
import type { Outside } from "./outside.ts";
import { pluginInput, type Supplied } from "./plugin-input.ts";
import { errorOf, printedError } from "./printed-error.ts";

/** A plugin that answers later than this is ended; dhcp is known to wait a minute for its server. */
const timeoutMs = 240_000;

/** What goes into the variables; GC and STATUS have none of it. */
export interface Subject {
  readonly containerId: string;
  readonly netns: string;
  readonly ifname: string;
  readonly args?: ArgumentPairs | undefined;
}

export interface Call {
  readonly command: Command;
  readonly plugin: ListedPlugin;
  readonly supplied: Supplied;
  readonly subject?: Subject;
}

/** All variables are always set, so that a plugin never sees the runtime's own. */
function variables({ command, subject }: Call, path: readonly string[]): Record<string, string> {
  return {
    CNI_COMMAND: command,
    CNI_CONTAINERID: subject?.containerId ?? "",
    CNI_NETNS: subject?.netns ?? "",
    CNI_IFNAME: subject?.ifname ?? "",
    CNI_ARGS: (subject?.args ?? []).map((pair) => pair.join("=")).join(";"),
    CNI_PATH: path.join(":"),
  };
}

/** @throws CniError 7 for a type that is a path, 5 where no such plugin is installed */
export function findPlugin({ type }: ListedPlugin, { programs, path }: Outside): string {
  if (type.includes("/")) {
    throw new CniError(errorCodes.invalidConfiguration, `invalid plugin name: "type" is "${type}"`, {
      details: '"type" is the name of an executable in CNI_PATH, without folders',
    });
  }
  const found = programs.find(type, path);
  if (found !== undefined) return found;
  throw new CniError(errorCodes.ioFailure, `failed to find plugin "${type}" in path [${path.join(":")}]`, {
    details: `install "${type}" into one of these folders, or name its folder in CNI_PATH`,
  });
}

/** What the plugin printed. @throws CniError with its code, or 100 where it had none */
export async function callPlugin(call: Call, outside: Outside): Promise<string> {
  const ended = await outside.programs.run({
    path: findPlugin(call.plugin, outside),
    args: [],
    input: pluginInput(call.plugin, call.supplied),
    environment: { ...outside.environment, ...variables(call, outside.path) },
    timeoutMs,
  });
  const what = `plugin type="${call.plugin.type}" failed (${call.command.toLowerCase()})`;
  const hasFailed = ended.exitCode !== 0;
  // Of a plugin that failed without an error object it is in the message.
  const isApart = !hasFailed || printedError(ended.stdout) !== undefined;
  if (isApart && ended.stderr !== "") outside.tell(ended.stderr);
  if (hasFailed) throw errorOf(what, ended);
  return ended.stdout;
}

/** ADD of one plugin. @throws CniError 6 when what it printed is no result, and as {@link callPlugin} */
export async function callForResult(call: Call, outside: Outside): Promise<Result> {
  const stdout = await callPlugin(call, outside);
  const what = `the result of plugin "${call.plugin.type}"`;
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch (cause) {
    throw new CniError(errorCodes.decodeFailure, `cannot decode ${what}: ${(cause as Error).message}`, {
      cause,
    });
  }
  // A chained plugin that has nothing to say may print null.
  if (json === null) return decodeResult({}, what, call.supplied.version);
  if (isJsonObject(json)) return decodeResult(json, what, call.supplied.version);
  throw new CniError(errorCodes.decodeFailure, `cannot decode ${what}: it is not an object`);
}
