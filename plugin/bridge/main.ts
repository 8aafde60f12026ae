/** The bridge plugin, started as `bridge` and as `trestle`. */
import type { Plugin } from "../../cni/request.ts";

export function load(): Plugin {
  return {
    add: async (request) => (await import("./add.ts")).add(request),
    check: async (request) => (await import("./check.ts")).check(request),
    del: async (request) => (await import("./del.ts")).del(request),
    gc: async (request) => (await import("./gc.ts")).gc(request),
    status: async (request) => (await import("./status.ts")).status(request),
  };
}
