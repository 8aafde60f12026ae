/** Kernel settings below /proc/sys/net, as the thread's network namespace sees them. */
import { CniError, errorCodes } from "../cni/error.ts";
import { errno, failedWith, SyscallError } from "../sys/errno.ts";
import { readText, writeExisting } from "../sys/folder.ts";

function pathOf(key: readonly string[]): string {
  return `/proc/sys/net/${key.join("/")}`;
}

/** The value without its newline, or undefined where the kernel has no such setting (no IPv6, for one). */
export function readSysctl(...key: string[]): string | undefined {
  try {
    return readText(pathOf(key), 256).trimEnd();
  } catch (error) {
    if (failedWith(error, errno.ENOENT)) return undefined;
    throw error;
  }
}

/**
 * Sets a sysctl unless it has the value already. A kernel without the setting is left alone.
 * @returns true when it was changed. @throws CniError 106
 */
export function setSysctl(value: string, ...key: string[]): boolean {
  const current = readSysctl(...key);
  if (current === undefined || current === value) return false;
  try {
    writeExisting(pathOf(key), value);
  } catch (cause) {
    if (!(cause instanceof SyscallError)) throw cause;
    throw cannotSet(value, key, cause);
  }
  return true;
}

function cannotSet(value: string, key: readonly string[], cause: SyscallError): CniError {
  const name = `net.${key.join(".")}`;
  return new CniError(errorCodes.notPermitted, `cannot set ${name} to ${value}: ${cause.message}`, {
    details: `mount /proc/sys writable for the runtime, or set ${name}=${value} beforehand`,
    cause,
  });
}

/** Sets a setting that makes things better but that nothing depends on. */
export function tryToSetSysctl(value: string, ...key: string[]): void {
  try {
    setSysctl(value, ...key);
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
  }
}

const forwarding = {
  4: ["ipv4", "ip_forward"],
  6: ["ipv6", "conf", "all", "forwarding"],
} as const;

/** Lets the host forward packets of `family`, and verifies that it does. @throws CniError */
export function enableForwarding(family: 4 | 6): void {
  const key = forwarding[family];
  if (readSysctl(...key) === "1") return;
  setSysctl("1", ...key);
  const fault = forwardingFault(family);
  if (fault !== undefined)
    throw new CniError(errorCodes.kernelFeatureMissing, `cannot enable forwarding: ${fault}`);
}

/** Changes nothing. @throws CniError 106 where the host forwards no family, and this process could not let it */
export function refuseFixedForwarding(): void {
  const faults: CniError[] = [];
  for (const key of Object.values(forwarding)) {
    const value = readSysctl(...key);
    if (value === undefined) continue;
    const fault = value === "1" ? undefined : writeFault("1", key);
    // One family may be all that is asked for.
    if (fault === undefined) return;
    faults.push(fault);
  }
  if (faults[0] !== undefined) throw faults[0];
}

/** Why it could not be set, or undefined. */
function writeFault(value: string, key: readonly string[]): CniError | undefined {
  try {
    // Nothing is written: even the same value again would reset what follows from it.
    writeExisting(pathOf(key), "");
    return undefined;
  } catch (cause) {
    if (!(cause instanceof SyscallError)) throw cause;
    return cannotSet(value, key, cause);
  }
}

/** Undefined when the host forwards packets of `family`, else what is wrong. */
export function forwardingFault(family: 4 | 6): string | undefined {
  const key = forwarding[family];
  const value = readSysctl(...key);
  return value === "1" ? undefined : `net.${key.join(".")} is ${value ?? "missing"}, expected 1`;
}
