/** Standard input and output of one request, by system calls: the runtime's own streams cost 11-16 ms to set up. */
import { errno, failedWith } from "./errno.ts";
import * as libc from "./libc.ts";

/** Standard input was longer than allowed. */
export class InputTooLong extends Error {
  override readonly name = "InputTooLong";
}

/** Standard input was not closed in time. */
export class InputNotClosed extends Error {
  override readonly name = "InputNotClosed";
}

export interface InputLimits {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Everything on standard input as text. @throws InputTooLong, InputNotClosed, SyscallError */
export function readStandardInput(limits: InputLimits): string {
  const chunks: Uint8Array[] = [];
  const deadline = Bun.nanoseconds() + limits.milliseconds * 1e6;
  let total = 0;
  for (;;) {
    waitForInput(deadline, limits);
    const chunk = readChunk();
    if (chunk === undefined) continue;
    if (chunk.length === 0) return libc.decodeText(joined(chunks, total));
    total += chunk.length;
    if (total > limits.bytes) throw new InputTooLong(`standard input is longer than ${limits.bytes} bytes`);
    chunks.push(chunk.slice());
  }
}

/** Buffer.concat() would do, but its first use costs a request more than reading it. */
function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function waitForInput(deadline: number, limits: InputLimits): void {
  const leftMs = Math.max(0, Math.ceil((deadline - Bun.nanoseconds()) / 1e6));
  if (!libc.waitReady(0, libc.pollEvents.in, leftMs)) {
    throw new InputNotClosed(`standard input was not closed within ${limits.milliseconds / 1000} s`);
  }
}

/** Undefined where a pipe in non-blocking mode has nothing after all. */
function readChunk(): Uint8Array | undefined {
  try {
    return libc.readSome(0);
  } catch (error) {
    if (failedWith(error, errno.EAGAIN)) return undefined;
    throw error;
  }
}

/** Writes all of `text`. @throws SyscallError EPIPE when the reader has gone */
export function writeText(descriptor: 1 | 2, text: string): void {
  let rest = libc.encodeText(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(libc.writeSome(descriptor, rest));
    } catch (error) {
      if (!failedWith(error, errno.EAGAIN)) throw error;
      libc.waitReady(descriptor, libc.pollEvents.out, 1000);
    }
  }
}
