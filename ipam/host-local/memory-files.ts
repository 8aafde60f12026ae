/** A file system in memory for tests: links, a lock, and a failure at any call. */
import { errno } from "./file-failure.ts";
import type { LeaseFiles, LeaseFolder } from "./files.ts";

/** A failed call, as sys/ throws them. */
export class MemoryFileError extends Error {
  override readonly name = "MemoryFileError";
  readonly errno: number;

  constructor(call: string, value: number) {
    super(`${call}: errno ${value}`);
    this.errno = value;
  }
}

/** What lies at a path. */
export type Entry =
  | { readonly kind: "folder"; readonly mode: number }
  | { readonly kind: "file"; readonly text: string; readonly mode: number }
  | { readonly kind: "link"; readonly to: string };

export class MemoryFiles implements LeaseFiles {
  readonly entries = new Map<string, Entry>([["/", { kind: "folder", mode: 0o755 }]]);
  /** Every call so far: "createWhole 10.1.0.2". */
  readonly calls: string[] = [];
  /** The call, counted from 0, that fails, and how. */
  failure: { readonly at: number; readonly errno: number } | undefined;
  /** True while another process has the lock. */
  lockedByAnother = false;
  locksHeld = 0;
  /** The longest time that a lock was to be waited for. */
  longestWaitMs = 0;
  openFolders = 0;

  /** Counts a call, or fails it. */
  called(call: string): void {
    this.calls.push(call);
    if (this.failure?.at === this.calls.length - 1) throw new MemoryFileError(call, this.failure.errno);
  }

  put(path: string, text: string): void {
    this.entries.set(path, { kind: "file", text, mode: 0o600 });
  }

  putFolders(path: string): void {
    for (let end = path.indexOf("/", 1); ; end = path.indexOf("/", end + 1)) {
      const part = end < 0 ? path : path.slice(0, end);
      if (!this.entries.has(part)) this.entries.set(part, { kind: "folder", mode: 0o755 });
      if (end < 0) return;
    }
  }

  /** Texts of the files in the folder at `path` by name; links and folders by their kind. */
  list(path: string): Record<string, string> {
    const listed: Record<string, string> = {};
    for (const [full, entry] of this.entries) {
      const name = full.slice(path.length + 1);
      if (!full.startsWith(`${path}/`) || name.includes("/")) continue;
      listed[name] = entry.kind === "file" ? entry.text : `(${entry.kind})`;
    }
    return listed;
  }

  openFolder(path: string): LeaseFolder {
    this.called(`openFolder ${path}`);
    const entry = this.entries.get(path);
    return this.opened(entry?.kind === "link" ? entry.to : path);
  }

  opened(path: string): LeaseFolder {
    const entry = this.entries.get(path);
    if (entry === undefined) throw new MemoryFileError("open", errno.ENOENT);
    if (entry.kind !== "folder") throw new MemoryFileError("open", errno.ENOTDIR);
    this.openFolders++;
    return new MemoryFolder(this, path);
  }

  makeFolders(path: string): void {
    this.called(`makeFolders ${path}`);
    this.putFolders(path);
  }

  readText(path: string): string {
    this.called(`readText ${path}`);
    const entry = this.entries.get(path);
    if (entry?.kind !== "file") throw new MemoryFileError("open", errno.ENOENT);
    return entry.text;
  }
}

class MemoryFolder implements LeaseFolder {
  readonly path: string;
  readonly #files: MemoryFiles;

  constructor(files: MemoryFiles, path: string) {
    this.#files = files;
    this.path = path;
  }

  #at(name: string): string {
    return `${this.path}/${name}`;
  }

  folder(name: string): LeaseFolder {
    this.#files.called(`folder ${name}`);
    return this.#files.opened(this.#at(name));
  }

  makeFolder(name: string, mode: number): void {
    this.#files.called(`makeFolder ${name}`);
    if (!this.#files.entries.has(this.#at(name)))
      this.#files.entries.set(this.#at(name), { kind: "folder", mode });
  }

  names(): string[] {
    this.#files.called("names");
    return Object.keys(this.#files.list(this.path));
  }

  read(name: string): string | undefined {
    this.#files.called(`read ${name}`);
    const entry = this.#files.entries.get(this.#at(name));
    if (entry === undefined) return undefined;
    if (entry.kind === "file") return entry.text;
    throw new MemoryFileError("open", entry.kind === "link" ? errno.ELOOP : errno.EISDIR);
  }

  createWhole(name: string, text: string, mode: number): boolean {
    this.#files.called(`createWhole ${name}`);
    if (this.#files.entries.has(this.#at(name))) return false;
    this.#files.entries.set(this.#at(name), { kind: "file", text, mode });
    return true;
  }

  replace(name: string, text: string, mode: number): void {
    this.#files.called(`replace ${name}`);
    this.#files.entries.set(this.#at(name), { kind: "file", text, mode });
  }

  remove(name: string): boolean {
    this.#files.called(`remove ${name}`);
    return this.#files.entries.delete(this.#at(name));
  }

  demandWritable(): void {
    this.#files.called("demandWritable");
  }

  lock(name: string, mode: number, timeoutMs: number): Disposable | undefined {
    this.#files.called(`lock ${name}`);
    const files = this.#files;
    files.longestWaitMs = Math.max(files.longestWaitMs, timeoutMs);
    const entry = files.entries.get(this.#at(name));
    if (entry?.kind === "folder") throw new MemoryFileError("open", errno.EISDIR);
    if (entry?.kind === "link") throw new MemoryFileError("open", errno.ELOOP);
    if (files.lockedByAnother) return undefined;
    if (entry === undefined) files.entries.set(this.#at(name), { kind: "file", text: "", mode });
    files.locksHeld++;
    return { [Symbol.dispose]: () => void files.locksHeld-- };
  }

  [Symbol.dispose](): void {
    this.#files.openFolders--;
  }
}
