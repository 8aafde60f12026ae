/** The one place where errors of the layers become errors of the protocol. */
import { CniError, errorCodes } from "../cni/error.ts";
import { NetlinkError, NetlinkProtocolError } from "../netlink/netlink-error.ts";
import { DecodeError } from "../netlink/decode-error.ts";
import { FirewallError, type FirewallReason } from "../firewall/firewall-error.ts";
import { errno, SyscallError } from "../sys/errno.ts";
import { ForeignCallsUnavailable } from "../sys/libc.ts";
import { NotANamespace } from "../sys/namespace.ts";
import { InputNotClosed, InputTooLong } from "../sys/streams.ts";

const rootNeeded = "the plugin needs root, or CAP_NET_ADMIN and CAP_SYS_ADMIN, in the host's namespaces";

const kernelHint = "TRESTLE_LOG=debug tells every step; dmesg(1) may have the kernel's reason";

function fromErrno(error: NetlinkError | SyscallError, code: number): CniError {
  const forbidden = error.errno === errno.EPERM || error.errno === errno.EACCES;
  if (forbidden)
    return new CniError(errorCodes.notPermitted, error.message, { details: rootNeeded, cause: error });
  return new CniError(code, error.message, {
    details: code === errorCodes.kernelFailure ? kernelHint : undefined,
    cause: error,
  });
}

/** What to tell the runtime about anything that was thrown. */
export function toCniError(error: unknown): CniError {
  if (error instanceof CniError) return error;
  const cause = { cause: error };
  if (error instanceof NetlinkError) return fromErrno(error, errorCodes.kernelFailure);
  if (error instanceof SyscallError) return fromErrno(error, errorCodes.ioFailure);
  if (error instanceof NotANamespace)
    return new CniError(errorCodes.invalidEnvironment, error.message, cause);
  if (error instanceof FirewallError) return fromFirewall(error);
  if (error instanceof InputTooLong) return new CniError(errorCodes.decodeFailure, error.message, cause);
  if (error instanceof InputNotClosed) return new CniError(errorCodes.ioFailure, error.message, cause);
  if (error instanceof ForeignCallsUnavailable) {
    return new CniError(errorCodes.kernelFeatureMissing, error.message, cause);
  }
  if (error instanceof NetlinkProtocolError || error instanceof DecodeError) {
    return new CniError(errorCodes.kernelFailure, error.message, cause);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CniError(errorCodes.internal, `internal error: ${message}`, {
    details: "this is a fault of trestle; TRESTLE_LOG=debug shows where",
    cause: error,
  });
}

const firewallCodes: Readonly<Record<FirewallReason, number>> = {
  unsupported: errorCodes.kernelFeatureMissing,
  busy: errorCodes.tryAgainLater,
  conflict: errorCodes.kernelFailure,
  failed: errorCodes.kernelFailure,
};

function fromFirewall(error: FirewallError): CniError {
  return new CniError(firewallCodes[error.reason], error.message, { cause: error });
}
