import { constants } from "node:os";
import { execa } from "execa";
import { patience } from "./patience.ts";

/** How a command is started. */
export interface CommandOptions {
  /** Standard input; empty when left out. */
  readonly input?: string | Uint8Array;
  /** Added to the clean environment; `undefined` takes a variable away from it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A non-zero exit is returned instead of thrown. */
  readonly allowFailure?: boolean;
  /** The command is killed after this time, 30 seconds when left out, which counts as a failure. */
  readonly timeoutMs?: number;
  /** Output is returned to the byte, instead of without its final newline. */
  readonly isExact?: boolean;
  /** Working directory as seen in the node; its root when left out. */
  readonly cwd?: string;
}

/** What a finished command left. */
export interface CommandResult {
  /** The exit code; 128 and more where a signal ended it, as shells count. */
  readonly exitCode: number;
  /** Standard output, without its final newline. */
  readonly stdout: string;
  /** Standard error, without its final newline. */
  readonly stderr: string;
  /** There where it was killed because its time was over. */
  readonly isOverdue?: true;
  /** The signal that ended it, "SIGSEGV"; left out where it ended by itself, and where it was overdue. */
  readonly signal?: string;
}

/** A command that failed, with everything that it said. */
export class CommandError extends Error {
  readonly result: CommandResult;

  constructor(command: readonly string[], result: CommandResult) {
    super(`${command.join(" ")}: exit ${result.exitCode}\n${result.stderr}\n${result.stdout}`.trimEnd());
    this.name = "CommandError";
    this.result = result;
  }
}

/** The environment of every command in a node: what a service manager gives, and nothing of the test runner's. */
export const cleanEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LC_ALL: "C.UTF-8",
};

/**
 * Runs a program on the host with a clean environment.
 *
 * @throws CommandError when it exits with another code than 0, unless failure is allowed.
 */
export async function runCommand(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const [file, ...args] = argv;
  const timeoutMs = (options.timeoutMs ?? 30_000) * patience;
  const running = execa(file, args, {
    input: options.input ?? "",
    env: { ...cleanEnvironment, ...options.env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: options.isExact !== true,
    maxBuffer: 64 * 1024 * 1024,
  });
  // Killing is not enough: a daemon that the program left behind may hold the other end of its output for ever.
  let overdue = false;
  const limit = setTimeout(() => {
    overdue = true;
    running.kill("SIGKILL");
    running.stdout.destroy();
    running.stderr.destroy();
  }, timeoutMs);
  const ended = await running;
  clearTimeout(limit);
  const complaint = overdue
    ? `not ended, or its output held open, after ${timeoutMs} ms`
    : ended.originalMessage;
  const output = { stdout: ended.stdout, stderr: [ended.stderr, complaint].filter(Boolean).join("\n") };
  const result: CommandResult = overdue
    ? { exitCode: exitCodeOf("SIGKILL"), ...output, isOverdue: true }
    : {
        exitCode: ended.exitCode ?? exitCodeOf(ended.signal),
        ...output,
        ...(ended.signal === undefined ? {} : { signal: ended.signal }),
      };
  if (result.exitCode !== 0 && options.allowFailure !== true) {
    throw new CommandError(argv, result);
  }
  return result;
}

/** As shells count. A program that could not be started has neither an exit code nor a signal. */
function exitCodeOf(signal: NodeJS.Signals = "SIGKILL"): number {
  return 128 + constants.signals[signal];
}
