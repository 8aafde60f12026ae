import { Absent } from "./absent.ts";
import { setTimeout as delay } from "node:timers/promises";
import type { Background } from "./background.ts";
import type { FakeNode } from "./fake-node.ts";
import { patience } from "./patience.ts";

/** Bounds of a capture. */
export interface CaptureOptions {
  /** Where the interface is; the node itself when left out. */
  readonly namespace?: string;
  /** Ends after so many packets, 1000 when left out. */
  readonly packets?: number;
  /** For how many seconds something is waited for, 20 when left out. */
  readonly seconds?: number;
  /** Only what comes in by the interface; what goes out as well when left out. */
  readonly isIncoming?: boolean;
}

/** No capture is longer: what a test does before it looks may take its time on a busy machine. */
const longestSeconds = 110;

/** A running tcpdump. */
export interface Capture extends AsyncDisposable {
  /** Waits until some line matches, and returns it. @throws Absent when none came in time, or the capture ended without one. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Ends the capture and returns one line for each packet, without times, numeric, with link-level addresses. */
  stop(): Promise<readonly string[]>;
}

/** Starts tcpdump with a filter in its own language, "icmp" or "" for all, and waits until it listens. */
export async function startCapture(
  node: FakeNode,
  networkInterface: string,
  filter: string,
  options: CaptureOptions,
): Promise<Capture> {
  const bound = ["-s", "INT", String(longestSeconds * patience)];
  const show = [
    "-Z",
    "root",
    "-l",
    "-n",
    "-e",
    "-t",
    "--immediate-mode",
    "-c",
    String(options.packets ?? 1000),
    ...(options.isIncoming === true ? ["-Q", "in"] : []),
  ];
  const dump = await node.background(
    "timeout",
    [...bound, "tcpdump", ...show, "-i", networkInterface, ...(filter === "" ? [] : [filter])],
    options.namespace === undefined ? {} : { namespace: options.namespace },
  );
  if (!(await comes(dump, () => dump.stderr().includes("listening on")))) {
    const Kind = dump.stderr().includes("No such device") ? Absent : Error;
    throw new Kind(`Cannot capture on ${networkInterface}: ${dump.stderr()}`);
  }
  const lines = (): string[] => dump.stdout().split("\n").filter(Boolean);
  const find = (pattern: RegExp): string | undefined => lines().find((line) => pattern.test(line));
  const waitFor = async (pattern: RegExp): Promise<string> => {
    const limitMs = (options.seconds ?? 20) * 1000 * patience;
    await comes(dump, () => find(pattern) !== undefined, limitMs);
    const found = find(pattern);
    if (found === undefined) {
      throw new Absent(`No packet matched ${String(pattern)} on ${networkInterface}:\n${lines().join("\n")}`);
    }
    return found;
  };
  const stop = async (): Promise<readonly string[]> => {
    await dump.stop("INT");
    return lines();
  };
  return { waitFor, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** Waits for something in a program's output; false when it ended without that, or the time is over. */
async function comes(program: Background, seen: () => boolean, limitMs = Infinity): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    const over = !program.isRunning() || performance.now() > end;
    if (seen()) {
      return true;
    }
    if (over) {
      return false;
    }
    await delay(10);
  }
}
