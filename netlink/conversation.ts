/**
 * Request and reply over one netlink socket: sequence numbers are matched, every request is acknowledged, errors carry
 * the kernel's extended ack, and dumps that a change disturbed are read again. All reads of lists go through
 * {@link Conversation.dump}; nothing else sets NLM_F_DUMP.
 */
import { decodeAttributes } from "./attributes.ts";
import { concat } from "./attributes.ts";
import { controlTypes, decodeMessages, encodeMessage, headerBytes, messageFlags } from "./message.ts";
import type { Message, Request } from "./message.ts";
import { NetlinkError, NetlinkProtocolError } from "./netlink-error.ts";
import { cString, u32, viewOf } from "./payload.ts";
import type { Transport } from "./transport.ts";

/** NLMSGERR_ATTR_*, linux/netlink.h */
const extendedAckAttributes = { message: [1, cString], offset: [2, u32] } as const;

const dumpAttempts = 5;

export class Conversation implements Disposable {
  readonly #transport: Transport;
  readonly #describeErrno: (errno: number) => string;
  #sequence = 1;

  constructor(transport: Transport, describeErrno: (errno: number) => string) {
    this.#transport = transport;
    this.#describeErrno = describeErrno;
  }

  /** Sends one request; the replies that came before its acknowledgement. @throws NetlinkError */
  request(request: Request): Message[] {
    const outcome = this.exchange([request])[0];
    if (outcome instanceof NetlinkError) throw outcome;
    return outcome ?? [];
  }

  /** Sends all requests in one datagram. @throws NetlinkError the first failure, after all were answered */
  requestAll(requests: readonly Request[]): Message[][] {
    return this.exchange(requests).map((outcome) => {
      if (outcome instanceof NetlinkError) throw outcome;
      return outcome;
    });
  }

  /**
   * Sends all requests in one datagram and gathers each one's replies or failure. The kernel works through all of them
   * in order: a failure does not stop those behind it.
   */
  exchange(requests: readonly Request[]): (Message[] | NetlinkError)[] {
    const first = this.#sequence;
    this.#sequence += requests.length;
    this.#transport.send(
      concat(
        requests.map((request, at) =>
          encodeMessage({ ...request, flags: request.flags | messageFlags.acknowledge }, first + at),
        ),
      ),
    );
    return this.#gather(requests, first);
  }

  #gather(requests: readonly Request[], first: number): (Message[] | NetlinkError)[] {
    const outcomes: (Message[] | NetlinkError)[] = requests.map(() => []);
    for (let open = requests.length; open > 0;) {
      for (const message of decodeMessages(this.#transport.receive())) {
        const at = message.sequence - first;
        const request = requests[at];
        const replies = outcomes[at];
        if (request === undefined || !Array.isArray(replies)) continue;
        if (message.type === controlTypes.error) {
          open--;
          outcomes[at] = this.#failure(request, message) ?? replies;
        } else {
          replies.push({ ...message, body: message.body.slice() });
        }
      }
    }
    return outcomes;
  }

  /** All entries of a list, read again when a change disturbed it. @throws NetlinkError */
  dump(request: Request): Message[] {
    for (let attempt = 1; attempt <= dumpAttempts; attempt++) {
      const entries = this.#dumpOnce(request);
      if (entries !== undefined) return entries;
    }
    throw new NetlinkProtocolError(
      `Cannot ${request.purpose}: the list changed while it was read, ${dumpAttempts} times in a row; try again`,
    );
  }

  #dumpOnce(request: Request): Message[] | undefined {
    const sequence = this.#sequence++;
    this.#transport.send(encodeMessage({ ...request, flags: request.flags | messageFlags.dump }, sequence));
    const entries: Message[] = [];
    let disturbed = false;
    for (;;) {
      for (const message of decodeMessages(this.#transport.receive())) {
        if (message.sequence !== sequence) continue;
        disturbed ||= (message.flags & messageFlags.dumpInterrupted) !== 0;
        if (message.type === controlTypes.done || message.type === controlTypes.error) {
          const failure = this.#failure(request, message);
          if (failure !== undefined) throw failure;
          return disturbed ? undefined : entries;
        }
        entries.push({ ...message, body: message.body.slice() });
      }
    }
  }

  /** Undefined for an acknowledgement: an NLMSG_ERROR with code 0. */
  #failure(request: Request, message: Message): NetlinkError | undefined {
    if (message.body.length < 4) throw new NetlinkProtocolError(`Cannot ${request.purpose}: answer cut off`);
    const code = viewOf(message.body).getInt32(0, true);
    if (code >= 0) return undefined;
    const ack = this.#extendedAck(message);
    const offset = ack.offset === undefined ? undefined : ack.offset - headerBytes;
    return new NetlinkError({
      request: request.purpose,
      errno: -code,
      reason: this.#describeErrno(-code),
      kernelMessage: ack.message,
      attribute: offset === undefined ? undefined : request.attributeAt?.(offset),
    });
  }

  #extendedAck(message: Message): { message?: string | undefined; offset?: number | undefined } {
    if ((message.flags & messageFlags.extendedAck) === 0) return {};
    // struct nlmsgerr: the code, then the header of the request and, unless capped, all of it.
    const done = message.type === controlTypes.done;
    const echoed = viewOf(message.body).byteLength >= 8 ? viewOf(message.body).getUint32(4, true) : 0;
    const capped = (message.flags & messageFlags.capped) !== 0;
    const start = done ? 4 : 4 + (capped ? headerBytes : Math.max(headerBytes, (echoed + 3) & ~3));
    return decodeAttributes(extendedAckAttributes, message.body.subarray(start));
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}
