/** tap: a device for a virtual machine, in a container's namespace or on a bridge of the host. */
import type { Plugin } from "../../cni/request.ts";

export const tap: Plugin = {
  add: async (request) => (await import("./add.ts")).add(request),
  del: async (request) => (await import("./del.ts")).del(request),
  check: async (request) => (await import("./check.ts")).check(request),
  gc: async (request) => (await import("./gc.ts")).gc(request),
  status: async (request) => (await import("./status.ts")).status(request),
};
