/** Puts a mutant where a plugin would be: a folder with all executables, one of which is a script. */
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginFolder } from "../node/plugin-folder.ts";
import wrapperScript from "./wrapper.sh" with { type: "text" };
import type { Mutant } from "./mutant.ts";

/** Gone with everything in it at the end of its scope. */
export interface InstalledFolder extends Disposable {
  readonly folder: string;
}

/** The executables under test, with a wrapper in place of one of them. */
export function installWrapper({ type, body }: Pick<Mutant, "type" | "body">): InstalledFolder {
  const installed = folderBut(type);
  // Started by its absolute path: a plugin is named by the last part, and known as a delegate by the file behind it.
  const facts = `plugin='${join(pluginFolder, type)}'\nwork=/var/lib/node\n`;
  writeScript(join(installed.folder, type), `#!/bin/sh\n${facts}${wrapperScript}${body}\n`);
  return installed;
}

/** The same with a script that has nothing to do with the plugin. */
export function installScript(type: string, script: string): InstalledFolder {
  const installed = folderBut(type);
  writeScript(join(installed.folder, type), `#!/bin/sh\n${script}\n`);
  return installed;
}

/** The same with a copy of a program of this machine. */
export function installProgram(type: string, program: string): InstalledFolder {
  const installed = folderBut(type);
  copyFileSync(program, join(installed.folder, type));
  return installed;
}

function folderBut(type: string): InstalledFolder {
  const folder = mkdtempSync(join(tmpdir(), "trestle-mutant-"));
  for (const name of readdirSync(pluginFolder)) {
    if (name !== type) symlinkSync(join(pluginFolder, name), join(folder, name));
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function writeScript(file: string, script: string): void {
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}
