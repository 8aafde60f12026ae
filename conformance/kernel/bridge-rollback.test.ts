import { expect, test } from "@jest/globals";
import { type FakeNode, type Snapshot, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, detach, expectHealthy, refused } from "./attachment.ts";
import { addWithFault, failEach, faults, one, plenty } from "./injected-fault.ts";
import { type Config, bridgeNetwork, four, fullNetwork, hostLocal, plainBridge } from "./network.ts";
import { remainsAfterFailure } from "./remains.ts";
import { leases } from "../node/state.ts";

const startNode = nodesPerTest();

/** Things that are in the way of an ADD, at some point of its course. */
const obstacles: readonly {
  readonly what: string;
  /** Shell commands that put it there, and take it away again. */
  readonly put: string;
  readonly take: string;
  readonly code: number;
  readonly says: RegExp;
  readonly config?: Config;
}[] = [
  {
    what: "a bridge with a conflicting address",
    put: "ip link add br0 up address 02:00:00:00:00:33 type bridge; ip addr add 10.99.0.1/24 dev br0",
    take: "ip addr del 10.99.0.1/24 dev br0",
    code: 104,
    says: /br0.*10\.1\.0\.1\/24.*10\.99\.0\.1\/24/,
  },
  {
    what: "a bridge that is down and has a conflicting address",
    put: "ip link add br0 up address 02:00:00:00:00:33 type bridge; ip link set br0 down; ip addr add 10.99.0.1/24 dev br0",
    take: "ip addr del 10.99.0.1/24 dev br0",
    code: 104,
    says: /10\.99\.0\.1\/24/,
  },
  {
    what: "a conflicting address where the bridge shall become promiscuous",
    put: "ip link add br0 up address 02:00:00:00:00:33 type bridge; ip addr add 10.99.0.1/24 dev br0",
    take: "ip addr del 10.99.0.1/24 dev br0",
    code: 104,
    says: /10\.99\.0\.1\/24/,
    config: fullNetwork({ promiscMode: true }),
  },
  {
    what: "settings that cannot be written",
    put: "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys",
    take: "umount /proc/sys",
    code: 106,
    says: /net\.ipv[46]/,
    config: bridgeNetwork({ ipMasq: true }),
  },
  {
    what: "a folder of leases that cannot be written",
    put: "mount -o remount,ro /var/lib/cni",
    take: "mount -o remount,rw /var/lib/cni",
    code: 5,
    says: /\/var\/lib\/cni/,
  },
  {
    what: "a file system without room for a lease",
    put: "mount -t tmpfs -o size=4k,nr_inodes=3 small /var/lib/cni",
    take: "umount /var/lib/cni",
    code: 5,
    says: /\/var\/lib\/cni/,
  },
  {
    what: "a range without a free address",
    put: "mkdir -p /var/lib/cni/networks/net; for i in 2 3 4 5 6; do printf 'x\\r\\neth0' > /var/lib/cni/networks/net/10.1.0.$i; done",
    take: "rm /var/lib/cni/networks/net/10.1.0.*",
    code: 101,
    says: /10\.1\.0\.1-10\.1\.0\.6/,
    config: fullNetwork({ ipam: hostLocal("10.1.0.0/29") }),
  },
  {
    what: "a second range without a free address",
    put: "mkdir -p /var/lib/cni/networks/net; for i in 2 3 4 5 6; do printf 'x\\r\\neth0' > /var/lib/cni/networks/net/10.2.0.$i; done",
    take: "rm /var/lib/cni/networks/net/10.2.0.*",
    code: 101,
    says: /10\.2\.0\.1-10\.2\.0\.6/,
    config: plainBridge({ ipam: hostLocal(four, "10.2.0.0/29") }),
  },
  {
    what: "a set of our table's that is of another kind",
    put: "nft 'add table inet trestle; add set inet trestle masquerade4 { type ipv4_addr; }'",
    take: "nft delete table inet trestle",
    code: 108,
    says: /masquerade4|trestle/,
  },
  {
    what: "a namespace without a free interface name",
    put: "ip -n one link add eth0 type bridge",
    take: "ip -n one link del eth0",
    code: 103,
    says: /eth0/,
  },
];

