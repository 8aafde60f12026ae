/** A plugin for tests: hands addresses of its IPAM plugin on, and answers other commands by what goes wrong in plugins. */
import { kill, pid } from "node:process";
import { decodeWith, findPlugin, object, runPlugin, text, type Plugin, type Request } from "trestle";

const schema = object({ ipam: object({ type: text }) });

function findIpam(request: Request): Promise<Plugin> {
  return findPlugin(
    { type: decodeWith(schema, request.configuration.json).ipam.type, key: "ipam.type" },
    request,
  );
}

const broker: Plugin = {
  add: async (request) => (await findIpam(request)).add(request),
  del: async (request) => (await findIpam(request)).del(request),
  check: async () => void kill(pid, "SIGTERM"),
  gc: async () => {
    throw new TypeError("nobody thought of this");
  },
  status: async () => {
    throw Object.assign(new Error("EACCES: permission denied, open '/secret'"), {
      code: "EACCES",
      syscall: "open",
    });
  },
};

await runPlugin(broker, { name: "broker", version: "2.3.4" });
