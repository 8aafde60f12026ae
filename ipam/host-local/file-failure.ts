/** Failed system calls as errors that say what to do. */
import { CniError, errorCodes } from "../../cni/error.ts";

/** include/uapi/asm-generic/errno-base.h and errno.h */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  ENXIO: 6,
  EACCES: 13,
  ENOTDIR: 20,
  EISDIR: 21,
  ENOSPC: 28,
  EROFS: 30,
  ELOOP: 40,
  EDQUOT: 122,
} as const;

const remedies: Readonly<Record<number, string>> = {
  [errno.EPERM]: "the plugin must run as root",
  [errno.EACCES]: "the plugin must run as root",
  // Also what opening a symbolic link as a folder fails with.
  [errno.ENOTDIR]:
    'replace it by a folder, which may not be a symbolic link there, or set "dataDir" of "ipam" to another',
  [errno.EISDIR]: "a folder is where a file of ours must be: remove it",
  [errno.ENOSPC]: 'free some space there, or set "dataDir" of "ipam" to a folder that has some',
  [errno.EDQUOT]: 'raise the quota there, or set "dataDir" of "ipam" to another folder',
  [errno.EROFS]: 'make it writable, or set "dataDir" of "ipam" to a folder that is',
  [errno.ELOOP]: "symbolic links inside the data folder are not followed: replace it by what it points to",
};

/** True for an error of a system call that failed with one of `values`. */
export function failedWith(error: unknown, ...values: number[]): boolean {
  return error instanceof Error && "errno" in error && values.some((value) => value === error.errno);
}

/** The failed system call as a CniError 5; everything else as it is. */
export function explainFailure(error: unknown, attempt: string): unknown {
  if (!(error instanceof Error) || !("errno" in error)) return error;
  const details = typeof error.errno === "number" ? remedies[error.errno] : undefined;
  return new CniError(errorCodes.ioFailure, `Cannot ${attempt}: ${error.message}`, { details, cause: error });
}

/** Runs `action`, whose failed system calls become CniError 5. @param attempt "lease an address in ..." */
export function explained<T>(attempt: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainFailure(error, attempt);
  }
}
