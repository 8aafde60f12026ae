/** The bridge plugin, started as `bridge` and as `trestle`. */
import type { Plugin } from "../../cni/request.ts";
import { add } from "./add.ts";
import { del } from "./del.ts";

export const bridge: Plugin = {
  add,
  del,
  check: async (request) => (await import("./check.ts")).check(request),
  gc: async (request) => (await import("./gc.ts")).gc(request),
  status: async (request) => (await import("./status.ts")).status(request),
};
