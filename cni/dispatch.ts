/**
 * From the environment and standard input to the one document on standard output. Order of checks: command, variables,
 * JSON, name, version, plugin: the earlier fault is the one that is reported.
 */
import { decodeJson, readName, readVersion, lookUp } from "./configuration.ts";
import type { JsonObject } from "./json-object.ts";
import { readCommand, readParameters, type Command, type Environment } from "./environment.ts";
import { CniError, errorCodes, formatError } from "./error.ts";
import type { Log } from "./log.ts";
import { commandSince, type Plugin, type Request } from "./request.ts";
import { formatResult } from "./result.ts";
import { readValidAttachments } from "./valid-attachments.ts";
import { isAtLeast, isVersion, newestVersion, versionWhenMissing, type Version } from "./version.ts";

/** What dispatching needs from the outside. */
export interface Surroundings {
  readonly environment: Environment;
  /** All of standard input. */
  readInput(): string;
  readonly plugin: Plugin;
  openLog(json: JsonObject, environment: Environment): Promise<Log>;
  /** Turns whatever was thrown into an error with a code. */
  toCniError(error: unknown): CniError;
  /** Told about every failure, with its causes. */
  onFailure(error: unknown): void;
}

export interface Reply {
  readonly exitCode: 0 | 1;
  /** Exactly one JSON document, or nothing. */
  readonly output: string;
}

/** Answers one request. Never throws. */
export async function answer(surroundings: Surroundings): Promise<Reply> {
  const spoken: { version: string } = { version: newestVersion };
  try {
    return { exitCode: 0, output: await serve(surroundings, spoken) };
  } catch (error) {
    surroundings.onFailure(error);
    return { exitCode: 1, output: formatError(surroundings.toCniError(error), spoken.version) };
  }
}

async function serve(surroundings: Surroundings, spoken: { version: string }): Promise<string> {
  const { environment } = surroundings;
  const command = readCommand(environment);
  const parameters = readParameters(command, environment);
  const text = surroundings.readInput();
  const json = decodeJson(text);
  spoken.version = versionToAnswerIn(json);
  const name = readName(json);
  const version = readVersion(json);
  refuseEarlyVersion(command, version);
  refuseList(json);
  // For every plugin: one that has nothing to remove would not look, and the runtime not learn that its list is none.
  if (command === "GC") readValidAttachments(json);
  const log = await surroundings.openLog(json, environment);
  const request = { ...parameters, configuration: { name, version, json, text }, environment, log };
  return run(surroundings.plugin, request);
}

async function run(plugin: Plugin, request: Request): Promise<string> {
  const { version } = request.configuration;
  if (request.command === "ADD") return formatResult(await plugin.add(request), version);
  if (request.command === "CHECK") await plugin.check(request);
  if (request.command === "DEL") await plugin.del(request);
  if (request.command === "GC") await plugin.gc(request);
  if (request.command === "STATUS") await plugin.status(request);
  return "";
}

function refuseEarlyVersion(command: Command, version: Version): void {
  if (isAtLeast(version, commandSince[command])) return;
  throw new CniError(errorCodes.incompatibleVersion, `config version does not allow ${command}`, {
    details: `cniVersion is ${version}, ${command} came with ${commandSince[command]}`,
  });
}

/** A list given to a plugin would pass as a configuration without any keys. */
function refuseList(json: JsonObject): void {
  if (lookUp(json, "plugins") === undefined || lookUp(json, "type") !== undefined) return;
  const message = 'this is a network configuration list ("plugins"), not the configuration of one plugin';
  throw new CniError(errorCodes.invalidConfiguration, message, {
    details: 'pass one entry of "plugins" with the list\'s "name" and "cniVersion"; runtimes do that',
  });
}

/** Errors are labelled with the version of the configuration as far as it can be told. */
function versionToAnswerIn(json: JsonObject): string {
  const version = lookUp(json, "cniVersion") ?? versionWhenMissing;
  return typeof version === "string" && isVersion(version) ? version : newestVersion;
}
