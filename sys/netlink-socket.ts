/** A netlink socket: what `netlink/` calls a transport. */
import { errno, failedWith } from "./errno.ts";
import * as libc from "./libc.ts";

/** linux/netlink.h */
export const netlinkProtocols = { route: 0, netfilter: 12 } as const;

const receiveBufferBytes = 1 << 20;

/** How long the kernel may take to answer one request before it counts as lost. */
const answerTimeoutSeconds = 20;

function int32(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer);
}

function timeval(seconds: number): Uint8Array {
  return new Uint8Array(new BigInt64Array([BigInt(seconds), 0n]).buffer);
}

export class NetlinkSocket implements Disposable {
  #descriptor: number;

  /** Opens a socket in the namespace that the thread is in now; it stays there for good. @throws SyscallError */
  constructor(protocol: number) {
    const { familyNetlink, typeRaw } = libc.socketConstants;
    this.#descriptor = libc.socket(familyNetlink, typeRaw, protocol);
    this.#set(
      libc.socketConstants.levelSocket,
      libc.socketConstants.receiveTimeout,
      timeval(answerTimeoutSeconds),
    );
    this.#set(
      libc.socketConstants.levelSocket,
      libc.socketConstants.receiveBufferForce,
      int32(receiveBufferBytes),
    );
    this.#setNetlink(libc.socketConstants.extendedAck);
    this.#setNetlink(libc.socketConstants.capAck);
    if (protocol === netlinkProtocols.route) this.#setNetlink(libc.socketConstants.strictChecking);
  }

  #set(level: number, option: number, value: Uint8Array): void {
    try {
      libc.setSocketOption(this.#descriptor, level, option, value);
    } catch (error) {
      // Old kernels lack some of them (strict checking came with 4.20) and a user namespace may forbid the buffer:
      // all of them make answers better, none is needed for a right one.
      if (!failedWith(error, errno.EPERM, errno.EINVAL, errno.ENOPROTOOPT)) throw error;
    }
  }

  #setNetlink(option: number): void {
    this.#set(libc.socketConstants.levelNetlink, option, int32(1));
  }

  send(bytes: Uint8Array): void {
    libc.send(this.#descriptor, bytes);
  }

  /** The next datagram. Valid until the next call. @throws SyscallError EAGAIN when the kernel does not answer */
  receive(): Uint8Array {
    return libc.receiveDatagram(this.#descriptor);
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    if (descriptor >= 0) libc.close(descriptor);
  }
}
