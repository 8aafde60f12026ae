/** ptp: a cable from the container to the host, which routes; no bridge, and nobody else on the link. */
import type { Plugin } from "../../cni/request.ts";

export const ptp: Plugin = {
  add: async (request) => (await import("./add.ts")).add(request),
  del: async (request) => (await import("./del.ts")).del(request),
  check: async (request) => (await import("./check.ts")).check(request),
  gc: async (request) => (await import("./gc.ts")).gc(request),
  status: async (request) => (await import("./status.ts")).status(request),
};
