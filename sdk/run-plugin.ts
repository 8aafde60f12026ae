/** A whole plugin process, for plugins that are programs of their own. */
import type { Plugin } from "../cni/request.ts";
import { toCniError } from "./fault.ts";
import { introduce, start } from "./start.ts";

/** What a plugin is called, for people who start it by hand. */
export interface Introduction {
  /** As the file in the plugin folder is called, which is the `type` of configurations. */
  readonly name: string;
  /** The plugin's own version. */
  readonly version: string;
}

/**
 * Serves the one request that this process was started for, and ends it: reads CNI_* variables and standard input, checks
 * them, calls the plugin, prints one JSON document and exits with 0 or 1. It answers VERSION by itself. SIGTERM, SIGINT and
 * SIGHUP wait until the answer is out, so that no attachment is left half made.
 *
 * @throws Error on another runtime than Bun, which alone can call the system's library
 */
export async function runPlugin(plugin: Plugin, { name, version }: Introduction): Promise<never> {
  if (!("Bun" in globalThis)) {
    throw new Error(
      `the plugin "${name}" needs Bun to run: start it with bun, or compile it with bun build --compile`,
    );
  }
  return start(name, {
    serve: async (limits) => (await import("./serve.ts")).serveRequest({ plugin, toCniError, ...limits }),
    greet: () => introduce(`CNI ${name} plugin ${version}`),
  });
}
