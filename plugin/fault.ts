/** Errors of our layers as errors of the protocol; what any plugin may throw is in `sdk/fault.ts`. */
import { CniError, errorCodes } from "../cni/error.ts";
import { NetlinkError, NetlinkProtocolError } from "../netlink/netlink-error.ts";
import { DecodeError } from "../netlink/decode-error.ts";
import { FirewallError, type FirewallReason } from "../firewall/firewall-error.ts";
import { notPermitted, toCniError as fromAnything } from "../sdk/fault.ts";
import { errno } from "../sys/errno.ts";
import { ForeignCallsUnavailable } from "../sys/libc.ts";
import { NotANamespace } from "../sys/namespace.ts";

const kernelHint = "TRESTLE_LOG=debug tells every step; dmesg(1) may have the kernel's reason";

function fromKernel(error: NetlinkError): CniError {
  if (error.errno === errno.EPERM || error.errno === errno.EACCES) return notPermitted(error);
  return new CniError(errorCodes.kernelFailure, error.message, { details: kernelHint, cause: error });
}

/** What to tell the runtime about anything that was thrown. */
export function toCniError(error: unknown): CniError {
  const cause = { cause: error };
  if (error instanceof NetlinkError) return fromKernel(error);
  if (error instanceof NotANamespace)
    return new CniError(errorCodes.invalidEnvironment, error.message, cause);
  if (error instanceof FirewallError) return fromFirewall(error);
  if (error instanceof ForeignCallsUnavailable) {
    return new CniError(errorCodes.kernelFeatureMissing, error.message, cause);
  }
  if (error instanceof NetlinkProtocolError || error instanceof DecodeError) {
    return new CniError(errorCodes.kernelFailure, error.message, cause);
  }
  return fromAnything(error, "trestle");
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
