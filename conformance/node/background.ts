import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { type CommandOptions, type CommandResult, cleanEnvironment } from "./command.ts";
import type { FakeNode } from "./fake-node.ts";
import { patience } from "./patience.ts";

/** A program that keeps running inside a node. */
export interface Background extends AsyncDisposable {
  /** Its process id as the node counts. */
  readonly pid: number;
  /** Settles when it ended by itself or by `stop`, with the exit code. */
  readonly ended: Promise<number>;
  /** False once it ended. */
  isRunning(): boolean;
  /** What it has written to standard output so far. */
  stdout(): string;
  /** What it has written to standard error so far. */
  stderr(): string;
  /** Sends a signal, SIGTERM when left out, and SIGKILL where that does not end it; returns what it wrote. */
  stop(signal?: "TERM" | "INT" | "KILL"): Promise<CommandResult>;
}

/** What a program may need to end in order, such as `trestle net`, which asks every plugin to take back what it did. */
const endLimitMs = 20_000 * patience;

/** For the rest of the output of a program that has ended: it is there, but this process may stand still before it has read it. */
const outputLimitMs = 1000;

/** Prints the process id, which is only known inside, before it becomes the program. */
const announce = ["sh", "-c", 'echo $$; exec "$@"', "sh"] as const;

/** Starts a program in a node and returns as soon as it runs. */
export async function startBackground(
  node: FakeNode,
  enter: (argv: readonly string[]) => [string, ...string[]],
  command: readonly string[],
  options: CommandOptions,
): Promise<Background> {
  const [file, ...args] = enter([...announce, ...command]);
  const child = spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...cleanEnvironment, ...options.env },
  });
  // A program that ends without reading its input is no fault of the test.
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  const lines: string[] = [];
  const complaints: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  // Listening from the start: what the program writes at once comes together with the line of its process id.
  const output = createInterface({ input: child.stdout }).on("line", (line: string) => lines.push(line));
  let running = true;
  // Listening before the exit, because it may come with it.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // A daemon that the program left behind may hold its output open, so the wait for the rest of it is short.
  const ended = once(child, "exit").then(async () => {
    await Promise.race([closed, delay(outputLimitMs, undefined, { ref: false })]);
    running = false;
    return child.exitCode ?? 137;
  });
  await Promise.race([once(output, "line"), ended]);
  const pid = Number(lines.shift());
  if (Number.isNaN(pid)) {
    throw new Error(`Cannot start ${command.join(" ")}: ${complaints.join("")}`);
  }

  const isRunning = (): boolean => running;
  const stdout = (): string => lines.join("\n");
  const stderr = (): string => complaints.join("");
  // Where the node has stopped meanwhile, the program has too.
  const send = async (name: string): Promise<unknown> =>
    node.run("kill", [`-${name}`, String(pid)], { allowFailure: true }).catch(() => undefined);
  const stop = async (signal: "TERM" | "INT" | "KILL" = "TERM"): Promise<CommandResult> => {
    if (isRunning()) {
      await send(signal);
    }
    const impatience = setTimeout(() => void send("KILL"), endLimitMs);
    const exitCode = await ended;
    clearTimeout(impatience);
    return { exitCode, stdout: stdout(), stderr: stderr() };
  };
  return {
    pid,
    ended,
    isRunning,
    stdout,
    stderr,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
