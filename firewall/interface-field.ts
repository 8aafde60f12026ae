/** An interface's name as a field of a key: filled up with zeros, as the kernel's `ifname` is. */

export const interfaceNameBytes = 16; // IFNAMSIZ
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeInterfaceName(name: string): Uint8Array {
  const field = new Uint8Array(interfaceNameBytes);
  encoder.encodeInto(name, field.subarray(0, interfaceNameBytes - 1));
  return field;
}

export function decodeInterfaceName(field: Uint8Array): string {
  const name = decoder.decode(field);
  return name.slice(0, name.indexOf("\0"));
}
