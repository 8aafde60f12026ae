import { expect, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { leftovers } from "./leftovers.ts";

const startNode = nodesPerTest();

const scene = `
  ip link add br-test type bridge; ip link set br-test up; ip addr add 10.1.0.1/24 dev br-test
  ip addr add fd00:1::1/64 dev br-test nodad
  echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
  nft add table inet own; nft add set inet own pods '{ type ipv4_addr; }'; nft add chain inet own c
  nft add rule inet own c ip saddr @pods accept
  mkdir -p /var/lib/cni/networks/net /var/lib/cni/results; : > /var/lib/cni/networks/net/lock
  echo 10.1.0.2 > /var/lib/cni/networks/net/last_reserved_ip.0`;

describeWith({ commands: ["nft", "iptables"] }, "leftovers()", () => {
  test("passes over what a network makes once for all of its containers", async () => {
    const node = await startNode();
    const before = await node.snapshot();
    await node.run("sh", ["-ec", scene]);
    expect(leftovers(before, await node.snapshot(), "br-test")).toEqual([]);
  });

  test.each([
    ["a lease", "echo c > /var/lib/cni/networks/net/10.1.0.2", /10\.1\.0\.2/],
    ["an unfinished file", "echo c > /var/lib/cni/networks/net/.10.1.0.2.tmp", /\.tmp/],
    ["a cached result", "echo c > /var/lib/cni/results/net-c-eth0", /net-c-eth0/],
    ["an element", "nft add element inet own pods '{ 10.1.0.2 }'", /10\.1\.0\.2/],
    ["a link", "ip link add v0 type veth peer name v1", /links \/ v0/],
    ["a bridge of another name", "ip link add br-test2 type bridge", /links \/ br-test2/],
    ["a route", "ip route add 10.2.0.2 dev lo", /routes .*10\.2\.0\.2/],
    ["an iptables rule", "iptables -t nat -A POSTROUTING -s 10.1.0.2 -j MASQUERADE", /MASQUERADE/],
    ["a setting", "echo 1 > /proc/sys/net/ipv4/conf/lo/route_localnet", /route_localnet/],
    ["a namespace", "ip netns add forgotten", /namespaces \/ forgotten/],
    ["a process", "setsid -f sleep 55 > /dev/null 2>&1", /sleep 55/],
  ])("tells of %s", async (_what, command, line) => {
    const node = await startNode();
    const before = await node.snapshot();
    await node.run("sh", ["-ec", scene]);
    await node.run("sh", ["-ec", command]);
    expect(leftovers(before, await node.snapshot(), "br-test")).toContainEqual(expect.stringMatching(line));
  });
});
