/** The result of a plugin that came before in a chain, in the shape of each version. */
import type { JsonObject } from "../../cni/json-object.ts";
import { resultShape, type Version } from "../../cni/version.ts";
import { chainedAddress, type Box } from "./box.ts";

/** Describes what `makeInterface` made. */
export function previousResult(version: Version, box: Box): JsonObject {
  const { address, length, gateway } = chainedAddress;
  const shape = resultShape(version);
  if (shape === "ip4/ip6") {
    return { cniVersion: version, ip4: { ip: `${address}/${length}`, gateway }, dns: {} };
  }
  const ip = { interface: 0, address: `${address}/${length}`, gateway };
  return {
    cniVersion: version,
    interfaces: [{ name: box.ifname, sandbox: box.netns }],
    ips: [shape === "ips with version" ? { version: "4", ...ip } : ip],
    dns: {},
  };
}
