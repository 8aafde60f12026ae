/** host-local's part of the network configuration, with the keys of the reference plugin. */
import { lookUp } from "../../cni/configuration.ts";
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { CniError, errorCodes } from "../../cni/error.ts";

import type { Request } from "../../cni/request.ts";
import { refuseUnsayable, type ResultRoute } from "../../cni/result.ts";
import {
  decodeWith,
  list,
  object,
  optional,
  optionalAddress,
  prefixText,
  routeSchema,
  text,
  type Read,
} from "../../cni/schema.ts";
import type { Address } from "../../inet/address.ts";
import { refuseOverlappingSets, toRangeSet, type RangeInput, type RangeSet } from "./ranges.ts";
import { readRequested } from "./requested.ts";

const help = 'docs/bridge.md has every key of "ipam" with its type and default';

const defaultDataDir = "/var/lib/cni/networks";

const bounds = { rangeStart: optionalAddress, rangeEnd: optionalAddress, gateway: optionalAddress };
const rangeSets = optional(list(list(object({ subnet: prefixText, ...bounds }))), []);
const ips = optional(list(text), []);

const schema = object({
  ipam: optional(
    object({
      /** The old form: one range, without a list around it. */
      subnet: optional(prefixText),
      ...bounds,
      ranges: rangeSets,
      routes: optional(list(routeSchema), []),
      resolvConf: optional(text, ""),
      dataDir: optional(text, ""),
    }),
  ),
  args: optional(object({ cni: optional(object({ ips }), { ips: [] }) }), { cni: { ips: [] } }),
  runtimeConfig: optional(object({ ipRanges: rangeSets, ips }), { ipRanges: [], ips: [] }),
});

export interface HostLocalConfiguration {
  /** One address is leased out of each. */
  readonly sets: readonly RangeSet[];
  readonly routes: readonly ResultRoute[];
  /** Path of a resolv.conf(5) to read the result's dns from; "" for none. */
  readonly resolvConf: string;
  /** The folder that holds a folder for each network. */
  readonly dataDir: string;
  /** Texts of requested addresses by the key they were found under. */
  readonly requested: Readonly<Record<string, readonly string[]>>;
}

type Decoded = Read<typeof schema>;

function rangeInputs(ipam: NonNullable<Decoded["ipam"]>, runtime: Decoded["runtimeConfig"]): RangeInput[][] {
  const { subnet, rangeStart, rangeEnd, gateway } = ipam;
  const single = subnet === undefined ? [] : [[{ subnet, rangeStart, rangeEnd, gateway }]];
  return [...runtime.ipRanges, ...single, ...ipam.ranges];
}

function readSet(inputs: readonly RangeInput[], at: number): RangeSet {
  try {
    return toRangeSet(inputs);
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    throw new CniError(cause.code, `invalid range set ${at}: ${cause.message}`, {
      details: cause.details,
      cause,
    });
  }
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? withoutTrailingSlash(path.slice(0, -1)) : path;
}

/** NAME_MAX, linux/limits.h: a network's leases are in a folder of its name. */
const longestName = 255;

function refuseLongName({ length }: string): void {
  if (length <= longestName) return;
  throw new CniError(errorCodes.invalidConfiguration, `network name of ${length} characters is too long`, {
    details: `host-local keeps leases in a folder of that name: at most ${longestName} characters`,
  });
}

/** @throws CniError 7 */
export function readConfiguration({ configuration }: Request): HostLocalConfiguration {
  refuseLongName(configuration.name);
  const { ipam, args, runtimeConfig } = decodeWith(schema, configuration.json, help);
  if (ipam === undefined) {
    throw new CniError(errorCodes.invalidConfiguration, "IPAM config missing 'ipam' key", {
      details: 'the network configuration needs "ipam": {"type": "host-local", "ranges": ...}',
    });
  }
  const sets = rangeInputs(ipam, runtimeConfig).map(readSet);
  refuseOverlappingSets(sets);
  return {
    sets,
    routes: ipam.routes,
    resolvConf: ipam.resolvConf,
    dataDir: withoutTrailingSlash(ipam.dataDir === "" ? defaultDataDir : ipam.dataDir),
    requested: { "args.cni.ips": args.cni.ips, "runtimeConfig.ips": runtimeConfig.ips },
  };
}

/** The configuration of an ADD or CHECK, which need ranges. @throws CniError 7 */
export function readWithRanges(request: Request): HostLocalConfiguration {
  const configuration = readConfiguration(request);
  if (configuration.sets.length === 0) {
    throw new CniError(errorCodes.invalidConfiguration, "no IP ranges specified", {
      details: 'add "ranges": [[{"subnet": "10.1.0.0/16"}]] to "ipam"',
    });
  }
  const families = configuration.sets.map(([range]) => range.subnet.address);
  refuseUnsayable(families, request.configuration.version);
  return configuration;
}

/** @throws CniError 4, 7 */
export function requestedAddresses(configuration: HostLocalConfiguration, request: Request): Address[] {
  return readRequested(request.args, configuration.requested);
}

/** The data folder of a configuration that may be invalid elsewhere: what was leased must stay releasable. */
export function readDataDir(json: JsonObject): string {
  const ipam = lookUp(json, "ipam");
  const dataDir = isJsonObject(ipam) ? lookUp(ipam, "dataDir") : undefined;
  return withoutTrailingSlash(typeof dataDir === "string" && dataDir !== "" ? dataDir : defaultDataDir);
}
