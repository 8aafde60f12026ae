/** What the kernel's refusals mean here. The numbers are those of asm-generic/errno-base.h and errno.h. */
import { NetlinkError } from "../netlink/netlink-error.ts";

const noSuchObject = 2; // ENOENT
const exists = 17; // EEXIST
const invalid = 22; // EINVAL
const overlaps = 39; // ENOTEMPTY
const changedSince = 85; // ERESTART
const protocolNotSupported = 93; // EPROTONOSUPPORT
const notSupported = 95; // EOPNOTSUPP
const familyNotSupported = 97; // EAFNOSUPPORT

function isRefusal(error: unknown, ...numbers: readonly number[]): error is NetlinkError {
  return error instanceof NetlinkError && numbers.includes(error.errno);
}

export function isMissing(error: unknown): error is NetlinkError {
  return isRefusal(error, noSuchObject);
}

/** The same element, or a range that overlaps it, is there. */
export function isTaken(error: unknown): error is NetlinkError {
  return isRefusal(error, exists, overlaps);
}

/** The ruleset is no longer of the generation that the batch was worked out from. */
export function isOutdated(error: unknown): error is NetlinkError {
  return isRefusal(error, changedSince);
}

/** The kernel does not know nf_tables at all: nfnetlink_rcv_msg() and nfnetlink_rcv_batch(). */
export function isWithoutNftables(error: unknown): error is NetlinkError {
  return isRefusal(error, invalid, notSupported, protocolNotSupported);
}

/** Some part of what a ruleset is made of is not there, once the ruleset itself creates all that it refers to. */
export function isUnsupported(error: unknown): error is NetlinkError {
  return isWithoutNftables(error) || isRefusal(error, noSuchObject, familyNotSupported);
}
