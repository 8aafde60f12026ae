/**
 * Results kept from ADD for CHECK, DEL and GC, in the place and format of the Go library, so that it and we find each other's:
 * `results/<network>-<container>-<interface>` with "kind" cniCacheV1; before that existed, the file was the bare result.
 * A file that cannot be read as either counts as absent.
 */
import { isJsonObject, type JsonObject } from "../json-object.ts";
import { CniError, errorCodes } from "../error.ts";
import { decodeResult } from "../previous-result.ts";
import { formatResult, type Result } from "../result.ts";
import { decodeWith, list, object, oneOf, optional, text, type Schema } from "../schema.ts";
import { versionWhenMissing, type Version } from "../version.ts";
import type { ArgumentPairs, Attachment } from "./attachment.ts";
import { encodeBase64 } from "./base64.ts";
import type { NetworkList } from "./network-list.ts";
import type { CacheFolder } from "./outside.ts";

const kind = "cniCacheV1";

/** What is known of an ADD. */
export interface CachedAttachment {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
  readonly netns: string;
  readonly args: ArgumentPairs | undefined;
  readonly capabilities: JsonObject | undefined;
  readonly result: Result | undefined;
}

type Key = Pick<Attachment, "containerId" | "ifname"> & { readonly network: string };

function fileName({ network, containerId, ifname }: Key): string {
  return `${network}-${containerId}-${ifname}`;
}

const anyObject: Schema<JsonObject | undefined> = (value) => (isJsonObject(value) ? value : undefined);

const pair: Schema<readonly [string, string]> = (value, path) => {
  const [key = "", content = ""] = list(text)(value, path);
  return [key, content];
};

const schema = object({
  kind: oneOf(kind),
  containerId: text,
  ifName: text,
  networkName: text,
  netns: optional(text, ""),
  cniArgs: optional(list(pair)),
  capabilityArgs: anyObject,
  result: anyObject,
});

/** What `read` gives, or undefined where the content is not what it should be. */
function unlessCorrupt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CniError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseObject(content: string): JsonObject | undefined {
  const value = unlessCorrupt((): unknown => JSON.parse(content));
  return isJsonObject(value) ? value : undefined;
}

/** A result is one of 0.1.0 where it does not say its version, as in the Go library. */
function readResult(json: JsonObject | undefined): Result | undefined {
  if (json === undefined) return undefined;
  return unlessCorrupt(() => decodeResult(json, "the cached result", versionWhenMissing));
}

function decode(json: JsonObject): CachedAttachment | undefined {
  const read = unlessCorrupt(() => decodeWith(schema, json));
  if (read === undefined) return undefined;
  const { containerId, netns, ifName: ifname, networkName: network, cniArgs: args } = read;
  return {
    network,
    containerId,
    ifname,
    netns,
    args,
    capabilities: read.capabilityArgs,
    result: readResult(read.result),
  };
}

/** The file as it is, or nothing where another attachment has it: "-" may be part of names, so "a-b-c" says not whose it is. */
function ownFile(folder: CacheFolder, key: Key): JsonObject | "corrupt" | undefined {
  const content = folder.read(fileName(key));
  if (content === undefined) return undefined;
  const json = parseObject(content);
  if (json === undefined) return "corrupt";
  const owner = decode(json);
  return owner === undefined || isOf(owner, key) ? json : undefined;
}

function isOf(cached: CachedAttachment, { network, containerId, ifname }: Key): boolean {
  return cached.network === network && cached.containerId === containerId && cached.ifname === ifname;
}

/** @throws CniError 5 where the file that the attachment would have is another's: writing it would make that one unknown */
export function refuseTakenFile(folder: CacheFolder, key: Key): void {
  const json = parseObject(folder.read(fileName(key)) ?? "");
  const owner = json && decode(json);
  if (owner === undefined || isOf(owner, key)) return;
  const { network, containerId, ifname } = owner;
  const whose = `network "${network}", container ${containerId}, interface ${ifname}`;
  throw new CniError(
    errorCodes.ioFailure,
    `cannot keep the result: the file "${fileName(key)}" has that of ${whose}`,
    {
      details: "delete that attachment first, or use another network name or container id",
    },
  );
}

/** What is known of the attachment's ADD. */
export function readCached(folder: CacheFolder, key: Key): CachedAttachment | undefined {
  const json = ownFile(folder, key);
  if (json === undefined || json === "corrupt") return undefined;
  // A bare result has no kind; one that is not known says nothing.
  if ("kind" in json) return decode(json);
  const result = readResult(json);
  return result && { ...key, netns: "", args: undefined, capabilities: undefined, result };
}

/** Everything that is known, in the order of the files' names; old files do not say whose they are. */
export function listEveryCached(folder: CacheFolder): CachedAttachment[] {
  const cached: CachedAttachment[] = [];
  for (const name of folder.names().toSorted((a, b) => (a < b ? -1 : Number(a > b)))) {
    const json = parseObject(folder.read(name) ?? "");
    const found = json && decode(json);
    // A file under another name is half-written, or somebody's copy.
    if (found !== undefined && fileName(found) === name) cached.push(found);
  }
  return cached;
}

/** Everything that is known of a network's attachments. */
export function listCached(folder: CacheFolder, network: string): CachedAttachment[] {
  return listEveryCached(folder).filter((cached) => cached.network === network);
}

/** True when the container is known to have the interface, from whatever network. */
export function isAttached(folder: CacheFolder, key: Key): boolean {
  const { containerId, ifname } = key;
  const has = (cached: CachedAttachment) => cached.containerId === containerId && cached.ifname === ifname;
  return readCached(folder, key) !== undefined || listEveryCached(folder).some(has);
}

/** An ADD of a whole network that succeeded. */
export interface Added {
  readonly network: NetworkList;
  readonly attachment: Attachment;
  readonly result: Result;
  readonly version: Version;
}

export function writeCached(folder: CacheFolder, { network, attachment, result, version }: Added): void {
  const { containerId, ifname: ifName, netns, args, capabilities } = attachment;
  const file = {
    kind,
    containerId,
    config: encodeBase64(network.text),
    ifName,
    networkName: network.name,
    netns: netns || undefined,
    cniArgs: args?.length ? args : undefined,
    capabilityArgs: capabilities && Object.keys(capabilities).length > 0 ? capabilities : undefined,
    result: JSON.parse(formatResult(result, version)) as unknown,
  };
  folder.replace(fileName({ network: network.name, containerId, ifname: ifName }), JSON.stringify(file));
}

/** Removes what is known of the attachment; leaves the file where another has it. */
export function removeCached(folder: CacheFolder, key: Key): void {
  if (ownFile(folder, key) !== undefined) folder.remove(fileName(key));
}
