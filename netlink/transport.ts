/** What a conversation needs from the outside: one netlink socket, or a fake kernel in tests. */
export interface Transport extends Disposable {
  /** Hands one datagram to the kernel. */
  send(datagram: Uint8Array): void;
  /** The next datagram from the kernel; its bytes are valid until the next call. Throws when none comes. */
  receive(): Uint8Array;
}
