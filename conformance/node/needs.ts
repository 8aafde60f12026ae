import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { describe } from "@jest/globals";
import { pluginFolder } from "./plugin-folder.ts";

/** What a group of tests cannot do without. Root and the tools of the fake node itself are always needed. */
export interface Needs {
  /** Programs that must be found in the usual folders. */
  readonly commands?: readonly string[];
  /** Files that must exist, by their path. */
  readonly files?: readonly string[];
  /** Executables that must exist in the folder under test. */
  readonly plugins?: readonly string[];
  /** What the test file found out itself to be missing, in words. */
  readonly lacking?: readonly string[];
}

const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const always = ["unshare", "nsenter", "ip"];

/** What is missing, in words; empty when all is there. */
export function missing(needs: Needs): string[] {
  const commands = [...always, ...(needs.commands ?? [])].filter((command) => !isInstalled(command));
  const files = (needs.files ?? []).filter((file) => !isThere(file, constants.F_OK));
  const plugins = (needs.plugins ?? [])
    .map((name) => join(pluginFolder, name))
    .filter((file) => !isThere(file, constants.X_OK));
  return [
    ...(process.getuid?.() === 0 ? [] : ["root"]),
    ...commands,
    ...files,
    ...plugins,
    ...(needs.lacking ?? []),
  ];
}

/**
 * `describe`, or `describe.skip` with the reason in the name when this machine lacks something: then each test inside
 * counts as skipped, and the reporter beside this file lists it. Nothing is silently passed.
 */
export function describeWith(needs: Needs, name: string, tests: () => void): void {
  const lack = missing(needs);
  const group = lack.length === 0 ? describe : describe.skip;
  group(lack.length === 0 ? name : `${name} [this machine lacks ${lack.join(", ")}]`, tests);
}

/** Tells whether a program is in one of the usual folders. */
export function isInstalled(command: string): boolean {
  return folders.some((folder) => isThere(join(folder, command), constants.X_OK));
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
