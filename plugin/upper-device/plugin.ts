/** A plugin of its kind of upper device; each command is loaded when it is asked for. */
import type { Plugin } from "../../cni/request.ts";
import type { UpperConfiguration, UpperKind } from "./kind.ts";

export function upperPlugin<C extends UpperConfiguration>(kind: UpperKind<C>): Plugin {
  return {
    add: async (request) => (await import("./add.ts")).addUpper(request, kind),
    del: async (request) => (await import("./del.ts")).delUpper(request, kind.kind),
    check: async (request) => (await import("./check.ts")).checkUpper(request, kind),
    gc: async (request) => (await import("../lease-collection.ts")).collectLeases(request),
    status: async (request) => (await import("./status.ts")).statusOfUpper(request, kind),
  };
}
