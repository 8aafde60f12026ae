import type { FakeNode } from "./fake-node.ts";

/** Bounds of a capture. */
export interface CaptureOptions {
  /** Where the interface is; the node itself when left out. */
  readonly namespace?: string;
  /** Ends after so many packets, 100 when left out. */
  readonly packets?: number;
  /** Ends after so many seconds, 20 when left out. */
  readonly seconds?: number;
}

/** A running tcpdump. */
export interface Capture extends AsyncDisposable {
  /** Waits until some line matches, and returns it. @throws Error when the capture ended without one. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Ends the capture and returns one line for each packet, without times, numeric, with link-level addresses. */
  stop(): Promise<readonly string[]>;
}

/** Starts tcpdump and waits until it listens. */
export async function startCapture(
  node: FakeNode,
  networkInterface: string,
  filter: string,
  options: CaptureOptions,
): Promise<Capture> {
  const seconds = options.seconds ?? 20;
  const dump = await node.background(
    "timeout",
    [
      ...["-s", "INT", String(seconds), "tcpdump", "-Z", "root", "-l", "-n", "-e", "-t", "--immediate-mode"],
      ...["-c", String(options.packets ?? 100), "-i", networkInterface, ...filter.split(" ").filter(Boolean)],
    ],
    options.namespace === undefined ? {} : { namespace: options.namespace },
  );
  const lines = (): string[] => dump.stdout().split("\n").filter(Boolean);
  let running = true;
  void dump.ended.then(() => (running = false));
  while (running && !dump.stderr().includes("listening on")) {
    await pause();
  }
  if (!dump.stderr().includes("listening on")) {
    throw new Error(`Cannot capture on ${networkInterface}: ${dump.stderr()}`);
  }
  const waitFor = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const over = !running;
      const found = lines().find((line) => pattern.test(line));
      if (found !== undefined) {
        return found;
      }
      if (over) {
        throw new Error(
          `No packet matched ${String(pattern)} on ${networkInterface}:\n${lines().join("\n")}`,
        );
      }
      await pause();
    }
  };
  const stop = async (): Promise<readonly string[]> => {
    await dump.stop("INT");
    return lines();
  };
  return { waitFor, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

async function pause(): Promise<void> {
  await new Promise((done) => setTimeout(done, 10));
}
