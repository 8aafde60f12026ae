/** The tap plugin's configuration: the keys of the reference plugin; with a tap on the host's bridge those of the bridge plugin, too. */
import { lookUp } from "../../cni/configuration.ts";
import type { JsonObject } from "../../cni/json-object.ts";
import type { Request } from "../../cni/request.ts";
import {
  count,
  decodeWith,
  flag,
  interfaceNameText,
  object,
  optional,
  optionalMac,
  refuse,
  text,
  type Read,
  type Schema,
} from "../../cni/schema.ts";
import { commonKeys, largestMtu, macFromArguments, macKeys, optionalMtuUpTo } from "../configuration-keys.ts";

const help = "docs/tap.md has every key with its type and default";

const optionalName: Schema<string | undefined> = (value, path) =>
  value === undefined || value === "" ? undefined : interfaceNameText(value, path);

/** "user:role:type:level", as runcon(1) takes it; a text that begins with "-" would be one of its options. */
const context: Schema<string> = (value, path) => {
  const words = text(value, path);
  if (words === "" || /^[a-z][\w.]*(:[\w.,-]+)+$/i.test(words)) return words;
  return refuse(value, path, "must be an SELinux context, such as system_u:system_r:svirt_t:s0");
};

/** The driver counts its header of 14 bytes in (tun_net_initialize(), drivers/net/tun.c). */
const largestTapMtu = largestMtu - 14;

const schema = object({
  bridge: optionalName,
  multiQueue: flag,
  owner: count,
  group: count,
  mtu: optionalMtuUpTo(largestTapMtu),
  mac: optionalMac,
  selinuxContext: optional(context, ""),
  ...commonKeys,
  ...macKeys,
});

type Decoded = Read<typeof schema>;

export interface TapConfiguration extends Omit<Decoded, "args" | "runtimeConfig"> {
  /** The MAC address asked for, from runtimeConfig, else args.cni, else CNI_ARGS, else "mac". */
  readonly mac: Uint8Array | undefined;
}

/** @throws CniError */
export function readConfiguration(request: Request): TapConfiguration {
  const { args, runtimeConfig, ...rest } = decodeWith(schema, request.configuration.json, help);
  return {
    ...rest,
    mac: runtimeConfig?.mac ?? args?.cni?.mac ?? macFromArguments(request) ?? rest.mac,
  };
}

/**
 * Of a tap on the host: root's where nobody is named. The driver lets anybody open a device that has neither owner nor group
 * (tun_not_capable()), and on most hosts its file is open to all.
 */
export function rootsUnlessNamed<K extends Pick<TapConfiguration, "owner" | "group">>(keys: K): K {
  return keys.owner === undefined && keys.group === undefined ? { ...keys, owner: 0 } : keys;
}

/** Keys that only a tap on a bridge of the host's has a use for. */
const hostKeys = [
  "vlan",
  "vlanTrunk",
  "uplink",
  "isGateway",
  "isDefaultGateway",
  "ipMasq",
  "macspoofchk",
  "hairpinMode",
  "portIsolation",
  "promiscMode",
] as const;

/** True for a value of such a key that asks for something. */
function asks(value: unknown): boolean {
  const isNothing = value === undefined || [false, "false", 0, ""].some((nothing) => nothing === value);
  return !isNothing && !(Array.isArray(value) && value.length === 0);
}

const nothing: Schema<undefined> = (value, path) =>
  asks(value) ? refuse(value, path, "a tap in a container has no use for it") : undefined;

const nothingForHost = object(Object.fromEntries(hostKeys.map((key) => [key, nothing])));

/**
 * A tap in a container would be without what was asked for: frames untagged, packets not masqueraded, addresses unguarded.
 * @throws CniError 7
 */
export function refuseHostKeys(json: JsonObject): void {
  const details =
    'remove it; for a machine on the host\'s bridge set "bridge", and CNI_NETNS to "/proc/self/ns/net"';
  decodeWith(nothingForHost, json, details);
}

/** True where the configuration tells by itself that its bridge is the host's. */
export function isForHost(json: JsonObject): boolean {
  return hostKeys.some((key) => asks(lookUp(json, key)));
}
