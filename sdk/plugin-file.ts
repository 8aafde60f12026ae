/** The executable of a plugin that a configuration names; CNI specification 1.1.0, section 4 "Plugin delegation". */
import { CniError, errorCodes } from "../cni/error.ts";
import type { Request } from "../cni/request.ts";
import { findProgram, type ProgramFile } from "../sys/program-file.ts";

/** A plugin's type as a configuration gives it. */
export interface NamedPlugin {
  readonly type: string;
  /** The configuration key that the type is from, for messages: "ipam.type". */
  readonly key: string;
}

/** @throws CniError 7 for a type that is a path, 4 without CNI_PATH, 5 when no such plugin is in it */
export function findPluginFile({ type, key }: NamedPlugin, request: Request): ProgramFile {
  if (type.includes("/")) {
    throw new CniError(errorCodes.invalidConfiguration, `invalid plugin name: "${key}" is "${type}"`, {
      details: `"${key}" is the name of an executable in CNI_PATH, without folders`,
    });
  }
  if (request.path.length === 0) {
    throw new CniError(errorCodes.invalidEnvironment, "required env variables [CNI_PATH] missing", {
      details: `CNI_PATH must name the folder of the plugin "${type}"`,
    });
  }
  const program = findProgram(type, request.path);
  if (program !== undefined) return program;
  const where = request.path.join(":");
  throw new CniError(errorCodes.ioFailure, `failed to find plugin "${type}" in path [${where}]`, {
    details: `install the plugin "${type}" into one of these folders, or change "${key}"`,
  });
}
