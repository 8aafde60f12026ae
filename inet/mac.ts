/** Ethernet MAC addresses (EUI-48) as six bytes. */
import { InetError } from "./address.ts";
import { parseHex } from "./digits.ts";

const spellings = [
  { separator: ":", digits: 2 },
  { separator: "-", digits: 2 },
  { separator: ".", digits: 4 },
] as const;

/** Reads 02:00:5e:10:00:01, 02-00-5e-10-00-01 or 0200.5e10.0001. @throws InetError */
export function parseMac(text: string): Uint8Array {
  for (const { separator, digits } of spellings) {
    const groups = text.split(separator);
    if (groups.length !== 12 / digits || groups.some((group) => group.length !== digits)) continue;
    const bytes = macBytes(groups.join(""));
    if (bytes !== undefined) return bytes;
  }
  throw new InetError(`"${text}" is not a MAC address, such as 02:00:5e:10:00:01`);
}

function macBytes(digits: string): Uint8Array | undefined {
  const bytes = new Uint8Array(6);
  for (let at = 0; at < 6; at++) {
    const byte = parseHex(digits.slice(at * 2, at * 2 + 2));
    if (byte === undefined) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}

/** Lower case with colons. */
export function formatMac(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    text += `${at === 0 ? "" : ":"}${byte < 16 ? "0" : ""}${byte.toString(16)}`;
  }
  return text;
}

export function sameMac(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Makes six bytes a unicast address of local administration (IEEE 802, section 8.4). */
export function locallyAdministered(bytes: Uint8Array): Uint8Array {
  const mac = bytes.slice(0, 6);
  mac[0] = ((mac[0] ?? 0) & 0xfe) | 0x02;
  return mac;
}

/** True for an address that an interface can have: not multicast (IEEE 802, section 8.2.2), not all zeros. */
export function isUnicast(mac: Uint8Array): boolean {
  return ((mac[0] ?? 0) & 1) === 0 && mac.some((byte) => byte !== 0);
}

/** Reads the MAC address of an interface. @throws InetError for a multicast address or zeros as well */
export function parseUnicastMac(text: string): Uint8Array {
  const mac = parseMac(text);
  if (isUnicast(mac)) return mac;
  throw new InetError(`"${text}" is a multicast address or zeros, which no interface can have`);
}
