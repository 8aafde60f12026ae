/** What a plugin threw, as an error of the protocol. */
import { CniError, errorCodes } from "../cni/error.ts";
import { errno, SyscallError } from "../sys/errno.ts";

const rootNeeded = "the plugin needs root, or CAP_NET_ADMIN and CAP_SYS_ADMIN, in the host's namespaces";

/** 106 for what the process may not do. */
export function notPermitted(cause: Error): CniError {
  return new CniError(errorCodes.notPermitted, cause.message, { details: rootNeeded, cause });
}

/** An error of the system as the platform's own modules throw it: `node:fs` and the like. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
}

/** Told by its parts: under jest the modules of the platform have another Error than the program. */
function isSystemError(error: unknown): error is SystemError {
  if (typeof error !== "object" || error === null || !("code" in error && "syscall" in error)) return false;
  return typeof error.code === "string" && typeof error.syscall === "string";
}

function isForbidden(error: SyscallError | SystemError): boolean {
  if (error instanceof SyscallError) return error.errno === errno.EPERM || error.errno === errno.EACCES;
  return error.code === "EPERM" || error.code === "EACCES";
}

/**
 * What to tell the runtime about anything that was thrown: a {@link CniError} as it is, errors of the system as 5, or as 106
 * where something was not permitted, and everything else, which nobody has thought of, as 999.
 *
 * @param whose the program that an unknown error is a fault of, for the error's details
 */
export function toCniError(error: unknown, whose = "the plugin"): CniError {
  if (error instanceof CniError) return error;
  if (error instanceof SyscallError || isSystemError(error)) {
    if (isForbidden(error)) return notPermitted(error);
    return new CniError(errorCodes.ioFailure, error.message, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CniError(errorCodes.internal, `internal error: ${message}`, {
    details: `this is a fault of ${whose}; TRESTLE_LOG=debug shows where`,
    cause: error,
  });
}
