/** Reads the recorded messages beside this file, and lays messages out for comparison. For tests. */
import { rawAttributes } from "../../attributes.ts";
import { decodeMessages, type Message } from "../../message.ts";

/** The message in a file's text: hexadecimal bytes, with lines of comment. */
export function parseGolden(text: string): Message {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const bytes = lines.flatMap((line) => line.split(" ")).filter((byte) => byte !== "");
  const [message] = decodeMessages(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  if (message === undefined) throw new Error("the file holds no message");
  return message;
}

/** Attributes that hold attributes: paths of numbers below an RTM_* without its GET, SET and DEL variants. */
const nests: Readonly<Record<string, readonly string[]>> = {
  link: ["12", "18", "18/2", "18/5", "26", "26/2", "26/10"],
  address: [],
  route: ["8"],
  "bridge link": ["12", "26"],
};
/** Attributes of links of this family have numbers of their own. */
const bridgeFamily = 7;
const kinds = [
  { name: "link", types: [16, 17, 18, 19], headerBytes: 16 },
  { name: "address", types: [20, 21, 22], headerBytes: 8 },
  { name: "route", types: [24, 25, 26], headerBytes: 12 },
  { name: "neighbour", types: [28, 29, 30], headerBytes: 12 },
];
/** VETH_INFO_PEER: a struct ifinfomsg, then attributes. Of other kinds of links a short attribute has this number. */
const peer = "18/2/1";

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Payloads in hexadecimal by path ("18/1"), beside `type`, `flags` and `header`. Order and nested flags do not count. */
export function layOut(message: Pick<Message, "type" | "flags" | "body">): Record<string, string> {
  const kind = kinds.find(({ types }) => types.includes(message.type));
  if (kind === undefined) throw new Error(`no such message: ${message.type}`);
  const name = kind.name === "link" && message.body[0] === bridgeFamily ? "bridge link" : kind.name;
  return {
    type: String(message.type),
    flags: `0x${message.flags.toString(16)}`,
    header: hex(message.body.subarray(0, kind.headerBytes)),
    ...attributesByPath(message.body.subarray(kind.headerBytes), "", nests[name] ?? []),
  };
}

function attributesByPath(bytes: Uint8Array, path: string, open: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const attribute of rawAttributes(bytes)) {
    const own = `${path}${attribute.type}`;
    if (own === peer && attribute.bytes.length >= 16) {
      found[`${own}/header`] = hex(attribute.bytes.subarray(0, 16));
      Object.assign(found, attributesByPath(attribute.bytes.subarray(16), `${own}/`, open));
    } else if (open.includes(own)) {
      Object.assign(found, attributesByPath(attribute.bytes, `${own}/`, open));
    } else {
      // Some repeat: ranges of VLANs have two ends.
      found[own] = [...(found[own] === undefined ? [] : [found[own]]), hex(attribute.bytes)].join(" ");
    }
  }
  return found;
}
