/**
 * Integers in bytes: in the machine's order, which is little-endian on everything that this program is built for, or
 * big-endian where the name ends so. A DataView does the same, but making one first moves a small array into a buffer
 * of its own, and for each attribute of a short-lived process that costs more than all the rest of encoding it.
 */

export function setU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function setU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

export function getU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function setU16be(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function getU16be(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function getU32be(bytes: Uint8Array, at: number): number {
  return ((getU16be(bytes, at) << 16) | getU16be(bytes, at + 2)) >>> 0;
}
