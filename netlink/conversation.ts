/**
 * Request and reply over one netlink socket: sequence numbers are matched, every request is acknowledged, errors carry
 * the kernel's extended ack, and dumps that a change disturbed are read again. All reads of lists go through
 * {@link Conversation.dump}; nothing else sets NLM_F_DUMP.
 */
import { concat, decodeAttributes } from "./attributes.ts";
import {
  controlTypes,
  decodeMessages,
  encodeMessage,
  firstOwnType,
  headerBytes,
  messageFlags,
  type Message,
  type Request,
} from "./message.ts";
import { NetlinkError, NetlinkProtocolError } from "./netlink-error.ts";
import { cString, u32, viewOf } from "./payload.ts";
import type { Transport } from "./transport.ts";

/** NLMSGERR_ATTR_*, linux/netlink.h */
const extendedAckAttributes = { message: [1, cString], offset: [2, u32] } as const;

const dumpAttempts = 5;

/** Acknowledgements of so many requests fit into a socket's receive buffer of usual size with room to spare. */
const mostAtOnce = 64;

/** Requests that the kernel applies together, between the messages that open and close them. */
export interface Batch {
  readonly begin: Request;
  readonly requests: readonly Request[];
  readonly end: Request;
}

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
    if (requests.length > mostAtOnce) {
      return [...this.exchange(requests.slice(0, mostAtOnce)), ...this.exchange(requests.slice(mostAtOnce))];
    }
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

  /**
   * Sends a batch in one datagram: all of its requests take effect, or none. Only the last one asks for an
   * acknowledgement (older kernels take none on the begin and end messages): failures are reported unasked, and by the
   * time that one arrives all of them have. Where the batch itself is refused, the kernel answers the begin message and
   * may leave acknowledgements behind, which later reads pass over by their sequence numbers.
   * @throws NetlinkError the refusal of the whole batch, or else of the first request that failed
   */
  transaction(batch: Batch): void {
    const last = batch.requests.length;
    if (last === 0) return;
    const messages = [batch.begin, ...batch.requests, batch.end];
    const first = this.#sequence;
    this.#sequence += messages.length;
    this.#transport.send(
      concat(
        messages.map((request, at) => {
          const flags = at === last ? request.flags | messageFlags.acknowledge : request.flags;
          return encodeMessage({ ...request, flags }, first + at);
        }),
      ),
    );
    const failure = this.#verdict(messages, { first, last: first + last, purpose: batch.begin.purpose });
    if (failure !== undefined) throw failure;
  }

  #verdict(
    messages: readonly Request[],
    sequences: { readonly first: number; readonly last: number; readonly purpose: string },
  ): NetlinkError | undefined {
    let failure: NetlinkError | undefined;
    for (;;) {
      for (const message of this.#receive(sequences.purpose)) {
        const request = messages[message.sequence - sequences.first];
        if (request === undefined || message.type !== controlTypes.error) continue;
        const refusal = this.#failure(request, message);
        if (message.sequence === sequences.first && refusal !== undefined) return refusal;
        failure ??= refusal;
        if (message.sequence === sequences.last) return failure;
      }
    }
  }

  #gather(requests: readonly Request[], first: number): (Message[] | NetlinkError)[] {
    const replies: Message[][] = requests.map(() => []);
    const outcomes: (Message[] | NetlinkError | undefined)[] = requests.map(() => undefined);
    for (;;) {
      const open = requests[outcomes.indexOf(undefined)];
      if (open === undefined) return outcomes.filter((outcome) => outcome !== undefined);
      for (const message of this.#receive(open.purpose)) {
        const at = message.sequence - first;
        const request = requests[at];
        // Neither ours (a late answer to a request that was given up) nor needed (a second acknowledgement).
        if (request === undefined || outcomes[at] !== undefined) continue;
        if (message.type === controlTypes.error)
          outcomes[at] = this.#failure(request, message) ?? replies[at];
        else if (message.type >= firstOwnType) replies[at]?.push(message);
      }
    }
  }

  /** The messages of the next datagram, in memory of their own. @throws NetlinkProtocolError when none comes */
  #receive(purpose: string): Message[] {
    let datagram: Uint8Array;
    try {
      datagram = this.#transport.receive();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new NetlinkProtocolError(`Cannot ${purpose}: no answer from the kernel: ${reason}`, { cause });
    }
    return decodeMessages(datagram.slice());
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
      for (const message of this.#receive(request.purpose)) {
        if (message.sequence !== sequence) continue;
        disturbed ||= (message.flags & messageFlags.dumpInterrupted) !== 0;
        if (message.type === controlTypes.done || message.type === controlTypes.error) {
          const failure = this.#failure(request, message);
          if (failure !== undefined) throw failure;
          return disturbed ? undefined : entries;
        }
        if (message.type >= firstOwnType) entries.push(message);
      }
    }
  }

  /** Undefined for an acknowledgement: an NLMSG_ERROR with code 0. */
  #failure(request: Request, message: Message): NetlinkError | undefined {
    const { body } = message;
    if (body.length < 4) throw new NetlinkProtocolError(`Cannot ${request.purpose}: answer cut off`);
    // Negative errno, or 0.
    if ((body[3] ?? 0) < 0x80) return undefined;
    const code = viewOf(body).getInt32(0, true);
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
    const echoed = message.body.length < 8 ? 0 : viewOf(message.body).getUint32(4, true);
    const capped = (message.flags & messageFlags.capped) !== 0;
    const start = done ? 4 : 4 + (capped ? headerBytes : Math.max(headerBytes, (echoed + 3) & ~3));
    return decodeAttributes(extendedAckAttributes, message.body.subarray(start));
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}
