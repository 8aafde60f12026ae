/** Reads the recorded messages beside this file, and lays messages out for comparison. For tests. */
import { align4 } from "../../attributes.ts";
import { decodeMessages, type Message } from "../../message.ts";
import { viewOf } from "../../payload.ts";

/** The messages in a file's text, in order: hexadecimal bytes, with lines of comment. */
export function parseGoldens(text: string): Message[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const bytes = lines.flatMap((line) => line.split(" ")).filter((byte) => byte !== "");
  return decodeMessages(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
}

/** NFTA_SET_ELEM_LIST_ELEMENTS, NFTA_RULE_EXPRESSIONS, NFTA_SET_DESC_CONCAT: entries count, not their numbers. */
const lists: Readonly<Record<number, readonly string[]>> = { 0xa0c: ["3"], 0xa06: ["4"], 0xa09: ["9/2"] };

/** Payloads in hexadecimal by path, "4/#0/2/1" for the first of a list. The order of other attributes does not count. */
export function layOut(message: Pick<Message, "type" | "flags" | "body">): Record<string, string> {
  const { type, flags, body } = message;
  return {
    type: `0x${type.toString(16)}`,
    flags: `0x${flags.toString(16)}`,
    header: hex(body.subarray(0, 4)),
    ...byPath(body.subarray(4), "", lists[type] ?? []),
  };
}

function byPath(bytes: Uint8Array, path: string, listPaths: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const view = viewOf(bytes);
  for (let at = 0, entry = 0; at < bytes.length; entry++) {
    const length = view.getUint16(at, true);
    const type = view.getUint16(at + 2, true);
    const name = listPaths.includes(path) ? `#${entry}` : String(type & 0x3fff);
    const own = path === "" ? name : `${path}/${name}`;
    const payload = bytes.subarray(at + 4, at + length);
    const isNest = (type & 0x8000) !== 0;
    Object.assign(
      found,
      isNest ? { [own]: "nest", ...byPath(payload, own, listPaths) } : { [own]: hex(payload) },
    );
    at += align4(length);
  }
  return found;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Without what one side leaves out, or says otherwise, by intent. */
export function without(
  laidOut: Record<string, string>,
  isLeftOut: (path: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(laidOut).filter(([path]) => !isLeftOut(path)));
}
