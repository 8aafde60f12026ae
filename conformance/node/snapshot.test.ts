import { expect, test } from "@jest/globals";
import { describeWith, diff, nodesPerTest } from "./index.ts";

const startNode = nodesPerTest();

/** What somebody does inside, and the lines that must tell of it. */
const changes: [does: string, command: string, lines: RegExp[]][] = [
  [
    "adds a link",
    "ip link add br1 type bridge",
    [/^\+ network \/ links \/ br1: .*"bridge"/, /ipv4\/conf\/br1/, /ipv6\/conf\/br1/],
  ],
  ["changes an MTU", "ip link set br0 mtu 1400", [/^~ network \/ links \/ br0 \/ mtu: 1500 -> 1400$/]],
  [
    "names a master",
    "ip link set v0 master br0",
    [/^\+ network \/ links \/ v0 \/ master: "br0"$/, /^\+ network \/ bridgePorts \/ v0: /],
  ],
  [
    "sets hairpin mode",
    "ip link set v0 master br0; ip link set v0 type bridge_slave hairpin on",
    [/bridgePorts .*"hairpin":true/],
  ],
  ["adds an address", "ip addr add 10.9.0.1/24 dev br0", [/^\+ network \/ addresses \/ br0 10.9.0.1\/24: /]],
  [
    "adds an IPv6 address",
    "ip addr add fd00:9::1/64 dev br0 nodad",
    [/^\+ network \/ addresses \/ br0 fd00:9::1\/64: /],
  ],
  [
    "adds a route",
    "ip route add 10.8.0.0/16 dev br0",
    [/^\+ network \/ routes \/ ipv4 10.8.0.0\/16 type unicast dev br0 table main: /],
  ],
  ["adds an IPv6 route", "ip route add fd00:8::/64 dev br0", [/^\+ network \/ routes \/ ipv6 fd00:8::\/64 /]],
  [
    "adds a route in another table",
    "ip route add 10.8.0.0/16 dev br0 table 77",
    [/^\+ network \/ routes \/ .*table 77: /],
  ],
  ["adds a rule", "ip rule add from 10.8.0.0/16 lookup 77", [/^\+ network \/ rules \/ ipv4 32765: /]],
  [
    "adds a neighbour",
    "ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:01 dev br0",
    [/^\+ network \/ neighbours \/ br0 10.9.0.9: /],
  ],
  [
    "adds a queue",
    "tc qdisc add dev br0 root tbf rate 1mbit burst 10kb latency 50ms",
    [/^\+ network \/ queues \/ br0 tbf: /],
  ],
  [
    "adds an element",
    "nft add element ip f s { 10.1.1.2 }",
    [/^\+ network \/ nftables \/ ip f \/ set s \/ elem: .*10.1.1.2/],
  ],
  [
    "adds a firewall rule",
    "nft add rule ip f c ip saddr 10.1.1.2 drop",
    [/^~ network \/ nftables \/ ip f \/ chain c \/ rules: /],
  ],
  ["adds a table", "nft add table inet g", [/^\+ network \/ nftables \/ inet g: /]],
  [
    "adds an iptables rule",
    "iptables -t nat -A POSTROUTING -s 10.1.1.0/24 -j MASQUERADE",
    [/^\+ network \/ iptables \/ ipv4 nat: .*MASQUERADE/],
  ],
  [
    "turns forwarding on",
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    [/^~ network \/ settings \/ ipv4 \/ ip_forward: "0" -> "1"$/],
  ],
  [
    "changes an interface's setting",
    "echo 1 > /proc/sys/net/ipv6/conf/br0/disable_ipv6",
    [/settings \/ ipv6\/conf\/br0 \/ disable_ipv6: "0" -> "1"$/],
  ],
  ["works in a namespace", "ip -n one link add x0 type bridge", [/^\+ namespaces \/ one \/ links \/ x0: /]],
  [
    "adds a namespace",
    "ip netns add two",
    [
      /^\+ namespaces \/ two: /,
      /^\+ files \/ \/run\/netns\/two: /,
      /^\+ mounts \/ \/run\/netns\/two nsfs: 1$/,
    ],
  ],
  [
    "writes a file",
    "echo changed > /var/lib/cni/there",
    [/^~ files \/ \/var\/lib\/cni\/there \/ content: "text" -> "changed\\n"$/],
  ],
  ["adds an empty folder", "mkdir -p /run/a", [/^\+ files \/ \/run\/a: /]],
  [
    "changes a mode",
    "chmod 600 /var/lib/cni/there",
    [/^~ files \/ \/var\/lib\/cni\/there \/ mode: "644" -> "600"$/],
  ],
  ["mounts something", "mount -t tmpfs x /var/lib/node", [/^~ mounts \/ \/var\/lib\/node tmpfs: 1 -> 2$/]],
  [
    "leaves a process",
    // It has another command line for a moment, until it has become the program.
    "setsid -f sleep 77 > /dev/null 2>&1; until pgrep -fx 'sleep 77' > /dev/null; do :; done",
    [/^\+ processes \/ sleep 77: 1$/],
  ],
];

