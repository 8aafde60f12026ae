/** Where a plugin tells what it does; silent unless asked for. Never standard output. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

/** From the quietest. */
export const logLevels = ["error", "warn", "info", "debug"] as const;
