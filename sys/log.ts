/**
 * The log: winston, to standard error or a file, loaded only when somebody asked for it. Standard output belongs to the
 * protocol alone. Nothing that happens to the log may change what a request does: lines are written in one synchronous step
 * each, and what cannot be written is lost.
 */
import { Writable } from "node:stream";
import winston from "winston";
import { errno, SyscallError } from "./errno.ts";
import * as libc from "./libc.ts";
import { writeText } from "./streams.ts";

export interface LogTarget {
  /** "error", "warn", "info" or "debug". */
  readonly level: string;
  /** Appended to; standard error where absent. */
  readonly file: string | undefined;
  /** Written with every line: command, network, container. */
  readonly context: Readonly<Record<string, unknown>>;
}

const standardError = 2;
const longestCloseMs = 1000;

/** Opens a regular file, made where it is missing; its folder is not. @throws SyscallError also for a link or a device */
function openFile(path: string): number {
  const { writeOnly, append, create, noFollow, nonBlock } = libc.openFlags;
  const descriptor = libc.open(path, writeOnly | append | create | noFollow | nonBlock, 0o600);
  const kind = libc.statusOfOpen(descriptor).mode & libc.fileKinds.mask;
  if (kind === libc.fileKinds.regular) return descriptor;
  libc.close(descriptor);
  throw new SyscallError("log to what is not a regular file", errno.EINVAL, path);
}

function tell(text: string): void {
  try {
    writeText(standardError, text);
  } catch {
    // Nobody listens.
  }
}

/** A log file that cannot be opened is told on standard error, where the log goes then. */
function openTarget(file: string | undefined): number {
  if (file === undefined) return standardError;
  try {
    return openFile(file);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    tell(`cannot write "logFile": ${error.message}; logging here instead\n`);
    return standardError;
  }
}

function sink(descriptor: number): Writable {
  return new Writable({
    write(chunk: Uint8Array | string, _encoding, done) {
      const bytes = typeof chunk === "string" ? libc.encodeText(chunk) : chunk;
      try {
        libc.writeSome(descriptor, bytes);
      } catch {
        // A full disk or a reader that has gone.
      }
      done();
    },
  });
}

function plain(value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack } : value;
}

function finished(logger: winston.Logger): Promise<void> {
  const end = new Promise<void>((resolve) => void logger.on("finish", resolve).end());
  return Promise.race([end, new Promise<void>((resolve) => void setTimeout(resolve, longestCloseMs))]);
}

/** A logger and how to wait until all of it is written. */
export function openLog(target: LogTarget) {
  const { combine, timestamp, json } = winston.format;
  const logger = winston.createLogger({
    level: target.level,
    format: combine(timestamp(), json()),
    defaultMeta: target.context,
    transports: [new winston.transports.Stream({ stream: sink(openTarget(target.file)) })],
  });
  logger.on("error", () => undefined);
  const write =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      const entries = Object.entries(fields).map(([key, value]) => [key, plain(value)]);
      logger.log(level, message, Object.fromEntries(entries));
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    close: () => finished(logger),
  };
}
