/** Address management for the main plugins: this very executable in process, anything else executed. */
import { errorCodes, CniError } from "../cni/error.ts";
import type { Plugin, Request } from "../cni/request.ts";
import type { HostLocal } from "../ipam/host-local/host-local.ts";
import { findPluginFile } from "../sdk/plugin-file.ts";
import { ownIdentity } from "../sys/program-file.ts";
import { hostLocal } from "./host-local/main.ts";

/** An IPAM plugin; one of ours may be asked more than the protocol has. */
export type Ipam = Plugin & Partial<Pick<HostLocal, "certainGateways">>;

/** IPAM types that this executable answers to. */
const own: Readonly<Record<string, () => Ipam>> = { "host-local": hostLocal };

/** @throws CniError 4 without CNI_PATH, 7 for a type that is a path, 5 when no such plugin is found */
export async function findIpam(type: string, request: Request): Promise<Ipam> {
  const program = findPluginFile({ type, key: "ipam.type" }, request);
  if (program.identity === ownIdentity()) return ownIpam(type);
  const { executedPlugin } = await import("../sdk/executed-plugin.ts");
  return executedPlugin(type, program.path);
}

/** @throws CniError 7 for a name of ours that is no IPAM plugin: executed, it would look for its IPAM plugin in turn */
function ownIpam(type: string): Ipam {
  const load = Object.hasOwn(own, type) ? own[type] : undefined;
  if (load !== undefined) return load();
  throw new CniError(
    errorCodes.invalidConfiguration,
    `"ipam.type" is "${type}", which is not an IPAM plugin`,
    {
      details: `IPAM plugins of this executable: ${Object.keys(own).join(", ")}`,
    },
  );
}
