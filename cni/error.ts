/** Errors as the protocol carries them; CNI specification 1.1.0, section 5 "Error". */

/** Every code that can leave a plugin of ours. */
export const errorCodes = {
  /** The configuration's cniVersion is not supported, or is too low for the command. */
  incompatibleVersion: 1,
  /** A field of the configuration is not supported; the message quotes key and value. */
  unsupportedField: 2,
  /** The container is unknown; tells the runtime that no clean-up is needed. */
  unknownContainer: 3,
  /** Variables are missing or invalid; the message names them. */
  invalidEnvironment: 4,
  /** Reading or writing failed. */
  ioFailure: 5,
  /** Standard input or prevResult could not be decoded. */
  decodeFailure: 6,
  /** The configuration is not valid. */
  invalidConfiguration: 7,
  /** CNI_NETNS is the plugin's own namespace; not in the specification, the Go library's number. */
  invalidNamespace: 8,
  /** A transient condition: the runtime should retry later. */
  tryAgainLater: 11,
  /** STATUS: no ADD can be served. */
  notAvailable: 50,
  /** STATUS: no ADD can be served and existing containers may be impaired. */
  notAvailableAndImpaired: 51,
  /** A delegated plugin failed without an error of its own. */
  delegateFailed: 100,
  /** No address is left in a range. */
  rangeExhausted: 101,
  /** A requested address is taken or cannot be given. */
  addressUnavailable: 102,
  /** The interface name is in use in the container, or the attachment exists already. */
  interfaceInUse: 103,
  /** The bridge's name, a master or a VLAN belongs to something else, or the bridge has a conflicting address. */
  bridgeConflict: 104,
  /** The kernel lacks a feature that the configuration asks for. */
  kernelFeatureMissing: 105,
  /** The process may not do what is asked of it (no root, read-only sysctls). */
  notPermitted: 106,
  /** CHECK: what ADD made is not there any more or was changed. */
  checkFailed: 107,
  /** A kernel request failed. */
  kernelFailure: 108,
  /** Anything that has no code of its own: a fault of the program; the Go library's number. */
  internal: 999,
} as const;

/** An error that the runtime shall see. */
export class CniError extends Error {
  override readonly name = "CniError";
  readonly code: number;
  /** A longer explanation: usually what to do. */
  readonly details: string | undefined;

  constructor(code: number, message: string, more: { details?: string | undefined; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.details = more.details;
  }
}

/** The error as the JSON document for standard output. */
export function formatError(error: CniError, cniVersion: string): string {
  const { code, message: msg, details } = error;
  return `${JSON.stringify({ cniVersion, code, msg, details }, undefined, 4)}\n`;
}
