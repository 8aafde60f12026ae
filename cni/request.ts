/** One request to a plugin: the parameters and the configuration. */
import type { Configuration } from "./configuration.ts";
import type { Command, Environment, Parameters } from "./environment.ts";
import type { Log } from "./log.ts";
import type { Result } from "./result.ts";

export interface Request extends Parameters {
  readonly configuration: Configuration;
  /** The whole environment, for delegates. */
  readonly environment: Environment;
  readonly log: Log;
}

/** What a plugin does for each command. DEL is repeatable; CHECK, DEL, GC and STATUS return nothing. */
export interface Plugin {
  add(request: Request): Promise<Result>;
  check(request: Request): Promise<void>;
  del(request: Request): Promise<void>;
  gc(request: Request): Promise<void>;
  status(request: Request): Promise<void>;
}

/** The lowest version that has the command; CNI specification, section "Version considerations". */
export const commandSince = {
  ADD: "0.1.0",
  DEL: "0.1.0",
  CHECK: "0.4.0",
  GC: "1.1.0",
  STATUS: "1.1.0",
} as const satisfies Record<Command, string>;
