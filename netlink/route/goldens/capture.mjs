/**
 * Records what ip(8) and bridge(8) say to this machine's kernel, and what it answers, as the files beside this one.
 * Each holds one message: its header, its fixed header, then one attribute a line, with nests opened. Sequence numbers
 * and ports are zeroed. Needs root, strace and iproute2; every capture happens in a network namespace of its own.
 *
 *     node netlink/route/goldens/capture.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";

const bridge = "ip link add br0 address 02:00:00:00:00:01 mtu 1400 up type bridge";
const pair =
  "ip link add vethh address 02:00:00:00:00:02 mtu 1400 numtxqueues 1 numrxqueues 1 up" +
  " type veth peer name vethc address 02:00:00:00:00:03 mtu 1400 numtxqueues 1 numrxqueues 1";
const fixed = "ip link add br0 index 10 address 02:00:00:00:00:01 up type bridge";

/** `type`: RTM_*; `sent`: the message that goes to the kernel, else the first one that comes back. */
const captures = [
  { file: "link-veth", setup: [pair], run: "ip link show dev vethh", type: 16 },
  { file: "link-bridge", setup: [fixed], run: "ip link show dev br0", type: 16 },
  {
    file: "link-bridge-port",
    setup: [fixed, pair, "ip link set vethh master br0", "bridge link set dev vethh hairpin on isolated on"],
    run: "ip link show dev vethh",
    type: 16,
  },
  {
    file: "address-inet",
    setup: [fixed, "ip address add 10.1.0.4/16 brd + dev br0"],
    run: "ip -4 address show dev br0",
    type: 20,
  },
  {
    file: "address-inet-peer",
    setup: [fixed, "ip address add 10.1.0.4 peer 10.1.0.5/32 dev br0"],
    run: "ip -4 address show dev br0",
    type: 20,
  },
  {
    file: "address-inet6",
    setup: [fixed, "ip address add 2001:db8::4/64 dev br0 nodad"],
    run: "ip -6 address show dev br0 scope global",
    type: 20,
  },
  {
    file: "route-default",
    setup: [fixed, "ip address add 10.1.0.4/16 dev br0", "ip route add default via 10.1.0.1"],
    run: "ip route show default",
    type: 24,
  },
  {
    file: "route-metrics",
    setup: [
      fixed,
      "ip address add 10.1.0.4/16 dev br0",
      "ip route add 10.9.0.0/16 via 10.1.0.1 metric 7 mtu 1300 advmss 1200 table 1000",
    ],
    run: "ip route show table 1000",
    type: 24,
  },
  {
    file: "route-inet6",
    setup: [
      fixed,
      "ip address add 2001:db8::4/64 dev br0 nodad",
      "ip route add 2001:db8:9::/48 via 2001:db8::1 table 1000",
    ],
    run: "ip -6 route show table 1000",
    type: 24,
  },
  {
    file: "route-blackhole",
    setup: ["ip link set lo up", "ip route add blackhole 10.9.0.0/16"],
    run: "ip route show 10.9.0.0/16",
    type: 24,
  },
  {
    file: "list-forwarding",
    setup: [fixed],
    run: "bridge fdb show",
    type: 30,
    sent: true,
  },
  {
    file: "forwarding-self",
    setup: [fixed],
    run: "bridge fdb show",
    type: 28,
  },
  {
    file: "forwarding-static",
    setup: [
      fixed,
      pair,
      "ip link set vethh master br0",
      "bridge fdb add 02:00:00:00:00:07 dev vethh master static",
    ],
    run: "bridge fdb show brport vethh",
    type: 28,
  },
  {
    // The peer says that it is there as soon as it is up: duplicate address detection of IPv6.
    file: "forwarding-learned",
    setup: [fixed, pair, "ip link set vethh master br0", "ip link set vethc up", "sleep 2"],
    run: "bridge fdb get 02:00:00:00:00:03 dev vethh master",
    type: 28,
  },
  {
    file: "route-multipath",
    setup: [
      fixed,
      "ip link add br1 index 11 up type bridge",
      "ip address add 2001:db8::4/64 dev br0 nodad",
      "ip address add 2001:db8::5/64 dev br1 nodad",
      "ip route add 2001:db8:9::/48 via 2001:db8::1 dev br0 table 1000",
      "ip route append 2001:db8:9::/48 via 2001:db8::1 dev br1 table 1000",
    ],
    run: "ip -6 route show table 1000",
    type: 24,
  },
  {
    file: "route-expires",
    setup: [
      fixed,
      "ip address add 2001:db8::4/64 dev br0 nodad",
      "ip route add 2001:db8:9::/48 via 2001:db8::1 dev br0 proto ra expires 900 table 1000",
    ],
    run: "ip -6 route show table 1000",
    type: 24,
  },
  {
    file: "route-onlink",
    setup: [
      fixed,
      "ip address add 10.1.0.4/16 dev br0",
      "ip route add 10.9.0.0/16 via 10.77.0.1 dev br0 onlink table 1000",
    ],
    run: "ip route show table 1000",
    type: 24,
  },
  {
    file: "route-next-hop",
    setup: [
      "ip link add v0 index 10 type veth peer name v1",
      "ip link set v1 up; ip link set v0 up",
      "ip address add 10.1.0.4/16 dev v0",
      "ip nexthop add id 9 via 10.1.0.1 dev v0",
      "ip route add 10.9.0.0/16 nhid 9 table 1000",
    ],
    run: "ip route show table 1000",
    type: 24,
  },
  {
    file: "route-kernel",
    setup: [fixed, "ip address add 10.1.0.4/16 dev br0"],
    run: "ip route show 10.1.0.0/16",
    type: 24,
  },
  {
    file: "route-local",
    setup: [fixed, "ip address add 10.1.0.4/16 dev br0"],
    run: "ip route show table local",
    type: 24,
  },
  {
    file: "address-label",
    setup: [fixed, "ip address add 10.1.0.4/16 dev br0 label br0:web valid_lft 5000 preferred_lft 4000"],
    run: "ip -4 address show dev br0",
    type: 20,
  },
  {
    file: "address-inet6-plain",
    setup: [
      fixed,
      "echo 0 > /proc/sys/net/ipv6/conf/br0/accept_dad",
      "ip address add 2001:db8::4/64 dev br0 noprefixroute",
    ],
    run: "ip -6 address show dev br0 scope global",
    type: 20,
  },
  { file: "create-bridge", setup: [], run: bridge, type: 16, sent: true },
  {
    file: "create-veth",
    setup: [fixed],
    run: pair.replace("mtu 1400", "mtu 1400 master br0"),
    type: 16,
    sent: true,
  },
  { file: "delete-link", setup: [fixed], run: "ip link delete br0", type: 17, sent: true },
  { file: "change-flags", setup: [fixed], run: "ip link set br0 up promisc on", type: 16, sent: true },
  {
    file: "change-mac",
    setup: [fixed],
    run: "ip link set br0 address 02:00:00:00:00:09",
    type: 16,
    sent: true,
  },
  { file: "set-alias", setup: [fixed], run: "ip link set br0 alias uplink", type: 16, sent: true },
  {
    file: "change-bridge-port",
    setup: [fixed, pair, "ip link set vethh master br0"],
    run: "bridge link set dev vethh hairpin on isolated off",
    type: 19,
    sent: true,
  },
  {
    file: "create-macvlan",
    setup: [fixed],
    run: "ip link add link br0 name mv0 address 02:00:00:00:00:05 mtu 1400 type macvlan mode private bcqueuelen 2000",
    type: 16,
    sent: true,
  },
  {
    file: "link-macvlan",
    setup: [fixed, "ip link add link br0 name mv0 address 02:00:00:00:00:05 type macvlan mode vepa"],
    run: "ip link show dev mv0",
    type: 16,
  },
  {
    file: "rename-link",
    setup: ["ip link add br0 index 10 type bridge"],
    run: "ip link set br0 name eth0",
    type: 16,
    sent: true,
  },
  // A kernel that lacks the feature refuses these, which does not change what is asked for.
  {
    file: "create-vlan-link",
    setup: [fixed],
    run: "ip link add link br0 name br0.10 mtu 1400 up type vlan protocol 802.1Q id 10 || true",
    type: 16,
    sent: true,
  },
  {
    file: "switch-vlan-filtering",
    setup: [fixed],
    run: "ip link set br0 type bridge vlan_filtering 1 || true",
    type: 16,
    sent: true,
  },
  {
    file: "add-bridge-vlan",
    setup: [fixed, pair, "ip link set vethh master br0"],
    run: "bridge vlan add dev vethh vid 10 pvid untagged || true",
    type: 19,
    sent: true,
  },
  {
    file: "add-bridge-vlan-range",
    setup: [fixed],
    run: "bridge vlan add dev br0 vid 20-29 self || true",
    type: 19,
    sent: true,
  },
  {
    file: "remove-bridge-vlan",
    setup: [fixed, pair, "ip link set vethh master br0"],
    run: "bridge vlan del dev vethh vid 1 || true",
    type: 17,
    sent: true,
  },
  {
    file: "add-address-inet",
    setup: [fixed],
    run: "ip address add 10.1.0.4/16 brd + dev br0",
    type: 20,
    sent: true,
  },
  {
    file: "add-address-inet6",
    setup: [fixed],
    run: "ip address add 2001:db8::4/64 dev br0 nodad",
    type: 20,
    sent: true,
  },
  {
    file: "add-address-noprefixroute",
    setup: [fixed],
    run: "ip address add 10.1.0.4/16 brd + dev br0 noprefixroute",
    type: 20,
    sent: true,
  },
  {
    file: "remove-address",
    setup: [fixed, "ip address add 10.1.0.4/16 dev br0"],
    run: "ip address delete 10.1.0.4/16 dev br0",
    type: 21,
    sent: true,
  },
  {
    file: "add-route-default",
    setup: [fixed, "ip address add 10.1.0.4/16 dev br0"],
    run: "ip route prepend default via 10.1.0.1 dev br0 proto static",
    type: 24,
    sent: true,
  },
  {
    file: "add-route-source",
    setup: [fixed, "ip address add 10.1.0.4/16 dev br0"],
    run: "ip route add 10.9.0.0/16 via 10.1.0.1 dev br0 src 10.1.0.4 proto static",
    type: 24,
    sent: true,
  },
  {
    file: "add-route-link",
    setup: [fixed],
    run: "ip route prepend 10.9.0.0/16 dev br0 proto static table 1000",
    type: 24,
    sent: true,
  },
  {
    file: "add-route-inet6",
    setup: [fixed, "ip address add 2001:db8::4/64 dev br0 nodad"],
    run: "ip route prepend 2001:db8:9::/48 via 2001:db8::1 dev br0 proto static metric 50 mtu 1300 advmss 1200",
    type: 24,
    sent: true,
  },
];

