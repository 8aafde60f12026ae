/**
 * Network namespaces. A namespace is entered only through {@link NetworkNamespace.run}, which takes a synchronous
 * function and always comes back: an `await` inside would create pool threads that stay in the wrong namespace.
 */
import { errno, failedWith, SyscallError } from "./errno.ts";
import * as libc from "./libc.ts";

/** linux/magic.h */
const nsfsMagic = 0x6e736673;
const procfsMagic = 0x9fa0;

const ownPath = "/proc/self/ns/net";

/** The path exists but is not a network namespace. */
export class NotANamespace extends Error {
  override readonly name = "NotANamespace";
}

/** An open network namespace; closes with `using`. */
export class NetworkNamespace implements Disposable {
  readonly path: string;
  readonly descriptor: number;
  readonly identity: string;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.descriptor = descriptor;
    this.identity = libc.statusOfOpen(descriptor).identity;
  }

  /** @throws SyscallError when the path cannot be opened, @throws NotANamespace when it is something else */
  static open(path: string): NetworkNamespace {
    // Non-blocking: a fifo left at the path would otherwise wait for a writer for ever.
    const descriptor = libc.open(path, libc.openFlags.readOnly | libc.openFlags.nonBlock);
    try {
      const type = libc.fileSystemType(descriptor);
      if (type !== nsfsMagic && type !== procfsMagic) {
        throw new NotANamespace(
          `"${path}" is not a network namespace (file system type 0x${type.toString(16)})`,
        );
      }
      return new NetworkNamespace(path, descriptor);
    } catch (error) {
      libc.close(descriptor);
      throw error;
    }
  }

  /** The namespace that this process runs in. */
  static own(): NetworkNamespace {
    return NetworkNamespace.open(ownPath);
  }

  isSameAs(other: NetworkNamespace): boolean {
    return this.identity === other.identity;
  }

  /**
   * Runs `inside` in this namespace and comes back, whatever happens.
   * @throws NotANamespace when the open file is a namespace of another kind
   */
  run<T>(inside: () => T): T {
    using home = NetworkNamespace.own();
    enter(this);
    try {
      return inside();
    } finally {
      libc.setNamespace(home.descriptor, libc.namespaceKinds.network);
    }
  }

  [Symbol.dispose](): void {
    libc.close(this.descriptor);
  }
}

function enter(namespace: NetworkNamespace): void {
  try {
    libc.setNamespace(namespace.descriptor, libc.namespaceKinds.network);
  } catch (error) {
    if (failedWith(error, errno.EINVAL)) {
      throw new NotANamespace(`"${namespace.path}" is not a network namespace`, { cause: error });
    }
    if (error instanceof SyscallError) throw new SyscallError("setns", error.errno, namespace.path);
    throw error;
  }
}
