/**
 * A kernel for tests: a transport made from a function that answers requests. It takes what is sent apart into
 * messages, and hands out the answers from one buffer that each call overwrites, as a socket does.
 */
import { concat, encodeAttributes } from "./attributes.ts";
import { setU16 } from "./integers.ts";
import {
  controlTypes,
  decodeMessages,
  encodeMessage,
  headerBytes,
  messageFlags,
  type Message,
} from "./message.ts";
import { cString, s32, u32 } from "./payload.ts";
import type { Transport } from "./transport.ts";

/** Datagrams, each of one or more messages. None is silence. */
export type Answer = readonly (readonly Message[])[];

/** What the fake kernel throws where a socket's receive timeout would. */
export class Silence extends Error {
  override readonly name = "Silence";
}

export class FakeKernel implements Transport {
  /** Everything that was sent, in order. */
  readonly requests: Message[] = [];
  closed = false;
  readonly #answer: (request: Message, earlier: number) => Answer;
  readonly #waiting: Uint8Array[] = [];
  readonly #buffer = new Uint8Array(65536);

  /** `answer` gets each request and how many came before it. */
  constructor(answer: (request: Message, earlier: number) => Answer) {
    this.#answer = answer;
  }

  send(datagram: Uint8Array): void {
    for (const request of decodeMessages(datagram.slice())) {
      this.requests.push(request);
      for (const messages of this.#answer(request, this.requests.length - 1)) {
        this.#waiting.push(concat(messages.map(encodeAnswer)));
      }
    }
  }

  receive(): Uint8Array {
    const datagram = this.#waiting.shift();
    if (datagram === undefined) throw new Silence("temporarily unavailable (EAGAIN)");
    this.#buffer.fill(0xff);
    this.#buffer.set(datagram);
    return this.#buffer.subarray(0, datagram.length);
  }

  [Symbol.dispose](): void {
    this.closed = true;
  }
}

function encodeAnswer(message: Message): Uint8Array {
  const bytes = encodeMessage({ purpose: "answer", ...message }, message.sequence);
  setU16(bytes, 6, message.flags); // encodeMessage() marks requests
  return bytes;
}

/** A message that answers `request`. */
export function reply(
  request: Message,
  message: { type: number; body: Uint8Array; flags?: number },
): Message {
  return { flags: 0, ...message, sequence: request.sequence };
}

/** NLMSG_ERROR with code 0. */
export function acknowledge(request: Message): Message {
  return refuse(request, { errno: 0 });
}

export interface Refusal {
  readonly errno: number;
  /** NLMSGERR_ATTR_MSG */
  readonly message?: string;
  /** NLMSGERR_ATTR_OFFS, counted from the start of the request's header. */
  readonly offset?: number;
  /** Without NETLINK_CAP_ACK the kernel sends the whole request back. */
  readonly echo?: boolean;
}

const extendedAckAttributes = { message: [1, cString], offset: [2, u32] } as const;

function extendedAck(refusal: Refusal): { flags: number; attributes: Uint8Array } {
  const { message, offset } = refusal;
  const attributes = encodeAttributes(extendedAckAttributes, { message, offset });
  return { flags: attributes.length === 0 ? 0 : messageFlags.extendedAck, attributes };
}

/** NLMSG_ERROR: struct nlmsgerr and the extended ack. */
export function refuse(request: Message, refusal: Refusal): Message {
  const { flags, attributes } = extendedAck(refusal);
  const echoed = encodeMessage({ purpose: "request", ...request }, request.sequence);
  return reply(request, {
    type: controlTypes.error,
    flags: flags | (refusal.echo === true ? 0 : messageFlags.capped),
    body: concat([
      s32.encode(-refusal.errno),
      refusal.echo === true ? echoed : echoed.subarray(0, headerBytes),
      attributes,
    ]),
  });
}

/** NLMSG_DONE, with an errno where the dump failed half-way. */
export function done(
  request: Message,
  refusal: Refusal & { readonly interrupted?: boolean } = { errno: 0 },
): Message {
  const { flags, attributes } = extendedAck(refusal);
  return reply(request, {
    type: controlTypes.done,
    flags: flags | messageFlags.multi | (refusal.interrupted === true ? messageFlags.dumpInterrupted : 0),
    body: concat([s32.encode(-refusal.errno), attributes]),
  });
}

/** One entry of a dump. */
export function entry(
  request: Message,
  message: { type: number; body: Uint8Array; interrupted?: boolean },
): Message {
  const interrupted = message.interrupted === true ? messageFlags.dumpInterrupted : 0;
  return reply(request, { type: message.type, body: message.body, flags: messageFlags.multi | interrupted });
}
