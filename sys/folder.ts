/** An open folder, and files in it by name: nothing here follows a symbolic link inside the folder. */
import { errno, failedWith, SyscallError } from "./errno.ts";
import * as libc from "./libc.ts";

const { openFlags } = libc;

function readAll(descriptor: number, limitBytes: number): string {
  const first = libc.readSome(descriptor);
  if (!libc.filledBuffer(first)) return libc.decodeText(first.subarray(0, limitBytes));
  const chunks = [first.slice()];
  for (let total = first.length; total < limitBytes;) {
    const next = libc.readSome(descriptor).slice();
    if (next.length === 0) break;
    chunks.push(next);
    total += next.length;
  }
  return libc.decodeText(Buffer.concat(chunks).subarray(0, limitBytes));
}

function writeAll(descriptor: number, text: string): void {
  let rest = libc.encodeText(text);
  while (rest.length > 0) rest = rest.subarray(libc.writeSome(descriptor, rest));
}

/** A fifo, a socket or a device may keep its reader waiting for ever. @throws SyscallError EINVAL for all but a file */
function demandFile(descriptor: number, name: string): void {
  if ((libc.statusOfOpen(descriptor).mode & libc.fileKinds.mask) === libc.fileKinds.regular) return;
  throw new SyscallError("read what is not a regular file", errno.EINVAL, name);
}

/** Text of the file at `path`, at most `limitBytes` of it. @throws SyscallError */
export function readText(path: string, limitBytes = 65536): string {
  const descriptor = libc.open(path, openFlags.readOnly | openFlags.nonBlock);
  try {
    demandFile(descriptor, path);
    return readAll(descriptor, limitBytes);
  } finally {
    libc.close(descriptor);
  }
}

/** Writes to a file that exists, in one call, as files below /proc/sys want it. @throws SyscallError */
export function writeExisting(path: string, text: string): void {
  const descriptor = libc.open(path, openFlags.writeOnly);
  try {
    writeAll(descriptor, text);
  } finally {
    libc.close(descriptor);
  }
}

/** Makes one folder; undefined for success, also where another was faster. */
function tryToMakeFolder(path: string, mode: number): SyscallError | undefined {
  try {
    libc.makeDirectory(path, mode);
    return undefined;
  } catch (error) {
    if (failedWith(error, errno.EEXIST)) return undefined;
    if (error instanceof SyscallError) return error;
    throw error;
  }
}

/** Makes `path` and the folders above it. @throws SyscallError */
export function makeFolders(path: string, mode: number): void {
  const failure = tryToMakeFolder(path, mode);
  if (failure === undefined) return;
  const parent = path.slice(0, path.lastIndexOf("/"));
  if (failure.errno !== errno.ENOENT || parent === "") throw failure;
  makeFolders(parent, mode);
  const again = tryToMakeFolder(path, mode);
  if (again !== undefined) throw again;
}

/** An open folder; closes with `using`. */
export class Folder implements Disposable {
  readonly path: string;
  #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** Opens the folder at `path`, links in the path followed. @throws SyscallError */
  static open(path: string): Folder {
    return new Folder(path, libc.open(path, openFlags.readOnly | openFlags.directory));
  }

