import { setTimeout as delay } from "node:timers/promises";
import type { FakeNode } from "./fake-node.ts";

/** How to ping. */
export interface PingOptions {
  /** Requests to send at most, 3 when left out; the first answer ends it. */
  readonly attempts?: number;
  /** How long to wait for the answer of each before the next is sent, in whole seconds, 1 when left out. */
  readonly timeoutSeconds?: number;
  /** Size of the payload in bytes, sent with "do not fragment": finds a wrong MTU. */
  readonly size?: number;
}

/** What came of it. */
export interface PingResult {
  readonly sent: number;
  readonly received: number;
  /** The program's own words, for the message of a failed expectation. */
  readonly output: string;
}

/** Sends echo requests until one is answered. */
export async function ping(
  node: FakeNode,
  from: string | null,
  address: string,
  options: PingOptions,
): Promise<PingResult> {
  const size = options.size === undefined ? [] : ["-M", "do", "-s", String(options.size)];
  const { attempts = 3, timeoutSeconds = 1 } = options;
  const args = ["-n", "-c1", `-W${timeoutSeconds}`, ...size, address];
  let output = "";
  for (let sent = 1; sent <= attempts; sent += 1) {
    // The program does not wait for what it cannot send: all attempts would be over before the kernel has settled.
    const next = performance.now() + timeoutSeconds * 1000;
    const how = { allowFailure: true };
    const ended = await (from === null
      ? node.run("ping", args, how)
      : node.inNamespace(from, "ping", args, how));
    output = `${ended.stdout}\n${ended.stderr}`.trim();
    if (ended.exitCode === 0) {
      return { sent, received: 1, output };
    }
    if (sent < attempts) await delay(Math.max(0, next - performance.now()));
  }
  return { sent: attempts, received: 0, output };
}