async function expectAsBefore(node: FakeNode, before: Snapshot, what: string): Promise<void> {
  const left = diff(before, await node.snapshot(), { ignore: remainsAfterFailure() });
  expect({ what, left }).toEqual({ what, left: [] });
}

async function nodeWithOne(start: () => Promise<FakeNode>): Promise<FakeNode> {
  const node = await start();
  await node.addNamespace("one");
  return node;
}

const needs = { plugins: ["bridge", "host-local"], commands: ["nft", "strace", "iptables"] };

describeWith(needs, "a failed ADD of bridge", () => {
  test.each(obstacles)(
    "by $what leaves nothing, and the next one works",
    async ({ put, take, code, says, config = fullNetwork() }) => {
      const node = await startNode();
      await node.addNamespace("one");
      await node.run("sh", ["-ec", put]);
      const before = await node.snapshot();
      const failure = await refused(node, "ADD", config, one);
      expect(failure).toMatchObject({ code, msg: expect.stringMatching(says), cniVersion: "1.1.0" });
      await expectAsBefore(node, before, "after the failure");
      await node.run("sh", ["-ec", take]);
      const added = await attach(node, config, one);
      await expectHealthy(node, config, added, one);
      await detach(node, config, one);
    },
  );

  test.each(faults)(
    "whichever %s fails with %s leaves nothing, on a host without networks",
    async (call, error) => {
      const config = fullNetwork();
      const tidy = async (used: FakeNode) => used.run("ip", ["link", "del", "br0"]);
      const start = async () => nodeWithOne(startNode);
      const { wrong, reached, node } = await failEach(start, { call, error }, { config, tidy });
      expect(wrong).toEqual([]);
      expect(reached).toBeGreaterThan(0);
      await detach(node, fullNetwork(), one);
      await attach(node, fullNetwork(), one);
      expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
    },
  );

  test("whichever sendto fails leaves nothing beside another container", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.addNamespace("other");
    const other = { netns: "other", containerId: "other" };
    const added = await attach(node, fullNetwork(), other);
    const before = await node.snapshot();
    const left: string[] = [];
    let reached = 0;
    for (let when = 1; when < plenty; when += 1) {
      const ended = await addWithFault(node, fullNetwork(), { call: "sendto", error: "EIO", when });
      if (!ended.injected) {
        break;
      }
      reached = when;
      if (ended.exitCode === 0) {
        await detach(node, fullNetwork(), one);
      }
      left.push(...diff(before, await node.snapshot(), { ignore: remainsAfterFailure() }));
      await expectHealthy(node, fullNetwork(), added, other);
    }
    expect(left).toEqual([]);
    expect(reached).toBeGreaterThan(4);
  });

  test("a failed ADD of an attachment that exists leaves it whole", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const added = await attach(node, fullNetwork(), one);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", fullNetwork(), one)).toMatchObject({ code: 103 });
    await expectAsBefore(node, before, "after the second ADD");
    await expectHealthy(node, fullNetwork(), added, one);
    expect(await leases(node)).toEqual(["10.1.0.2", "fd00:1::2"]);
  });

  test("with iptables a failed rule leaves no rule", async () => {
    const node = await nodeWithOne(startNode);
    await node.run("sh", ["-ec", onlyIpv4Tables]);
    const before = await node.snapshot();
    const config = fullNetwork({ ipMasqBackend: "iptables" });
    expect(await refused(node, "ADD", config, one)).toMatchObject({
      msg: expect.stringContaining("ip6tables"),
    });
    await expectAsBefore(node, before, "after the failure");
  });
});

/** Programs of which the one for IPv6 does not work, and a table that has been used before, which keeps its chains. */
const onlyIpv4Tables = `
mkdir /var/lib/node/sbin
cp /usr/sbin/xtables-nft-multi /var/lib/node/sbin
ln -s xtables-nft-multi /var/lib/node/sbin/iptables
printf '#!/bin/sh\\necho broken >&2; exit 3\\n' > /var/lib/node/sbin/ip6tables
chmod +x /var/lib/node/sbin/ip6tables
iptables -t nat -N X; iptables -t nat -X X
iptables -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE
mount --bind /var/lib/node/sbin /usr/sbin`;