  /** Opens the folder `name` inside this one. @throws SyscallError ENOTDIR or ELOOP for a link or a file */
  folder(name: string): Folder {
    const flags = openFlags.readOnly | openFlags.directory | openFlags.noFollow;
    return new Folder(`${this.path}/${name}`, libc.openAt(this.#descriptor, name, flags));
  }

  /** Makes the folder `name` inside this one where it is missing. @throws SyscallError */
  makeFolder(name: string, mode: number): void {
    try {
      libc.makeDirectoryAt(this.#descriptor, name, mode);
    } catch (error) {
      if (!failedWith(error, errno.EEXIST)) throw error;
    }
  }

  names(): string[] {
    const again = libc.openAt(this.#descriptor, ".", openFlags.readOnly | openFlags.directory);
    try {
      return libc.namesIn(again);
    } finally {
      libc.close(again);
    }
  }

  /** Text of the file `name`, undefined where there is none. @throws SyscallError */
  read(name: string, limitBytes = 262_144): string | undefined {
    let descriptor;
    try {
      descriptor = libc.openAt(
        this.#descriptor,
        name,
        openFlags.readOnly | openFlags.noFollow | openFlags.nonBlock,
      );
    } catch (error) {
      if (failedWith(error, errno.ENOENT)) return undefined;
      throw error;
    }
    try {
      return readAll(descriptor, limitBytes);
    } finally {
      libc.close(descriptor);
    }
  }

  /**
   * Makes the file `name` with `text` in it: whole or not at all.
   * @returns false where the name is taken. @throws SyscallError
   */
  createWhole(name: string, text: string, mode: number): boolean {
    try {
      this.#createByLink(name, text, mode);
      return true;
    } catch (error) {
      if (failedWith(error, errno.EEXIST)) return false;
      throw error;
    }
  }

  /** Opens a file that has no name yet and is gone when it gets none; undefined where the file system has no such files. */
  #openUnnamed(mode: number): number | undefined {
    try {
      return libc.openAt(this.#descriptor, ".", openFlags.unnamed | openFlags.writeOnly, mode);
    } catch (error) {
      // NFS, overlayfs before 6.2.
      if (failedWith(error, errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)) return undefined;
      throw error;
    }
  }

  #createByLink(name: string, text: string, mode: number): void {
    const descriptor = this.#openUnnamed(mode);
    if (descriptor === undefined) return this.#createThroughTemporary(name, text, mode);
    try {
      writeAll(descriptor, text);
      libc.linkOpenFile(descriptor, this.#descriptor, name);
    } finally {
      libc.close(descriptor);
    }
  }

  #createThroughTemporary(name: string, text: string, mode: number): void {
    const temporary = this.#writeTemporary(name, text, mode);
    try {
      libc.linkAt(this.#descriptor, temporary, name);
    } finally {
      libc.unlinkAt(this.#descriptor, temporary);
    }
  }

  #writeTemporary(name: string, text: string, mode: number): string {
    const temporary = `.${name}.tmp`;
    const flags = openFlags.writeOnly | openFlags.create | openFlags.truncate | openFlags.noFollow;
    const descriptor = libc.openAt(this.#descriptor, temporary, flags, mode);
    try {
      writeAll(descriptor, text);
    } catch (error) {
      libc.unlinkAt(this.#descriptor, temporary);
      throw error;
    } finally {
      libc.close(descriptor);
    }
    return temporary;
  }

  /** Replaces the file `name` in one step: readers see the old text or the new. @throws SyscallError */
  replace(name: string, text: string, mode: number): void {
    const temporary = this.#writeTemporary(name, text, mode);
    libc.renameAt(this.#descriptor, temporary, name);
  }

  /** Fails as making a file would, and leaves none. @throws SyscallError */
  demandWritable(): void {
    const [name, text, mode] = ["trestle-probe", "probe", 0o600] as const;
    const descriptor = this.#openUnnamed(mode);
    if (descriptor === undefined)
      return libc.unlinkAt(this.#descriptor, this.#writeTemporary(name, text, mode));
    try {
      writeAll(descriptor, text);
    } finally {
      libc.close(descriptor);
    }
  }

  /** Removes the file `name`; false where there was none. @throws SyscallError */
  remove(name: string): boolean {
    try {
      libc.unlinkAt(this.#descriptor, name);
      return true;
    } catch (error) {
      if (failedWith(error, errno.ENOENT)) return false;
      throw error;
    }
  }

  /**
   * Takes the exclusive flock(2) on the file `name` (made where it is missing), waiting at most `timeoutMs`.
   * @returns undefined when another kept it for that long. @throws SyscallError
   */
  lock(name: string, mode: number, timeoutMs: number): FileLock | undefined {
    const flags = openFlags.readOnly | openFlags.create | openFlags.noFollow | openFlags.nonBlock;
    const descriptor = libc.openAt(this.#descriptor, name, flags, mode);
    try {
      demandFile(descriptor, `${this.path}/${name}`);
    } catch (error) {
      libc.close(descriptor);
      throw error;
    }
    return FileLock.take(descriptor, timeoutMs);
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    if (descriptor >= 0) libc.close(descriptor);
  }
}

/** A held flock(2); released with `using`, or by the kernel when the process ends. */
export class FileLock implements Disposable {
  #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  static take(descriptor: number, timeoutMs: number): FileLock | undefined {
    // Polled, because a blocking flock cannot be given a limit without a signal handler.
    const deadline = Bun.nanoseconds() + timeoutMs * 1e6;
    const { exclusive, nonBlocking } = libc.lockModes;
    for (let pauseMs = 0.1; ; pauseMs = Math.min(pauseMs * 1.5, 5)) {
      try {
        libc.lock(descriptor, exclusive | nonBlocking);
        return new FileLock(descriptor);
      } catch (error) {
        if (failedWith(error, errno.EAGAIN) && Bun.nanoseconds() < deadline) {
          libc.sleepMs(pauseMs);
          continue;
        }
        libc.close(descriptor);
        if (failedWith(error, errno.EAGAIN)) return undefined;
        throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    if (descriptor >= 0) libc.close(descriptor);
  }
}
