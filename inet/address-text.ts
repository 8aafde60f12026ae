/**
 * The text of IP addresses: read as RFC 4291 section 2.2 and RFC 6943 section 3.1.1 say, written as RFC 5952 says. IPv6 is left
 * to ipaddr.js, which is loaded when the first IPv6 address is met: its regular expressions take a cold process half a
 * millisecond, and most attachments have none. What it reads too leniently is refused here before.
 */
import type ipaddr from "ipaddr.js";
import { parseDecimal } from "./digits.ts";

/** The bundler's own loader: it evaluates the module at the first call. */
declare const require: (name: "ipaddr.js") => typeof ipaddr;

function inet6() {
  return require("ipaddr.js").IPv6;
}

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

function hexGroup(high: number | undefined, low: number | undefined): string {
  return (((high ?? 0) << 8) | (low ?? 0)).toString(16);
}

/** "64:ff9b::10.1.0.4" as "64:ff9b::a01:4": ipaddr.js takes octal and hexadecimal numbers in dotted form. */
function withoutDottedTail(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const tailStart = text.lastIndexOf(":") + 1;
  const quad = parseDottedQuad(text.slice(tailStart));
  if (quad === undefined) return undefined;
  return `${text.slice(0, tailStart)}${hexGroup(quad[0], quad[1])}:${hexGroup(quad[2], quad[3])}`;
}

/** The sixteen bytes of "2001:db8::4" or "64:ff9b::10.1.0.4"; undefined for anything else, zones included. */
export function parseGroups(text: string): Uint8Array | undefined {
  const groups = text.includes("%") ? undefined : withoutDottedTail(text);
  if (groups === undefined || !inet6().isValid(groups)) return undefined;
  return Uint8Array.from(inet6().parse(groups).toByteArray());
}

/** RFC 5952: lower case, no leading zeros, "::" for the first of the longest runs of two or more zero groups. */
export function formatGroups(bytes: Uint8Array): string {
  return new (inet6())([...bytes]).toRFC5952String();
}
