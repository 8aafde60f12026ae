/** Serves one request with the plugin of a name. Apart from `main.ts`, so that VERSION loads none of the plugins. */
import { serveRequest } from "../sdk/serve.ts";
import type { InputLimits } from "../sdk/start.ts";
import { pluginFor } from "./catalogue.ts";
import { toCniError } from "./fault.ts";

/**
 * @param name what the executable was started as
 * @returns the exit code
 */
export function serve(name: string, limits: InputLimits): Promise<number> {
  return serveRequest({ plugin: pluginFor(name), toCniError, ...limits });
}
