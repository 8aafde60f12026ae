/**
 * The plugin SDK: what our own plugins use to be CNI plugins, for everybody else's. `docs/sdk.md` tells how; `example/` has a
 * complete plugin.
 *
 * A plugin is an object with a function for each command, handed to {@link runPlugin}. Running and delegating need Bun and are
 * loaded when they are called; everything else works on Node too, so that plugins can be tested there.
 */

// A plugin, and what it is asked.
export { runPlugin, type Introduction } from "./run-plugin.ts";
export type { Plugin, Request } from "../cni/request.ts";
export type { Command, Environment, Parameters } from "../cni/environment.ts";
export type { Configuration } from "../cni/configuration.ts";
export type { JsonObject } from "../cni/json-object.ts";
export type { Log } from "../cni/log.ts";
export { isAtLeast, isVersion, newestVersion, versions, type Version } from "../cni/version.ts";

// Its configuration: read by schemas, or key by key.
export * from "../cni/schema.ts";
export { lookUp } from "../cni/configuration.ts";
export { isJsonObject } from "../cni/json-object.ts";
export { demandPreviousResult, readPreviousResult } from "../cni/previous-result.ts";
export { readValidAttachments, type Attachment } from "../cni/valid-attachments.ts";
export { parsePairs, readArguments } from "../cni/arguments.ts";

// Its answer: a result, or an error with a code.
export type { Dns, Result, ResultAddress, ResultInterface, ResultRoute } from "../cni/result.ts";
export { formatResult, refuseUnsayable } from "../cni/result.ts";
export { CniError, errorCodes } from "../cni/error.ts";

// The values that results and configurations are made of.
export {
  addressFromBytes,
  compareAddresses,
  formatAddress,
  InetError,
  neighbour,
  parseAddress,
  sameAddress,
  type Address,
  type Family,
} from "../inet/address.ts";
export {
  addressBits,
  contains,
  everything,
  formatPrefix,
  lastAddress,
  networkAddress,
  networkOf,
  overlaps,
  parsePrefix,
  samePrefix,
  type Prefix,
} from "../inet/prefix.ts";
export { formatMac, isUnicast, locallyAdministered, parseMac, parseUnicastMac } from "../inet/mac.ts";
export { interfaceNameFault } from "../inet/interface-name.ts";

// How it works: by other plugins, undoing what failed, carrying on past failures.
export { findPlugin } from "./find-plugin.ts";
export type { NamedPlugin } from "./plugin-file.ts";
export { withUndo, type Undo } from "./undo.ts";
export { attemptAll, Failures } from "./failures.ts";

// Its tests: one request from variables and text to the printed document, in process, on Node as well.
export { answer, type Reply, type Surroundings } from "../cni/dispatch.ts";
export { silentLog } from "../cni/log.ts";
export { toCniError } from "./fault.ts";