const scene = `
  ip link add br0 type bridge; ip link set br0 up; ip link add v0 type veth peer name v1; ip link set v0 up
  nft add table ip f; nft add set ip f s '{ type ipv4_addr; }'; nft add chain ip f c; nft add rule ip f c counter drop
  printf text > /var/lib/cni/there`;

describeWith({ commands: ["nft", "iptables", "bridge", "tc"] }, "snapshot()", () => {
  test("is equal when nothing was done but time and traffic went by", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await node.run("nft", ["-f", "-"], {
      input: "table ip f { chain c { type filter hook output priority 0; counter; }; }",
    });
    const before = await node.snapshot();
    expect(await node.ping(null, outside.address)).toMatchObject({ received: 1 });
    await new Promise((done) => setTimeout(done, 2200));
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test.each(changes)("tells when somebody %s", async (_does, command, lines) => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.run("sh", ["-ec", scene]);
    const before = await node.snapshot();
    await node.run("sh", ["-ec", command]);
    const difference = diff(before, await node.snapshot());
    for (const line of lines) {
      expect(difference).toContainEqual(expect.stringMatching(line));
    }
    expect(difference.length).toBeLessThanOrEqual(10);
  });

  const written: [does: string, command: string, lines: RegExp[]][] = [
    ["adds a file to /etc", "echo a > /etc/leak.1", [/^\+ files \/ \/etc\/leak\.1: .*"content":"a\\n"/]],
    [
      "adds one to /var/lib",
      "mkdir -m 700 /var/lib/leak; touch /var/lib/leak/x",
      [/^\+ files \/ \/var\/lib\/leak: .*"mode":"700"/, /^\+ files \/ \/var\/lib\/leak\/x: /],
    ],
    ["changes a file of the host's", "echo a >> /etc/passwd", [/^\+ files \/ \/etc\/passwd: .*sha256/]],
    ["removes one", "rm /etc/passwd", [/^\+ files \/ \/etc\/passwd: \{"kind":"removed"\}$/]],
    ["changes a mode", "chmod 700 /etc/default", [/^\+ files \/ \/etc\/default: .*"mode":"700"/]],
    ["touches one", "touch /etc/passwd /etc/default", []],
    ["takes back what it did", "touch /etc/default/leak; rm /etc/default/leak", []],
  ];

  test.each(written)("of all that was written tells when somebody %s", async (_does, command, lines) => {
    const node = await startNode();
    const [before, small] = [await node.snapshot({ isWhole: true }), await node.snapshot()];
    await node.run("sh", ["-ec", command]);
    expect(diff(before, await node.snapshot({ isWhole: true }))).toEqual(
      lines.map((line) => expect.stringMatching(line)),
    );
    expect(diff(small, await node.snapshot())).toEqual([]);
  });

  test("diff() reads backwards as well, and leaves out what is expected", async () => {
    const node = await startNode();
    const before = await node.snapshot();
    node.write("/var/lib/cni/networks/net/10.1.0.2", "one\r\neth0");
    const after = await node.snapshot();
    expect(diff(after, before)).toEqual([
      expect.stringMatching(/^- files \/ \/var\/lib\/cni\/networks: /),
      expect.stringMatching(/^- files \/ \/var\/lib\/cni\/networks\/net: /),
      expect.stringMatching(/^- files \/ \/var\/lib\/cni\/networks\/net\/10.1.0.2: .*one\\r\\neth0/),
    ]);
    expect(diff(before, after, { ignore: [/cni\/networks/] })).toEqual([]);
  });
});
