/** What `trestle net` was asked to do: arguments and variables as cnitool has them. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parsePairs } from "../../cni/arguments.ts";
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { nameFault, type Environment } from "../../cni/environment.ts";
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Attachment } from "../../cni/runtime/attachment.ts";
import type { AttachmentName } from "../../cni/runtime/network.ts";
import { interfaceNameFault } from "../../inet/interface-name.ts";

const verbs = ["add", "check", "del", "gc", "status"] as const;
export type Verb = (typeof verbs)[number];

/** The command line is not one that can be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface Options {
  readonly verb: Verb;
  readonly network: string;
  readonly attachment: Attachment;
  /** What a GC leaves alone. */
  readonly keep: readonly AttachmentName[];
  /** Folder of configurations. */
  readonly folder: string;
  /** Folders of plugins. */
  readonly path: readonly string[];
  readonly json: boolean;
}

interface Surroundings {
  readonly environment: Environment;
  readonly workingFolder: string;
}

/** "help", or what to do. @throws UsageError, and CniError 4 for variables that cannot be read */
export function readOptions(
  args: readonly string[],
  { environment, workingFolder }: Surroundings,
): Options | "help" {
  const { values, positionals } = parse(args);
  const [word, network, netns, ...rest] = positionals;
  if (values.help || word === undefined || word === "help") return "help";
  const verb = verbs.find((known) => known === word);
  if (verb === undefined) throw new UsageError(`unknown command "${word}": it is one of ${verbs.join(", ")}`);
  if (network === undefined) throw new UsageError(`${verb} needs the name of a network`);
  // An empty text is a variable of a script that was not set; cnitool takes the current folder then.
  if (!netns && needsNamespace(verb)) throw new UsageError(`${verb} needs the path of a network namespace`);
  if (rest.length > 0) throw new UsageError(`too many arguments: ${rest.join(" ")}`);
  if (values.keep.length > 0 && verb !== "gc") throw new UsageError(`--keep is for gc, not for ${verb}`);
  const netnsPath = netns ? resolve(workingFolder, netns) : "";
  return {
    verb,
    network,
    attachment: {
      containerId: containerIdOf(netnsPath),
      netns: netnsPath,
      ifname: values.ifname ?? (environment["CNI_IFNAME"] || "eth0"),
      args: readPairs(environment["CNI_ARGS"] ?? ""),
      capabilities: readCapabilities(environment["CAP_ARGS"] ?? ""),
    },
    keep: values.keep.map(readKept),
    folder: environment["NETCONFPATH"] || "/etc/cni/net.d",
    path: (environment["CNI_PATH"] || "/opt/cni/bin").split(":").filter((folder) => folder !== ""),
    json: values.json,
  };
}

function needsNamespace(verb: Verb): boolean {
  return verb !== "gc" && verb !== "status";
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // node:util would take the "=" for a part of the name.
      args: args.map((arg) => arg.replace(/^-i=/, "-i")),
      allowPositionals: true,
      options: {
        ifname: { type: "string", short: "i" },
        keep: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The id that cnitool gives: what one of the two added, the other finds. */
function containerIdOf(netns: string): string {
  return `cnitool-${createHash("sha512").update(netns).digest("hex").slice(0, 20)}`;
}

function readPairs(text: string): Attachment["args"] {
  return text === "" ? undefined : [...parsePairs(text)];
}

function readCapabilities(text: string): JsonObject | undefined {
  if (text === "") return undefined;
  const refused = new CniError(errorCodes.invalidEnvironment, `invalid CAP_ARGS: ${text}`, {
    details: 'CAP_ARGS must be a JSON object of capabilities, such as {"mac":"02:00:00:00:00:01"}',
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused;
  }
  if (isJsonObject(value)) return value;
  throw refused;
}

function readKept(text: string): AttachmentName {
  const [, containerId = "", ifname = ""] = /^(.+)\/([^/]+)$/.exec(text) ?? [];
  const fault = keptFault(containerId, ifname);
  if (fault === undefined) return { containerId, ifname };
  throw new UsageError(`--keep is "${text}": ${fault}`);
}

/** A name that nothing can have would keep nothing: what was meant would be detached. */
function keptFault(containerId: string, ifname: string): string | undefined {
  if (containerId === "") return "must be CONTAINERID/IFNAME";
  const idFault = nameFault(containerId);
  if (idFault !== undefined) return `as a container id "${containerId}" ${idFault}`;
  const fault = interfaceNameFault(ifname);
  return fault && `as an interface name "${ifname}" ${fault}`;
}
