/**
 * Records what nft(8) sends to this machine's kernel for the rulesets beside this file, and what the kernel answers when
 * it lists them, as the .hex files beside them: a message a paragraph, an attribute a line, nests opened. Sequence numbers
 * and ports are zeroed. Needs root, strace and nftables; everything happens in network namespaces of its own.
 *
 *     node netlink/nftables/goldens/capture.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const load = (name) => `nft -f ${join(here, `${name}.nft`)}`;

/** `types`: NFT_MSG_* to keep; `call`: the system call that carries them. */
const captures = [
  { file: "table", setup: [], run: load("table"), call: "sendmsg", types: [0, 3, 6, 9] },
  { file: "elements", setup: [load("table")], run: load("elements"), call: "sendmsg", types: [12] },
  {
    file: "listed",
    setup: [load("table"), load("elements")],
    run: "nft list table inet trestle",
    call: "recvmsg",
    types: [0, 3, 6, 12],
  },
  { file: "guard-table", setup: [], run: load("guard-table"), call: "sendmsg", types: [0, 3, 6, 9] },
  {
    file: "guard-elements",
    setup: [load("guard-table")],
    run: load("guard-elements"),
    call: "sendmsg",
    types: [12],
  },
  {
    file: "guard-listed",
    setup: [load("guard-table"), load("guard-elements")],
    run: "nft list table bridge trestle",
    call: "recvmsg",
    types: [0, 3, 6, 12],
  },
];

const align = (length) => (length + 3) & ~3;
const hex = (bytes) => bytes.toString("hex").replaceAll(/(..)(?=.)/g, "$1 ");

function datagrams(trace, call) {
  const found = [];
  for (const line of trace.split("\n")) {
    if (/^[a-z]+\(/.test(line)) found.push({ call: line.slice(0, line.indexOf("(")), hex: "" });
    const dump = /^ \| [0-9a-f]+ {2}(.{49})/.exec(line);
    if (dump !== null) found.at(-1).hex += dump[1].replaceAll(" ", "");
  }
  return found
    .filter((datagram) => datagram.call === call)
    .map((datagram) => Buffer.from(datagram.hex, "hex"));
}

function messages(datagram) {
  const found = [];
  for (let at = 0; at < datagram.length; at += align(datagram.readUInt32LE(at))) {
    found.push(datagram.subarray(at, at + datagram.readUInt32LE(at)));
  }
  return found;
}

function attributeLines(bytes, indent) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += align(bytes.readUInt16LE(at))) {
    const whole = bytes.subarray(at, at + align(bytes.readUInt16LE(at)));
    const isNest = (whole.readUInt16LE(2) & 0x8000) !== 0;
    if (isNest) {
      lines.push(indent + hex(whole.subarray(0, 4)), ...attributeLines(whole.subarray(4), `${indent}  `));
    } else {
      lines.push(indent + hex(whole));
    }
  }
  return lines;
}

function paragraph(message) {
  message.fill(0, 8, 16);
  return [
    hex(message.subarray(0, 16)),
    hex(message.subarray(16, 20)),
    ...attributeLines(message.subarray(20), ""),
  ];
}

const folder = mkdtempSync(join(tmpdir(), "goldens-"));
const trace = join(folder, "trace");
const version = execFileSync("nft", ["--version"]).toString().trim();
try {
  for (const { file, setup, run, call, types } of captures) {
    const traced = `strace -o ${trace} -e trace=sendto,sendmsg,recvmsg -e read=all -e write=all ${run}`;
    execFileSync("unshare", ["--net", "sh", "-ec", [...setup, traced].join("\n")], { timeout: 20_000 });
    const wanted = datagrams(readFileSync(trace, "latin1"), call)
      .flatMap(messages)
      .filter((message) => message[5] === 10 && types.includes(message[4]));
    if (wanted.length === 0) throw new Error(`${file}: no messages`);
    const about = [...setup, run].map((line) => `# ${line.replaceAll(`${here}/`, "")}`);
    const on = `# (Linux ${/^[\d.]+/.exec(release())?.[0]}, ${version})`;
    const text = wanted.map((message) => paragraph(message).join("\n")).join("\n\n");
    writeFileSync(join(here, `${file}.hex`), `${[...about, on].join("\n")}\n\n${text}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
