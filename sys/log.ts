/**
 * The log: winston, to standard error or a file, loaded only when somebody asked for it. Standard output belongs to the
 * protocol alone.
 */
import winston from "winston";

export interface LogTarget {
  /** "error", "warn", "info" or "debug". */
  readonly level: string;
  /** Appended to; standard error where absent. */
  readonly file: string | undefined;
  /** Written with every line: command, network, container. */
  readonly context: Readonly<Record<string, unknown>>;
}

function plain(value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack } : value;
}

/** A logger and how to wait until all of it is written. */
export function openLog(target: LogTarget) {
  const { combine, timestamp, json } = winston.format;
  const transport =
    target.file === undefined
      ? new winston.transports.Console({ stderrLevels: ["error", "warn", "info", "debug"] })
      : new winston.transports.File({ filename: target.file, options: { flags: "a", mode: 0o600 } });
  const logger = winston.createLogger({
    level: target.level,
    format: combine(timestamp(), json()),
    defaultMeta: target.context,
    transports: [transport],
  });
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
    error: write("error"),
    close: () => new Promise<void>((resolve) => void logger.on("finish", resolve).end()),
  };
}
