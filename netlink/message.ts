/** Netlink messages: struct nlmsghdr, linux/netlink.h. */
import { align4 } from "./attributes.ts";
import { DecodeError } from "./decode-error.ts";
import { setU16, setU32 } from "./integers.ts";
import { viewOf } from "./payload.ts";

export const headerBytes = 16;

/** NLM_F_* */
export const messageFlags = {
  request: 0x1,
  multi: 0x2,
  acknowledge: 0x4,
  /** The dump was disturbed by a change and may lack or repeat entries. */
  dumpInterrupted: 0x10,
  capped: 0x100,
  extendedAck: 0x200,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
} as const;

/** NLMSG_* */
export const controlTypes = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

/** NLMSG_MIN_TYPE: types below it are control messages, the same in every family. */
export const firstOwnType = 16;

/** A message to be sent: everything but its sequence number. */
export interface Request {
  /** What this is for, in the words of an error: "create veth \"veth1\"". */
  readonly purpose: string;
  readonly type: number;
  readonly flags: number;
  /** Family header and attributes. */
  readonly body: Uint8Array;
  /** Names the attribute at an offset into the body, for the kernel's error reports. */
  readonly attributeAt?: ((offset: number) => string | undefined) | undefined;
}

/** A message as it came. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

export function encodeMessage(request: Request, sequence: number): Uint8Array {
  const length = headerBytes + request.body.length;
  const bytes = new Uint8Array(align4(length));
  setU32(bytes, 0, length);
  setU16(bytes, 4, request.type);
  setU16(bytes, 6, request.flags | messageFlags.request);
  setU32(bytes, 8, sequence);
  bytes.set(request.body, headerBytes);
  return bytes;
}

/** The messages of one datagram; their bodies are views of it. @throws DecodeError when a length leads out of it */
export function decodeMessages(datagram: Uint8Array): Message[] {
  const messages: Message[] = [];
  const view = viewOf(datagram);
  for (let at = 0; at < datagram.length;) {
    if (at + headerBytes > datagram.length) throw new DecodeError(`message header cut off at ${at}`);
    const length = view.getUint32(at, true);
    if (length < headerBytes || at + length > datagram.length) {
      throw new DecodeError(`message of ${length} bytes at ${at} does not fit into ${datagram.length}`);
    }
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      body: datagram.subarray(at + headerBytes, at + length),
    });
    at += (length + 3) & ~3;
  }
  return messages;
}
