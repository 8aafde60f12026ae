import type { CommandResult } from "./command.ts";

/** One start of a plugin, as a runtime would do it. */
export interface PluginCall {
  /** The plugin's name, which is the executable's file name in the plugin folder. */
  readonly type: string;
  /** ADD, CHECK, DEL, GC, STATUS or VERSION; anything else to see it refused. */
  readonly command: string;
  /** Standard input: a value is sent as JSON, a string or bytes as they are. */
  readonly config: unknown;
  /** `CNI_CONTAINERID`, "container" when left out. */
  readonly containerId?: string;
  /** `CNI_NETNS`: a name made with `addNamespace`, or a path; not set when left out. */
  readonly netns?: string;
  /** `CNI_IFNAME`, "eth0" when left out. */
  readonly ifname?: string;
  /** `CNI_ARGS`, such as `IgnoreUnknown=1;IP=10.1.0.9`; not set when left out. */
  readonly args?: string;
  /** `CNI_PATH`; the plugin folder when left out. */
  readonly path?: string;
  /** Added to the environment last; `undefined` takes a variable away, `CNI_*` ones included. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder of the executable; the one under test when left out. */
  readonly folder?: string;
  /** Working directory inside the node. */
  readonly cwd?: string;
  /** Killed after this time, 30 seconds when left out. */
  readonly timeoutMs?: number;
}

/** An interface of a result. */
export interface ResultInterface {
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly sandbox?: string;
}

/** An address of a result since 0.3.0; `version` exists up to 0.4.0. */
export interface ResultAddress {
  readonly version?: string;
  readonly interface?: number;
  readonly address: string;
  readonly gateway?: string;
}

/** A route of a result. */
export interface ResultRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/** `ip4` and `ip6` of the results of 0.1.0 and 0.2.0. */
export interface ResultFamily {
  readonly ip: string;
  readonly gateway?: string;
  readonly routes?: readonly ResultRoute[];
}

/** Whatever a plugin may print: the results of all versions, the error, and the answer to VERSION. */
export interface PluginReply {
  readonly cniVersion?: string;
  readonly interfaces?: readonly ResultInterface[];
  readonly ips?: readonly ResultAddress[];
  readonly routes?: readonly ResultRoute[];
  readonly ip4?: ResultFamily;
  readonly ip6?: ResultFamily;
  readonly dns?: {
    readonly nameservers?: readonly string[];
    readonly domain?: string;
    readonly search?: readonly string[];
    readonly options?: readonly string[];
  };
  readonly supportedVersions?: readonly string[];
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
}

/** A finished call. */
export interface PluginResult extends CommandResult {
  /** Standard output read as exactly one JSON document; `undefined` when it is anything else, empty included. */
  readonly json: PluginReply | undefined;
}

/** Reads standard output as one JSON document. */
export function readReply(stdout: string): PluginReply | undefined {
  try {
    const reply: PluginReply = JSON.parse(stdout);
    return reply;
  } catch {
    return undefined;
  }
}

/** Standard input of a call: strings and bytes as they are, everything else as JSON. */
export function encodeInput(config: unknown): string | Uint8Array {
  return typeof config === "string" || config instanceof Uint8Array ? config : JSON.stringify(config);
}

/** The variables of a call by the names of the specification, section "Parameters". */
export function callEnvironment(
  call: PluginCall,
  { netns, folder }: { netns: string | undefined; folder: string },
): Record<string, string | undefined> {
  return {
    CNI_COMMAND: call.command,
    CNI_CONTAINERID: call.containerId ?? "container",
    CNI_NETNS: netns,
    CNI_IFNAME: call.ifname ?? "eth0",
    CNI_ARGS: call.args,
    CNI_PATH: call.path ?? folder,
    ...call.env,
  };
}
