/** errno values that the code asks for by name; include/uapi/asm-generic/errno-base.h and errno.h. */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENXIO: 6,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EPIPE: 32,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENOTEMPTY: 39,
  ELOOP: 40,
  EMSGSIZE: 90,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  EHOSTUNREACH: 113,
  ERESTART: 85,
  EDQUOT: 122,
} as const;

const texts: Readonly<Record<number, string>> = {
  [errno.EPERM]: "operation not permitted",
  [errno.ENOENT]: "no such file or directory",
  [errno.ESRCH]: "no such process",
  [errno.EINTR]: "interrupted",
  [errno.EIO]: "input/output error",
  [errno.EBADF]: "bad file descriptor",
  [errno.EAGAIN]: "temporarily unavailable",
  [errno.ENOMEM]: "out of memory",
  [errno.EACCES]: "permission denied",
  [errno.EBUSY]: "device or resource busy",
  [errno.EEXIST]: "file exists",
  [errno.EXDEV]: "invalid cross-device link",
  [errno.ENXIO]: "no such device or address",
  [errno.ENODEV]: "no such device",
  [errno.ENOTDIR]: "not a directory",
  [errno.EISDIR]: "is a directory",
  [errno.EINVAL]: "invalid argument",
  [errno.EMFILE]: "too many open files",
  [errno.EFBIG]: "file too large",
  [errno.ENOSPC]: "no space left on device",
  [errno.EROFS]: "read-only file system",
  [errno.EPIPE]: "broken pipe",
  [errno.ERANGE]: "numerical result out of range",
  [errno.ENAMETOOLONG]: "file name too long",
  [errno.ENOTEMPTY]: "directory not empty",
  [errno.ELOOP]: "is a symbolic link, which is not followed here",
  [errno.EMSGSIZE]: "message too long",
  [errno.ENOPROTOOPT]: "protocol not available",
  [errno.EPROTONOSUPPORT]: "protocol not supported",
  [errno.EOPNOTSUPP]: "operation not supported",
  [errno.EAFNOSUPPORT]: "address family not supported",
  [errno.EADDRINUSE]: "address in use",
  [errno.EADDRNOTAVAIL]: "cannot assign requested address",
  [errno.ENETDOWN]: "network is down",
  [errno.ENETUNREACH]: "network is unreachable",
  [errno.ENOBUFS]: "no buffer space available",
  [errno.ETIMEDOUT]: "timed out",
  [errno.EHOSTUNREACH]: "no route to host",
  [errno.ERESTART]: "changed in between",
  [errno.EDQUOT]: "disk quota exceeded",
};

/** "no such device (ENODEV)" for 19; "errno 200" for what is not in the table. */
export function describeErrno(value: number): string {
  const text = texts[value];
  const name = Object.entries(errno).find(([, number]) => number === value)?.[0];
  return text === undefined ? `errno ${value}` : `${text} (${name})`;
}

/** A system call that failed. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  readonly syscall: string;
  readonly errno: number;
  /** What the call was made on: a path, or nothing where a descriptor alone was given. */
  readonly target: string | undefined;

  constructor(syscall: string, value: number, target?: string) {
    super(`${syscall}${target === undefined ? "" : ` "${target}"`}: ${describeErrno(value)}`);
    this.syscall = syscall;
    this.errno = value;
    this.target = target;
  }
}

/** True when `error` is a system call that failed with one of `values`. */
export function failedWith(error: unknown, ...values: number[]): error is SyscallError {
  return error instanceof SyscallError && values.includes(error.errno);
}
