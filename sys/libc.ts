/**
 * Every foreign function, and nothing else: glibc through bun:ffi.
 * The engine checks no argument (a missing one becomes 0 and closes standard input), so each symbol is wrapped
 * here once with types, and failures leave as {@link SyscallError}. All calls are synchronous.
 */
import { dlopen, FFIType, ptr, read } from "bun:ffi";
import { errno, SyscallError } from "./errno.ts";

/** The runtime cannot call foreign functions because the just-in-time compiler is forbidden or has no room. */
export class ForeignCallsUnavailable extends Error {
  override readonly name = "ForeignCallsUnavailable";
}

const symbols = {
  __errno_location: { args: [], returns: "ptr" },
  open: { args: ["buffer", "i32", "u32"], returns: "i32" },
  openat: { args: ["i32", "buffer", "i32", "u32"], returns: "i32" },
  read: { args: ["i32", "buffer", "u64"], returns: FFIType.i64_fast },
  write: { args: ["i32", "buffer", "u64"], returns: FFIType.i64_fast },
  close: { args: ["i32"], returns: "i32" },
  poll: { args: ["buffer", "u64", "i32"], returns: "i32" },
  usleep: { args: ["u32"], returns: "i32" },
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  send: { args: ["i32", "buffer", "u64", "i32"], returns: FFIType.i64_fast },
  recvfrom: {
    args: ["i32", "buffer", "u64", "i32", "buffer", "buffer"],
    returns: FFIType.i64_fast,
  },
  setsockopt: { args: ["i32", "i32", "i32", "buffer", "u32"], returns: "i32" },
  setns: { args: ["i32", "i32"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  ioctl: { args: ["i32", "u64", "u64"], returns: "i32" },
  linkat: { args: ["i32", "buffer", "i32", "buffer", "i32"], returns: "i32" },
  unlinkat: { args: ["i32", "buffer", "i32"], returns: "i32" },
  renameat: { args: ["i32", "buffer", "i32", "buffer"], returns: "i32" },
  mkdirat: { args: ["i32", "buffer", "u32"], returns: "i32" },
  pthread_sigmask: { args: ["i32", "buffer", "ptr"], returns: "i32" },
  getrandom: { args: ["buffer", "u64", "u32"], returns: FFIType.i64_fast },
  // Variadic in glibc; used for calls that the oldest supported glibc does not wrap.
  syscall: {
    args: [FFIType.i64_fast, FFIType.i64_fast, "buffer", FFIType.i64_fast, FFIType.i64_fast, "buffer"],
    returns: FFIType.i64_fast,
  },
} as const;

function load() {
  try {
    return dlopen("libc.so.6", symbols).symbols;
  } catch (cause) {
    throw new ForeignCallsUnavailable(
      "Cannot call the C library: the just-in-time compiler is forbidden or has no address space " +
        "(MemoryDenyWriteExecute=, or an address-space limit below 2.5 GB); allow it for this program",
      { cause },
    );
  }
}

const libc = load();
const errnoPointer = libc.__errno_location();

/** Reads errno. To be called directly after the call that failed. */
function lastErrno(): number {
  return errnoPointer === null ? errno.EIO : read.i32(errnoPointer, 0);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * One buffer for whatever is read next: all calls are synchronous, so nobody else is using it. A buffer for each read would
 * cost more than the read, in page faults.
 */
const scratch = new Uint8Array(16384);

/** A NUL-terminated C string. A NUL inside would cut the name short, so it is refused as EINVAL. */
function cString(text: string): Uint8Array {
  if (text.includes("\0")) throw new SyscallError("path", errno.EINVAL, text);
  return encoder.encode(`${text}\0`);
}

function check(result: number, syscall: string, target?: string): number {
  if (result < 0) throw new SyscallError(syscall, lastErrno(), target);
  return result;
}

/** To be called when a call has failed; returns only for one that a signal interrupted and that is to be repeated. */
function refuse(syscall: string, target?: string): void {
  const value = lastErrno();
  if (value !== errno.EINTR) throw new SyscallError(syscall, value, target);
}

/** open(2) flags, asm-generic/fcntl.h; those that differ on arm64 are looked up by machine. */
const arm = process.arch === "arm64";
export const openFlags = {
  readOnly: 0,
  writeOnly: 1,
  readWrite: 2,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  nonBlock: 0o4000,
  closeOnExec: 0o2000000,
  directory: arm ? 0o40000 : 0o200000,
  noFollow: arm ? 0o100000 : 0o400000,
  /** O_TMPFILE: an unnamed file in the folder that is opened. */
  unnamed: 0o20000000 | (arm ? 0o40000 : 0o200000),
} as const;

/** Opens `path`; the descriptor closes on exec. @throws SyscallError */
export function open(path: string, flags: number, mode = 0): number {
  const name = cString(path);
  for (;;) {
    const descriptor = libc.open(name, flags | openFlags.closeOnExec, mode);
    if (descriptor >= 0) return descriptor;
    refuse("open", path);
  }
}

/** Opens `name` below the open folder `folder`. @throws SyscallError */
export function openAt(folder: number, name: string, flags: number, mode = 0): number {
  const bytes = cString(name);
  for (;;) {
    const descriptor = libc.openat(folder, bytes, flags | openFlags.closeOnExec, mode);
    if (descriptor >= 0) return descriptor;
    refuse("open", name);
  }
}

export function close(descriptor: number): void {
  libc.close(descriptor);
}

/** The next bytes of a file or pipe, none at its end; valid until the next call into this module. @throws SyscallError */
export function readSome(descriptor: number): Uint8Array {
  for (;;) {
    const length = Number(libc.read(descriptor, scratch, scratch.length));
    if (length >= 0) return scratch.subarray(0, length);
    refuse("read");
  }
}

/** True when a read gave so much that there may be more; a shorter one of a file on disk or in /proc was its end. */
export function filledBuffer(bytes: Uint8Array): boolean {
  return bytes.length === scratch.length;
}

/** Bytes written of `bytes`. @throws SyscallError */
export function writeSome(descriptor: number, bytes: Uint8Array): number {
  for (;;) {
    const length = Number(libc.write(descriptor, bytes, bytes.length));
    if (length >= 0) return length;
    refuse("write");
  }
}

/** poll(2) events. */
export const pollEvents = { in: 1, out: 4 } as const;

/** Waits until `descriptor` is ready. False when `timeoutMs` passed first. @throws SyscallError */
export function waitReady(descriptor: number, events: number, timeoutMs: number): boolean {
  const entry = new Uint8Array(8);
  const view = new DataView(entry.buffer);
  view.setInt32(0, descriptor, true);
  view.setInt16(4, events, true);
  for (;;) {
    const ready = libc.poll(entry, 1, timeoutMs);
    if (ready >= 0) return ready > 0;
    refuse("poll");
  }
}

export function sleepMs(milliseconds: number): void {
  libc.usleep(Math.max(1, Math.round(milliseconds * 1000)));
}

/** socket(2) constants, asm-generic/socket.h and linux/netlink.h. */
export const socketConstants = {
  familyNetlink: 16,
  typeRaw: 3,
  closeOnExec: 0o2000000,
  levelSocket: 1,
  receiveTimeout: 20,
  levelNetlink: 270,
  /** NETLINK_CAP_ACK: an error does not repeat the request. */
  capAck: 10,
  extendedAck: 11,
  /** NETLINK_GET_STRICT_CHK: dumps honour filters and refuse what they do not know. */
  strictChecking: 12,
} as const;

export function socket(family: number, type: number, protocol: number): number {
  return check(libc.socket(family, type | socketConstants.closeOnExec, protocol), "socket");
}

export function setSocketOption(descriptor: number, level: number, option: number, value: Uint8Array): void {
  check(libc.setsockopt(descriptor, level, option, value, value.length), "setsockopt");
}

export function send(descriptor: number, bytes: Uint8Array): number {
  for (;;) {
    const length = Number(libc.send(descriptor, bytes, bytes.length, 0));
    if (length >= 0) return length;
    refuse("send");
  }
}

const truncated = 0x20; // MSG_TRUNC: recvfrom returns the length of the datagram even where the buffer was too small

/** struct sockaddr_nl: the port of the kernel is 0. */
const sender = new Uint8Array(12);
const senderLength = new Uint8Array(4);

function isFromKernel(): boolean {
  return sender[4] === 0 && sender[5] === 0 && sender[6] === 0 && sender[7] === 0;
}

/**
 * The kernel's next datagram on a netlink socket; valid until the next call into this module. What other processes send is passed
 * over. The kernel fits dumps into the buffer it is offered.
 * @throws SyscallError EAGAIN when none comes in time, EMSGSIZE when one did not fit
 */
export function receiveDatagram(descriptor: number): Uint8Array {
  for (;;) {
    senderLength[0] = sender.length;
    const length = Number(
      libc.recvfrom(descriptor, scratch, scratch.length, truncated, sender, senderLength),
    );
    if (length < 0) refuse("recv");
    else if (isFromKernel()) {
      if (length > scratch.length) throw new SyscallError("recv", errno.EMSGSIZE);
      return scratch.subarray(0, length);
    }
  }
}

export const namespaceKinds = { network: 0x40000000 } as const;

export function setNamespace(descriptor: number, kind: number): void {
  check(libc.setns(descriptor, kind), "setns");
}

export const lockModes = { shared: 1, exclusive: 2, nonBlocking: 4, unlock: 8 } as const;

/** flock(2). @throws SyscallError EAGAIN when nonBlocking and another holds it */
export function lock(descriptor: number, mode: number): void {
  while (libc.flock(descriptor, mode) < 0) refuse("flock");
}

const getNamespaceType = 0xb703; // NS_GET_NSTYPE, linux/nsfs.h

/** The kind of the namespace behind the open file, one of {@link namespaceKinds}; undefined for any other file. */
export function namespaceKind(descriptor: number): number | undefined {
  const kind = libc.ioctl(descriptor, getNamespaceType, 0);
  return kind < 0 ? undefined : kind;
}

/**
 * ioctl(2). @param argument a number, or the bytes of a structure, which the kernel may change
 * @throws SyscallError
 */
export function control(
  descriptor: number,
  request: { readonly name: string; readonly number: number },
  argument: number | Uint8Array,
): number {
  const value = typeof argument === "number" ? argument : ptr(argument);
  return check(libc.ioctl(descriptor, request.number, value), request.name);
}

export interface FileStatus {
  readonly mode: number;
  readonly size: number;
  /** Tells two files apart: equal only for the same inode on the same device. */
  readonly identity: string;
}

const statxNumber = arm ? 291 : 332;
const emptyPath = 0x1000; // AT_EMPTY_PATH
const workingFolder = -100; // AT_FDCWD
const statxBasic = 0x7ff; // STATX_BASIC_STATS

function statx(folder: number, path: string, flags: number): FileStatus {
  const buffer = new Uint8Array(256);
  check(
    Number(libc.syscall(statxNumber, folder, cString(path), flags, statxBasic, buffer)),
    "stat",
    path === "" ? undefined : path,
  );
  const view = new DataView(buffer.buffer);
  return {
    mode: view.getUint16(28, true),
    size: Number(view.getBigUint64(40, true)),
    identity: `${view.getUint32(136, true)}:${view.getUint32(140, true)}:${view.getBigUint64(32, true)}`,
  };
}

/** stat(2), following links. @throws SyscallError */
export function status(path: string): FileStatus {
  return statx(workingFolder, path, 0);
}

export function statusOfOpen(descriptor: number): FileStatus {
  return statx(descriptor, "", emptyPath);
}

export const fileKinds = { mask: 0o170000, regular: 0o100000, directory: 0o40000, link: 0o120000 } as const;

const followLink = 0x400; // AT_SYMLINK_FOLLOW

/** Gives the unnamed file behind `descriptor` a name in `folder`. @throws SyscallError EEXIST when it is taken */
export function linkOpenFile(descriptor: number, folder: number, name: string): void {
  const source = cString(`/proc/self/fd/${descriptor}`);
  check(libc.linkat(workingFolder, source, folder, cString(name), followLink), "link", name);
}

export function linkAt(folder: number, from: string, to: string): void {
  check(libc.linkat(folder, cString(from), folder, cString(to), 0), "link", to);
}

export function unlinkAt(folder: number, name: string): void {
  check(libc.unlinkat(folder, cString(name), 0), "unlink", name);
}

export function renameAt(folder: number, from: string, to: string): void {
  check(libc.renameat(folder, cString(from), folder, cString(to)), "rename", to);
}

export function makeDirectory(path: string, mode: number): void {
  check(libc.mkdirat(workingFolder, cString(path), mode), "mkdir", path);
}

export function makeDirectoryAt(folder: number, name: string, mode: number): void {
  check(libc.mkdirat(folder, cString(name), mode), "mkdir", name);
}

const getdentsNumber = arm ? 61 : 217;

/** Names in the open folder, without "." and "..", in the order of the file system. @throws SyscallError */
export function namesIn(folder: number): string[] {
  const names: string[] = [];
  const buffer = scratch;
  const view = new DataView(buffer.buffer);
  for (;;) {
    const length = check(
      Number(libc.syscall(getdentsNumber, folder, buffer, buffer.length, 0, buffer)),
      "getdents",
    );
    if (length === 0) return names;
    for (let at = 0; at < length; at += view.getUint16(at + 16, true)) {
      // struct linux_dirent64: u64 inode, s64 offset, u16 length, u8 type, name
      const end = buffer.indexOf(0, at + 19);
      const name = decoder.decode(buffer.subarray(at + 19, end));
      if (name !== "." && name !== "..") names.push(name);
    }
  }
}

export const signals = { hangUp: 1, interrupt: 2, terminate: 15 } as const;

/** Holds back (or lets through again) the given signals for this thread; pthread_sigmask(3). */
export function holdSignals(hold: boolean, ...numbers: number[]): void {
  const set = new Uint8Array(128);
  for (const number of numbers) {
    const bit = number - 1;
    set[bit >> 3] = (set[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  libc.pthread_sigmask(hold ? 0 : 1, set, null);
}

export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  while (Number(libc.getrandom(bytes, length, 0)) < 0) refuse("getrandom");
  return bytes;
}
