/** The text of IP addresses: read as RFC 4291 section 2.2 and RFC 6943 section 3.1.1 say, written as RFC 5952 says. */
import { parseDecimal, parseHex } from "./digits.ts";

/** The four bytes of "10.1.0.4"; undefined for anything but four decimal numbers without leading zeros. */
export function parseDottedQuad(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (let at = 0; at < 4; at++) {
    const byte = parseDecimal(parts[at] ?? "", 255);
    if (byte === undefined) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}

/** The sixteen bytes of "2001:db8::4" or "64:ff9b::10.1.0.4". A "::" stands for one or more groups of zeros. */
export function parseGroups(text: string): Uint8Array | undefined {
  const gap = text.indexOf("::");
  const head = groupBytes(gap < 0 ? text : text.slice(0, gap), { mayEndDotted: gap < 0 });
  const tail = groupBytes(gap < 0 ? "" : text.slice(gap + 2), { mayEndDotted: true });
  if (head === undefined || tail === undefined) return undefined;
  const given = head.length + tail.length;
  if (gap < 0 ? given !== 16 : given > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of groups with single colons between them. */
function groupBytes(text: string, { mayEndDotted }: { mayEndDotted: boolean }): number[] | undefined {
  const bytes: number[] = [];
  if (text === "") return bytes;
  const groups = text.split(":");
  for (let at = 0; at < groups.length; at++) {
    const group = groups[at] ?? "";
    if (mayEndDotted && at === groups.length - 1 && group.includes(".")) {
      const quad = parseDottedQuad(group);
      if (quad === undefined) return undefined;
      bytes.push(...quad);
    } else {
      const value = group.length > 4 ? undefined : parseHex(group);
      if (value === undefined) return undefined;
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** RFC 5952: lower case, no leading zeros, "::" for the first of the longest runs of two or more zero groups. */
export function formatGroups(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) {
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  }
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (let at = 0; at < groups.length; at++) {
    if (groups[at] !== "0") start = at + 1;
    else if (at + 1 - start > longest.length) longest = { start, length: at + 1 - start };
  }
  return longest;
}
