/** Files that the command line names: read whole, or refused in words. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import type { Differences } from "../../conformance/suite/known-differences.ts";
import { errno, failedWith } from "../../sys/errno.ts";
import { fileKinds, status } from "../../sys/libc.ts";
import { UsageError } from "./usage-error.ts";

const limitBytes = 16 * 1024 * 1024;

/** @throws UsageError */
export function readJsonObject(option: string, path: string): JsonObject {
  const value = parse(option, path);
  if (isJsonObject(value)) return value;
  throw new UsageError(`--${option}: ${path} is not a JSON object`);
}

function parse(option: string, path: string): unknown {
  try {
    return JSON.parse(readLimited(path)) as unknown;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--${option}: ${path} cannot be read as JSON: ${message}`, { cause });
  }
}

/** Whatever is named, a device that never ends among it. @throws Error of the system call */
function readLimited(path: string): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(limitBytes);
    let length = 0;
    for (let read = -1; read !== 0 && length < limitBytes; length += read) {
      read = readSync(file, buffer, length, limitBytes - length, null);
    }
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}

/** @returns clause ids with reasons. @throws UsageError */
export function readDifferences(path: string): Differences {
  const listed = readJsonObject("known", path);
  for (const [id, reason] of Object.entries(listed)) {
    if (typeof reason !== "string" || reason === "")
      throw new UsageError(`--known: ${path} gives no reason for ${id}: it takes {"ID": "why"}`);
  }
  return listed as Differences;
}

/**
 * Where a file goes: the end of links, because one is not replaced by what it leads to.
 * Asked before a run of minutes. @throws UsageError
 */
export function findTarget(path: string): string {
  const folder = dirname(path);
  if (kindOf(folder) !== fileKinds.directory)
    throw new UsageError(`--out: there is no folder ${folder} to put ${basename(path)} in`);
  const kind = kindOf(path);
  if (kind === undefined) return path;
  // Replacing /dev/null by a file would be a bad surprise for everybody on the machine.
  if (kind !== fileKinds.regular) throw new UsageError(`--out: ${path} is there and is no regular file`);
  return realpathSync(path);
}

function kindOf(path: string): number | undefined {
  try {
    return status(path).mode & fileKinds.mask;
  } catch (error) {
    if (failedWith(error, errno.ENOENT, errno.ENOTDIR)) return undefined;
    throw error;
  }
}

/** Readers see the file before or after, never a part. @throws Error of the system call */
export function replaceFile(path: string, text: string): void {
  const whole = join(dirname(path), `.${basename(path)}.${process.pid}`);
  const file = openSync(whole, "wx", 0o644);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
    renameSync(whole, path);
  } catch (error) {
    rmSync(whole, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