/** Bytes of the struct between a message's header and its attributes, by RTM_*. */
const fixedHeaderBytes = { 16: 16, 17: 16, 19: 16, 20: 8, 21: 8, 24: 12, 28: 12, 30: 12 };

/** Attributes that hold attributes, as paths of numbers below an RTM_*; `peer` begins with a struct ifinfomsg. */
const nests = new Set([
  "16/18",
  "16/18/2",
  "16/18/5",
  "16/26",
  "16/26/2",
  "16/26/10",
  "17/26",
  "19/12",
  "19/26",
  "24/8",
]);
const peer = "16/18/2/1";

const align = (length) => (length + 3) & ~3;
const hex = (bytes) => bytes.toString("hex").replaceAll(/(..)(?=.)/g, "$1 ");

/** Cuts bytes into pieces that begin with their own length. */
function pieces(bytes, { headerBytes, lengthAt }) {
  const found = [];
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const length = lengthAt(at);
    if (length === 0) break; // ip(8) pads some requests with zeros
    if (length < headerBytes) throw new Error(`a length of ${length} at ${at} of ${hex(bytes)}`);
    found.push(bytes.subarray(at, at + align(length)));
    at += align(length);
  }
  return found;
}

/** The messages in strace's dumps, each marked by whether it was sent. */
function messagesOf(trace) {
  const messages = [];
  let sent = false;
  let bytes = [];
  const flush = () => {
    const datagram = Buffer.from(bytes);
    const split = pieces(datagram, { headerBytes: 16, lengthAt: (at) => datagram.readUInt32LE(at) });
    messages.push(...split.map((message) => ({ sent, bytes: message })));
    bytes = [];
  };
  for (const line of trace.split("\n")) {
    const call = /^(?:\d+ +)?(sendto|sendmsg|recvmsg)\(/.exec(line);
    if (call !== null) {
      flush();
      sent = call[1] !== "recvmsg";
    }
    const dump = /^ \| [0-9a-f]+  (.{49})/.exec(line);
    if (dump !== null)
      bytes.push(...(dump[1].match(/[0-9a-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16)));
  }
  flush();
  return messages;
}

/** One line for each attribute: its bytes with padding. Nests are a line of their own, then their content. */
function attributeLines(bytes, path, indent) {
  const lines = [];
  for (const whole of pieces(bytes, { headerBytes: 4, lengthAt: (at) => bytes.readUInt16LE(at) })) {
    const own = `${path}/${whole.readUInt16LE(2) & 0x3fff}`;
    const inside = `${indent}  `;
    if (own === peer && whole.length >= 20) {
      lines.push(indent + hex(whole.subarray(0, 4)), inside + hex(whole.subarray(4, 20)));
      lines.push(...attributeLines(whole.subarray(20), "16", inside));
    } else if (nests.has(own)) {
      lines.push(indent + hex(whole.subarray(0, 4)), ...attributeLines(whole.subarray(4), own, inside));
    } else {
      lines.push(indent + hex(whole));
    }
  }
  return lines;
}

function linesOf(message, type) {
  const start = 16 + fixedHeaderBytes[type];
  message.fill(0, 8, 16);
  return [
    hex(message.subarray(0, 16)),
    hex(message.subarray(16, start)),
    ...attributeLines(message.subarray(start), String(type), ""),
  ];
}

function isWanted(message, capture) {
  const isRequest = message.sent === (capture.sent === true);
  // ip(8) first asks whether the kernel checks strictly, by an empty RTM_NEWLINK without a sequence number.
  return isRequest && message.bytes.readUInt16LE(4) === capture.type && message.bytes.readUInt32LE(8) !== 0;
}

const folder = mkdtempSync(join(tmpdir(), "goldens-"));
const trace = join(folder, "trace");
const tools = execFileSync("ip", ["-V"]).toString().trim().split(", ")[1];
try {
  for (const capture of captures) {
    const traced = `strace -o ${trace} -e trace=sendto,sendmsg,recvmsg -e read=all -e write=all ${capture.run}`;
    execFileSync("unshare", ["--net", "sh", "-ec", [...capture.setup, traced].join("\n")], {
      timeout: 20_000,
    });
    const message = messagesOf(readFileSync(trace, "latin1")).find((found) => isWanted(found, capture));
    if (message === undefined) throw new Error(`${capture.file}: no message of type ${capture.type}`);
    const about = [...capture.setup, capture.run, `(Linux ${/^[\d.]+/.exec(release())?.[0]}, ${tools})`].map(
      (line) => `# ${line}`,
    );
    const file = new URL(`${capture.file}.hex`, import.meta.url);
    writeFileSync(file, `${[...about, ...linesOf(message.bytes, capture.type)].join("\n")}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
