/**
 * Network namespaces. A namespace is entered only through {@link NetworkNamespace.run}, which takes a synchronous
 * function and always comes back: an `await` inside would create pool threads that stay in the wrong namespace.
 */
import { errno, failedWith, SyscallError } from "./errno.ts";
import * as libc from "./libc.ts";

/** Between two attempts to lock a namespace. */
const lockStepMs = 5;
const ownPath = "/proc/self/ns/net";
let ownNamespace: NetworkNamespace | undefined;

/** The path exists but is not a network namespace. */
export class NotANamespace extends Error {
  override readonly name = "NotANamespace";
}

/** An open network namespace; closes with `using`. */
export class NetworkNamespace implements Disposable {
  readonly path: string;
  #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** For messages that name the namespace to the kernel; -1, which the kernel refuses, once closed. */
  get descriptor(): number {
    return this.#descriptor;
  }

  /** @throws SyscallError when the path cannot be opened, @throws NotANamespace when it is something else */
  static open(path: string): NetworkNamespace {
    // Non-blocking: a fifo left at the path would otherwise wait for a writer for ever.
    const descriptor = libc.open(path, libc.openFlags.readOnly | libc.openFlags.nonBlock);
    try {
      if (libc.namespaceKind(descriptor) !== libc.namespaceKinds.network) {
        throw new NotANamespace(`"${path}" is not a network namespace`);
      }
      return new NetworkNamespace(path, descriptor);
    } catch (error) {
      libc.close(descriptor);
      throw error;
    }
  }

  /** The namespace that this process was started in. It stays open to the end: every way back leads through it. */
  static own(): NetworkNamespace {
    return (ownNamespace ??= NetworkNamespace.open(ownPath));
  }

  /**
   * Says that this process relies on what is shared in the namespace (a bridge, its address). Held until the process ends. The
   * lock lives on the namespace itself, so no lock file is needed; but anybody who can open the namespace can take it, so it is
   * never waited for longer than `timeoutMs`.
   * @returns false when somebody else owned it alone for that long
   */
  share(timeoutMs: number): boolean {
    return this.#lockWithin(timeoutMs, libc.lockModes.shared);
  }

  /** True when nobody else shares the namespace now; then it stays so until the object closes. */
  tryToOwnAlone(): boolean {
    return this.#tryToLock(libc.lockModes.exclusive);
  }

  /**
   * As {@link tryToOwnAlone}, again and again for `timeoutMs`. A share that this process had is lost, whatever comes of it.
   * @returns false when others shared it for that long
   */
  ownAlone(timeoutMs: number): boolean {
    return this.#lockWithin(timeoutMs, libc.lockModes.exclusive);
  }

  /** Gives back what {@link share} or {@link ownAlone} took. */
  release(): void {
    libc.lock(this.#descriptor, libc.lockModes.unlock);
  }

  #lockWithin(timeoutMs: number, mode: number): boolean {
    for (let waitedMs = 0; !this.#tryToLock(mode); waitedMs += lockStepMs) {
      if (waitedMs >= timeoutMs) return false;
      libc.sleepMs(lockStepMs);
    }
    return true;
  }

  #tryToLock(mode: number): boolean {
    try {
      libc.lock(this.#descriptor, mode | libc.lockModes.nonBlocking);
      return true;
    } catch (error) {
      if (failedWith(error, errno.EAGAIN)) return false;
      throw error;
    }
  }

  isSameAs(other: NetworkNamespace): boolean {
    return libc.statusOfOpen(this.#descriptor).identity === libc.statusOfOpen(other.#descriptor).identity;
  }

  /** Runs `inside` in this namespace and comes back, whatever happens. @throws SyscallError */
  run<T>(inside: () => T): T {
    const home = NetworkNamespace.own();
    enter(this);
    try {
      return inside();
    } finally {
      libc.setNamespace(home.descriptor, libc.namespaceKinds.network);
    }
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    // A number that is used after closing may be another file by then.
    this.#descriptor = -1;
    if (descriptor >= 0) libc.close(descriptor);
  }
}

function enter(namespace: NetworkNamespace): void {
  try {
    libc.setNamespace(namespace.descriptor, libc.namespaceKinds.network);
  } catch (error) {
    if (error instanceof SyscallError) throw new SyscallError("setns", error.errno, namespace.path);
    throw error;
  }
}
