import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import type { FakeNode } from "./fake-node.ts";
import { type Json, record } from "./json.ts";

/** Facts of a file by its path inside the node. */
export type Files = Readonly<Record<string, Json>>;

/** Content up to this many characters is kept as it is, so that a difference can be read. */
const readableLength = 300;

/** Lists everything below some folders; a folder that is not there has nothing below it. */
export function listFiles(node: FakeNode, folders: readonly string[]): Files {
  return record(folders.flatMap((folder) => below(node, folder)));
}

function below(node: FakeNode, folder: string): [string, Json][] {
  try {
    const names = readdirSync(node.outside(folder));
    return names.map((name) => `${folder}/${name}`).flatMap((path) => describe(node, path));
  } catch (error) {
    return isGone(error) ? [] : raise(error);
  }
}

function describe(node: FakeNode, path: string): [string, Json][] {
  try {
    const status = lstatSync(node.outside(path));
    const mode = (status.mode & 0o7777).toString(8);
    const common = { mode, owner: `${status.uid}:${status.gid}` };
    if (status.isDirectory()) {
      return [[path, { kind: "folder", ...common }], ...below(node, path)];
    }
    if (status.isSymbolicLink()) {
      return [[path, { kind: "link", target: readlinkSync(node.outside(path)) }]];
    }
    // A namespace's file belongs to nsfs and cannot be read: its device is not that of the folder around it.
    if (!status.isFile() || path.startsWith("/run/netns/")) {
      return [[path, { kind: "special", ...common }]];
    }
    return [[path, { kind: "file", ...common, links: status.nlink, content: content(node.outside(path)) }]];
  } catch (error) {
    return isGone(error) ? [] : raise(error);
  }
}

function content(path: string): string {
  const bytes = readFileSync(path);
  const text = bytes.toString();
  const readable = text.length <= readableLength && Buffer.from(text).equals(bytes);
  return readable
    ? text
    : `${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}`;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function raise(error: unknown): never {
  throw error;
}
