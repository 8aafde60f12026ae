import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, detach } from "./attachment.ts";
import { fullNetwork, hostLocal } from "./network.ts";
import { clean, type Refusal, expectToWork, refuse } from "./refusal.ts";
import { addressTexts } from "../node/state.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["bridge", "host-local"], commands: ["nft"] };
const config = fullNetwork();

async function nodeAfter(script: string): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("pod");
  await node.run("sh", ["-ec", script]);
  return node;
}

const failedLate = [
  // Folders of host-local stay, with its lock and the note on the address given last.
  /^[+~] files \/ \/var\/lib\/cni\/networks(\/net)?: /,
  /^[+~] files \/ \/var\/lib\/cni\/networks\/net\/(lock|last_reserved_ip\.\d)(: | \/ content: )/,
  // Forwarding stays as well: others may rely on it by now.
  /^~ network \/ settings \/ ipv[46].* \/ (ip_forward|forwarding|accept_redirects): /,
];

/** A bridge of somebody else, with a MAC address that does not follow its ports. */
const bridge = "ip link add br0 address 02:00:00:00:00:b0 type bridge; ip link set br0 up";

/** What is in the way, how it comes there, code, what must be said. */
const obstacles: [what: string, script: string, code: number, says: Refusal["says"]][] = [
  [
    "a veth with the bridge's name",
    "ip link add br0 type veth peer name x",
    104,
    ['"br0"', "not a bridge", "veth"],
  ],
  [
    "a macvlan with the bridge's name",
    "ip link add x type veth peer name y; ip link add br0 link x type macvlan mode bridge",
    104,
    ['"br0"', "not a bridge", "macvlan"],
  ],
  [
    "eth0 in the container",
    "ip -n pod link add eth0 type veth peer name x",
    103,
    ['"eth0"', "in use", "/run/netns/pod"],
  ],
  [
    "another IPv4 address on the bridge",
    `${bridge}; ip addr add 10.9.0.1/24 brd + dev br0`,
    104,
    ['"br0"', "10.9.0.1/24", "10.1.0.1/24", "forceAddress"],
  ],
  [
    "the gateway's address with another length on the bridge",
    `${bridge}; ip addr add 10.1.0.1/16 dev br0`,
    104,
    ['"br0"', "10.1.0.1/16", "10.1.0.1/24", "forceAddress"],
  ],
  [
    "an overlapping IPv6 address on the bridge",
    `${bridge}; ip addr add fd00:1::9/64 dev br0 nodad`,
    104,
    ['"br0"', "fd00:1::9/64", "fd00:1::1/64", "forceAddress"],
  ],
  [
    "a table of our name that is not ours",
    "nft 'add table inet trestle; add set inet trestle masquerade4 { type ipv4_addr; }'",
    108,
    ["inet trestle", "not made by this program", "nft delete table"],
  ],
  [
    "a chain of our name that is not ours",
    "nft 'add table inet trestle; add chain inet trestle egress4 { type filter hook input priority 0; }'",
    108,
    ["inet trestle", "not made by this program", "nft delete table"],
  ],
];

describeWith(needs, "things in the way of an ADD", () => {
  test.each(obstacles)("%s", async (_what, script, code, says) => {
    const node = await nodeAfter(script);
    expect(await refuse(node, { config }, { code, says }, failedLate)).toEqual(clean);
    await expectToWork(node, fullNetwork({ bridge: "br1", ipMasq: false, ipam: hostLocal("10.3.0.0/24") }), {
      ifname: "net0",
    });
  });

  test("lo, which every container has", async () => {
    const node = await nodeAfter("true");
    expect(
      await refuse(node, { config, ifname: "lo" }, { code: 103, says: ['"lo"', "in use", "CNI_IFNAME"] }),
    ).toEqual(clean);
    await expectToWork(node, config);
  });

  const conflicting = `${bridge}; ip addr add 10.9.0.1/24 brd + dev br0`;

  test("forceAddress puts the gateway's address in the place of another, and DEL leaves it", async () => {
    const node = await nodeAfter(`${conflicting}; ip addr add fd00:9::1/64 dev br0 nodad`);
    const forced = fullNetwork({ forceAddress: true });
    await attach(node, forced, { netns: "pod" });
    expect((await addressTexts(node, null, "br0")).toSorted()).toEqual([
      "10.1.0.1/24",
      "fd00:1::1/64",
      "fd00:9::1/64",
    ]);
    await detach(node, forced, { netns: "pod" });
    expect(await addressTexts(node, null, "br0")).toContain("10.1.0.1/24");
  });

  test("a forced address is taken back when a later step fails", async () => {
    const node = await nodeAfter(
      `${conflicting}; nft 'add table inet trestle; add map inet trestle masquerade4 { type ipv4_addr : verdict; }'`,
    );
    expect(
      await refuse(
        node,
        { config: fullNetwork({ forceAddress: true }) },
        { code: 108, says: ["inet trestle", "not made by this program"] },
        failedLate,
      ),
    ).toEqual(clean);
    expect(await addressTexts(node, null, "br0")).toEqual(["10.9.0.1/24"]);
  });

  test("a bridge without a MAC address of its own keeps the one that it has when an ADD fails", async () => {
    const node = await nodeAfter(
      "ip link add br0 type bridge; ip link set br0 up; ip addr add 10.9.0.1/24 dev br0",
    );
    expect(await refuse(node, { config }, { code: 104, says: ["10.9.0.1/24"] }, failedLate)).toEqual(clean);
  });

  test("a failed ADD with its DEL leaves another container of the bridge alone", async () => {
    const node = await nodeAfter("ip netns add first");
    await attach(node, config, { netns: "first", containerId: "first" });
    const before = await node.snapshot();
    expect(
      await refuse(
        node,
        { config: fullNetwork({ ipam: hostLocal("10.7.0.0/24") }) },
        { code: 104, says: ["10.7.0.1/24", "10.1.0.1/24"] },
        failedLate,
      ),
    ).toEqual(clean);
    await detach(node, config, { netns: "pod" });
    expect(diff(before, await node.snapshot(), { ignore: failedLate })).toEqual([]);
    expect(await node.ping("first", "10.1.0.1")).toMatchObject({ received: 1 });
    await expectToWork(node, config);
  });
});
