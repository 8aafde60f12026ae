/** The plugin that is judged: an executable, its kind, and a configuration that must work. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import type { Version } from "../../cni/version.ts";
import type { Kind } from "./clause.ts";

export interface Subject {
  /** Folder of the executables. */
  readonly folder: string;
  /** File name of the plugin, and what configurations name. */
  readonly type: string;
  readonly kind: Kind;
  /** A configuration that must work on a fresh host, without `cniVersion`. */
  readonly configuration: JsonObject;
  /** What it says about itself when it is started without CNI_COMMAND; empty where it says nothing. */
  readonly description: string;
  /** Versions to run. */
  readonly versions: readonly Version[];
}

/** The first container's address and its gateway in the networks below. */
export const subnet = "10.88.0.0/24";
export const gateway = "10.88.0.1";
export const firstAddress = "10.88.0.2";

/** Plugins whose kind is known; any other is told from its configuration. */
const knownKinds: Readonly<Record<string, Kind>> = {
  loopback: "loopback",
  "host-local": "ipam",
  static: "ipam",
  dhcp: "ipam",
  portmap: "chained",
  firewall: "chained",
  bandwidth: "chained",
  tuning: "chained",
  sbr: "chained",
  vrf: "chained",
};

const standardConfigurations: Readonly<Record<string, JsonObject>> = {
  bridge: { bridge: "cnibr0", isGateway: true, ipam: { type: "host-local", subnet } },
  trestle: { bridge: "cnibr0", isGateway: true, ipam: { type: "host-local", subnet } },
  "host-local": { type: "bridge", ipam: { type: "host-local", subnet } },
  static: {
    type: "bridge",
    ipam: { type: "static", addresses: [{ address: `${firstAddress}/24`, gateway }] },
  },
  macvlan: { master: "uplink0", ipam: { type: "host-local", subnet } },
  ptp: { ipam: { type: "host-local", subnet } },
  tap: { ipam: { type: "host-local", subnet } },
  vlan: { master: "uplink0", vlanId: 10, ipam: { type: "host-local", subnet } },
  tuning: { mtu: 1400 },
};

/** An IPAM plugin is one that `ipam.type` names; without being told, any other is taken for one that makes an interface. */
export function kindOf(type: string, configuration: JsonObject | undefined): Kind {
  const known = Object.hasOwn(knownKinds, type) ? knownKinds[type] : undefined;
  if (known !== undefined) return known;
  const ipam = configuration?.["ipam"];
  if (isJsonObject(ipam) && ipam["type"] === type) return "ipam";
  return configuration !== undefined && configuration["prevResult"] !== undefined ? "chained" : "interface";
}

/** The configuration of a plugin without one of its own: what the plugins of the reference pack need at least. */
export function configurationOf(
  type: string,
  given: JsonObject = standardConfigurations[type] ?? {},
): JsonObject {
  const { cniVersion: _version, prevResult: _result, ...keys } = given;
  return { name: "conformance", type, ...keys };
}
