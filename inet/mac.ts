/** Ethernet MAC addresses (EUI-48) as six bytes. */
import { InetError } from "./address.ts";

const spellings = [
  /^([0-9a-f]{2})(?::([0-9a-f]{2})){5}$/i,
  /^([0-9a-f]{2})(?:-([0-9a-f]{2})){5}$/i,
  /^([0-9a-f]{4})(?:\.([0-9a-f]{4})){2}$/i,
];

/** Reads 02:00:5e:10:00:01, 02-00-5e-10-00-01 or 0200.5e10.0001. @throws InetError */
export function parseMac(text: string): Uint8Array {
  if (!spellings.some((spelling) => spelling.test(text))) {
    throw new InetError(`"${text}" is not a MAC address, such as 02:00:5e:10:00:01`);
  }
  const digits = text.replaceAll(/[:.-]/g, "");
  return Uint8Array.from({ length: 6 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16));
}

/** Lower case with colons. */
export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** Makes six bytes a unicast address of local administration (IEEE 802, section 8.4). */
export function locallyAdministered(bytes: Uint8Array): Uint8Array {
  const mac = bytes.slice(0, 6);
  mac[0] = ((mac[0] ?? 0) & 0xfe) | 0x02;
  return mac;
}
