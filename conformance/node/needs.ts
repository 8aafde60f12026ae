import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { pluginFolder } from "./plugin-folder.ts";

/** What a group of tests cannot do without. Root and the tools of the fake node itself are always needed. */
export interface Needs {
  /** Programs that must be found in the usual folders. */
  readonly commands?: readonly string[];
  /** Files that must exist, by their path. */
  readonly files?: readonly string[];
  /** Executables under test: one that is missing is not a lack of the machine, so the group fails instead. */
  readonly plugins?: readonly string[];
  /** What the test file found out itself to be missing, in words. */
  readonly lacking?: readonly string[];
}

const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const always = ["unshare", "nsenter", "ip"];

/** What the machine lacks, in words; empty when all is there. In place of a lab that cannot be had, the lab is what it lacks. */
export function missing(needs: Needs): string[] {
  const noLab = process.env["TRESTLE_LAB_LACK"];
  if (noLab !== undefined) return [`the lab, which ${noLab}`];
  const commands = [...always, ...(needs.commands ?? [])].filter((command) => !isInstalled(command));
  const files = (needs.files ?? []).filter((file) => !existsSync(file));
  return [...(process.getuid?.() === 0 ? [] : ["root"]), ...commands, ...files, ...(needs.lacking ?? [])];
}

/**
 * `describe`, or `describe.skip` with the reason in the name when this machine lacks something: then each test inside
 * counts as skipped, and the reporter beside this file lists it. Nothing is silently passed.
 */
export function describeWith(needs: Needs, name: string, tests: () => void): void {
  const unbuilt = (needs.plugins ?? [])
    .map((plugin) => join(pluginFolder, plugin))
    .filter((file) => !isExecutable(file));
  if (unbuilt.length > 0) {
    describe(`${name} [not built]`, () => {
      test("what is under test was built", () => {
        expect(unbuilt).toEqual([]);
      });
    });
    return;
  }
  const lack = missing(needs);
  const group = lack.length === 0 ? describe : describe.skip;
  group(lack.length === 0 ? name : `${name} [this machine lacks ${lack.join(", ")}]`, tests);
}

/** Tells whether a program is in one of the usual folders. */
export function isInstalled(command: string): boolean {
  return folders.some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
