/** A netlink socket: what `netlink/` calls a transport. */
import { errno, failedWith } from "./errno.ts";
import * as libc from "./libc.ts";

/** linux/netlink.h */
export const netlinkProtocols = { route: 0, netfilter: 12 } as const;

/** How long the kernel may take to answer one request before it counts as lost. */
const answerTimeoutSeconds = 20;

/** int 1 */
const on = Uint8Array.of(1, 0, 0, 0);

/** struct timeval */
const answerTimeout = new Uint8Array(16);
answerTimeout[0] = answerTimeoutSeconds;

export class NetlinkSocket implements Disposable {
  #descriptor: number;

  /** Opens a socket in the namespace that the thread is in now; it stays there for good. @throws SyscallError */
  constructor(protocol: number) {
    const { familyNetlink, typeRaw, levelSocket, receiveTimeout } = libc.socketConstants;
    this.#descriptor = libc.socket(familyNetlink, typeRaw, protocol);
    this.#set(levelSocket, receiveTimeout, answerTimeout);
    this.#setNetlink(libc.socketConstants.extendedAck);
    this.#setNetlink(libc.socketConstants.capAck);
    if (protocol === netlinkProtocols.route) this.#setNetlink(libc.socketConstants.strictChecking);
  }

  #set(level: number, option: number, value: Uint8Array): void {
    try {
      libc.setSocketOption(this.#descriptor, level, option, value);
    } catch (error) {
      // Old kernels lack some of them (strict checking came with 4.20):
      // all of them make answers better, none is needed for a right one.
      if (!failedWith(error, errno.EPERM, errno.EINVAL, errno.ENOPROTOOPT)) throw error;
    }
  }

  #setNetlink(option: number): void {
    this.#set(libc.socketConstants.levelNetlink, option, on);
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
