/** Running other programs, where there is no other way. Loaded only when one has to run: execa takes 14 ms. */
import { execa, type ExecaError } from "execa";
import { holdSignals, signals } from "./libc.ts";

export interface ProgramRun {
  readonly path: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The program is ended after this long. */
  readonly timeoutMs: number;
}

export interface ProgramOutcome {
  /** Undefined when it was ended by a signal or could not be started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not end by itself: could not be started, took too long, was interrupted. */
  readonly failure: string | undefined;
  /** True when it was ended because this process was asked to end. */
  readonly isInterrupted: boolean;
}

const busyAttempts = 5;

/** Runs a program to its end. Signals that ask this process to end it end the program, so that the caller can undo. */
export async function runProgram(run: ProgramRun): Promise<ProgramOutcome> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  const numbers = [signals.terminate, signals.interrupt, signals.hangUp];
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, interrupt);
  holdSignals(false, ...numbers);
  try {
    for (let attempt = 1; ; attempt++) {
      const outcome = await runOnce(run, interruption.signal);
      // A plugin folder that is just being written answers ETXTBSY for a moment.
      if (!outcome.busy || attempt === busyAttempts) return outcome;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    holdSignals(true, ...numbers);
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.off(name, interrupt);
  }
}

type Attempt = ProgramOutcome & { readonly busy: boolean };

async function runOnce(run: ProgramRun, cancelSignal: AbortSignal): Promise<Attempt> {
  try {
    return await runToItsEnd(run, cancelSignal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Where the kernel refuses the file (ENOEXEC), Bun throws at once, and execa 9.6 trips over a property that is read-only
    // there, so that the reason is lost.
    const failure = `${run.path} is no program for this machine, nor a script that starts with "#!"`;
    const nothing = { exitCode: undefined, stdout: "", stderr: "" };
    return { ...nothing, failure, isInterrupted: cancelSignal.aborted, busy: false };
  }
}

async function runToItsEnd(run: ProgramRun, cancelSignal: AbortSignal): Promise<Attempt> {
  const { path, args, environment, timeoutMs } = run;
  const outcome = await execa(path, [...args], {
    input: run.input ?? "",
    env: { ...environment },
    extendEnv: false,
    timeout: timeoutMs,
    cancelSignal,
    forceKillAfterDelay: 1000,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 16 * 1024 * 1024,
  });
  const { exitCode, stdout, stderr } = outcome;
  const failure = exitCode === undefined ? (outcome as ExecaError).shortMessage : undefined;
  return {
    exitCode,
    stdout,
    stderr,
    failure,
    isInterrupted: cancelSignal.aborted,
    busy: (outcome as ExecaError).code === "ETXTBSY",
  };
}
