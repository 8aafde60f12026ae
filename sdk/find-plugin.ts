/** Delegation; CNI specification 1.1.0, section 4. Finding and running another plugin is loaded when one is looked for. */
import type { Plugin, Request } from "../cni/request.ts";
import type { NamedPlugin } from "./plugin-file.ts";

/**
 * The plugin of a type, found in the request's CNI_PATH, behind the interface of one's own. It is executed with the request's
 * environment and gets `request.configuration.text` as its standard input; an ADD of it that fails is followed by its DEL.
 * Needs Bun.
 *
 *     const ipam = await findPlugin({ type: "host-local", key: "ipam.type" }, request);
 *     const lease = await ipam.add(request);
 *
 * @throws CniError 7 for a type that is a path, 4 without CNI_PATH, 5 when no such plugin is in it
 */
export async function findPlugin(named: NamedPlugin, request: Request): Promise<Plugin> {
  const { findPluginFile } = await import("./plugin-file.ts");
  const { path } = findPluginFile(named, request);
  const { executedPlugin } = await import("./executed-plugin.ts");
  return executedPlugin(named.type, path);
}
