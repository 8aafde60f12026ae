import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { hasCode } from "./error-code.ts";
import type { FakeNode } from "./fake-node.ts";
import { type Json, type JsonObject, record } from "./json.ts";

/** Facts of a file by its path inside the node. */
export type Files = Readonly<Record<string, Json>>;

/** Content up to this many characters is kept as it is, so that a difference can be read. */
const readableLength = 300;

/** Lists everything below some folders; a folder that is not there has nothing below it. */
export function listFiles(node: FakeNode, folders: readonly string[]): Files {
  return record(folders.flatMap((folder) => below(node, folder)));
}

function below(node: FakeNode, folder: string): [string, Json][] {
  const names = unlessGone(() => readdirSync(node.outside(folder))) ?? [];
  return names.map((name) => `${folder}/${name}`).flatMap((path) => describe(node, path));
}

function describe(node: FakeNode, path: string): [string, Json][] {
  // A namespace's file belongs to nsfs and cannot be read: its device is not that of the folder around it.
  const isReadable = !path.startsWith("/run/netns/");
  const facts = factsOf(node.outside(path), { isReadable });
  if (facts === undefined) return [];
  return [[path, facts], ...(facts["kind"] === "folder" ? below(node, path) : [])];
}

/** What is told of one file; undefined where there is none. @param path as this process sees it */
export function factsOf(path: string, { isReadable = true } = {}): JsonObject | undefined {
  return unlessGone(() => {
    const status = lstatSync(path);
    const common = { mode: (status.mode & 0o7777).toString(8), owner: `${status.uid}:${status.gid}` };
    if (status.isDirectory()) return { kind: "folder", ...common };
    if (status.isSymbolicLink()) return { kind: "link", target: readlinkSync(path) };
    if (!status.isFile() || !isReadable) return { kind: "special", ...common };
    return { kind: "file", ...common, links: status.nlink, content: content(path) };
  });
}

function content(path: string): string {
  const bytes = readFileSync(path);
  const text = bytes.toString();
  const readable = text.length <= readableLength && Buffer.from(text).equals(bytes);
  return readable
    ? text
    : `${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Files come and go while they are listed. */
export function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].some((code) => hasCode(error, code));
}
