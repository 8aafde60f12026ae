/** User data: what nft(8) stores with an object for itself, as type, length, value of one byte, one byte, n bytes. */

const commentType = 0; // NFTNL_UDATA_SET_ELEM_COMMENT, libnftnl/udata.h
const headerBytes = 2;
const longestValue = 255;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * For a set whose keys are one field in the machine's order, as interface names are: without it nft(8) shows them as if
 * they were numbers in network order, which makes names empty. NFTNL_UDATA_SET_KEYBYTEORDER (libnftnl/udata.h) with
 * BYTEORDER_HOST_ENDIAN (nftables, include/datatype.h).
 */
export const machineOrderKey = Uint8Array.of(0, 4, 1, 0, 0, 0);

/** A comment as nft(8) writes it, closing NUL included. @throws RangeError when it is longer than 254 bytes */
export function encodeComment(text: string): Uint8Array {
  const value = encoder.encode(`${text}\0`);
  if (value.length > longestValue) throw new RangeError(`comment of ${value.length} bytes: "${text}"`);
  const bytes = new Uint8Array(headerBytes + value.length);
  bytes[0] = commentType;
  bytes[1] = value.length;
  bytes.set(value, headerBytes);
  return bytes;
}

/** The comment in the user data of a set element, where there is one. */
export function decodeComment(userData: Uint8Array): string | undefined {
  for (let at = 0; at + headerBytes <= userData.length;) {
    const start = at + headerBytes;
    const end = start + (userData[at + 1] ?? 0);
    if (end > userData.length) return undefined;
    if (userData[at] === commentType) {
      const value = userData.subarray(start, end);
      const nul = value.indexOf(0);
      return decoder.decode(nul < 0 ? value : value.subarray(0, nul));
    }
    at = end;
  }
  return undefined;
}
