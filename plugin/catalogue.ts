/** The plugin types that this executable answers to. What an ADD or DEL needs is loaded at once, the rest when it is used. */
import type { Plugin } from "../cni/request.ts";
import { bridge } from "./bridge/main.ts";
import { hostLocal } from "./host-local/main.ts";
import { loopback } from "./loopback/main.ts";

/** The name that the executable has of its own; started so it is the bridge plugin. */
export const ownName = "trestle";

/** A plugin that is loaded with its first command. */
function later(load: () => Promise<Plugin>): () => Plugin {
  return () => ({
    add: async (request) => (await load()).add(request),
    check: async (request) => (await load()).check(request),
    del: async (request) => (await load()).del(request),
    gc: async (request) => (await load()).gc(request),
    status: async (request) => (await load()).status(request),
  });
}

const plugins: Readonly<Record<string, () => Plugin>> = {
  [ownName]: () => bridge,
  bridge: () => bridge,
  "host-local": hostLocal,
  loopback: () => loopback,
  ptp: later(async () => (await import("./ptp/main.ts")).ptp),
  tap: later(async () => (await import("./tap/main.ts")).tap),
  vlan: later(async () => (await import("./vlan/main.ts")).vlan),
  macvlan: later(async () => (await import("./macvlan/main.ts")).macvlan),
};

/** The plugin of a type; a name that is no type of ours (the file was renamed) is the bridge. */
export function pluginFor(name: string): Plugin {
  return (Object.hasOwn(plugins, name) ? plugins[name] : undefined)?.() ?? bridge;
}
