/** The result of a plugin that came before in a chain, in the shape of each version. */
import type { JsonObject } from "../../cni/json-object.ts";
import { resultShape, type Version } from "../../cni/version.ts";
import { wireOf, type Box } from "./box.ts";

/** Describes what `makeInterface` made. */
export function previousResult(version: Version, box: Box): JsonObject {
  const { host, container, gateway } = wireOf(box);
  const address = `${container.address}/${container.length}`;
  const routes = [{ dst: "0.0.0.0/0", gw: gateway }];
  const shape = resultShape(version);
  if (shape === "ip4/ip6") {
    return { cniVersion: version, ip4: { ip: address, gateway, routes }, dns: {} };
  }
  const ip = { interface: 1, address, gateway };
  return {
    cniVersion: version,
    interfaces: [host, { name: box.ifname, mac: container.mac, sandbox: box.netns }],
    ips: [shape === "ips with version" ? { version: "4", ...ip } : ip],
    routes,
    dns: {},
  };
}
