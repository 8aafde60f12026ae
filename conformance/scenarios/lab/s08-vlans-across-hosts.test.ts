/** S8: VLANs across two hosts that are joined by a trunk. */
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../../node/index.ts";
import { addressTexts } from "../../node/state.ts";
import { layCable, uplink } from "../cable.ts";
import { type Container, connect } from "../endpoint.ts";
import { expectScene } from "../scene.ts";
import { allPairs, reached } from "../reach.ts";
import { type Layout, layouts, leasing, vlanNetwork } from "../vlan-network.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "tcpdump", "bridge"] };
const subnet = "10.8.0.0/24";

/** Which layout the first and the second host have: on the wire nobody sees a difference. */
const pairsOfLayouts: readonly (readonly [Layout, Layout])[] = [
  ["trunk", "trunk"],
  ["subinterface", "subinterface"],
  ["trunk", "subinterface"],
];

interface World {
  readonly hosts: readonly [FakeNode, FakeNode];
  /** By VLAN, one on each host. */
  readonly ten: readonly [Container, Container];
  readonly twenty: readonly [Container, Container];
}

async function world([first, second]: readonly [Layout, Layout]): Promise<World> {
  const [a, b] = [await startNode(), await startNode()];
  await layCable({ one: { node: a, name: uplink }, other: { node: b, name: uplink } });
  const join = async (node: FakeNode, layout: Layout, vlan: number, number: number) => {
    const ipam = leasing({ subnet, first: vlan + number, count: 1 });
    return connect(node, `${vlan}-${number}`, vlanNetwork(vlan, layout, { ipam }));
  };
  return {
    hosts: [a, b],
    ten: [await join(a, first, 10, 1), await join(b, second, 10, 2)],
    twenty: [await join(a, first, 20, 1), await join(b, second, 20, 2)],
  };
}

describeWith(needs, "S8: VLANs across hosts", () => {
  test.each(pairsOfLayouts)("%s and %s: the same VLAN reaches across, another does not", async (...both) => {
    const { hosts, ten, twenty } = await world(both);
    expect(await reached(allPairs([...ten, ...twenty]))).toEqual([
      "10-1 > 10-2",
      "10-2 > 10-1",
      "20-1 > 20-2",
      "20-2 > 20-1",
    ]);
    for (const node of hosts) expect(await addressTexts(node, null, uplink)).toEqual([]);
  });

  test.each(pairsOfLayouts)("%s and %s: tags on the trunk, none in a container", async (...both) => {
    const { hosts, ten, twenty } = await world(both);
    const [a, b] = hosts;
    await using trunk = await a.capture(uplink, "", { packets: 500 });
    await using farEnd = await b.capture(uplink, "", { packets: 500, isIncoming: true });
    await using inside = await b.capture("eth0", "", { namespace: ten[1].netns });
    await reached(allPairs([...ten, ...twenty]), 1);
    await inside.waitFor(/10\.8\.0\.11 > 10\.8\.0\.12: ICMP echo request/);
    await farEnd.waitFor(/ vlan 10, .* 10\.8\.0\.11 > 10\.8\.0\.12: ICMP echo request/);
    await farEnd.waitFor(/ vlan 20, .* 10\.8\.0\.21 > 10\.8\.0\.22: ICMP echo request/);
    const onTrunk = await trunk.stop();
    for (const [vlan, members] of [[10, ten] as const, [20, twenty] as const]) {
      const sent = onTrunk.filter((line) => members.some(({ mac }) => line.startsWith(`${mac} > `)));
      expect(sent.length).toBeGreaterThan(0);
      expect(sent.filter((line) => !line.includes(`ethertype 802.1Q (0x8100)`))).toEqual([]);
      expect(sent.filter((line) => !line.includes(` vlan ${vlan}, `))).toEqual([]);
    }
    expect((await inside.stop()).filter((line) => /802\.1Q|vlan/.test(line))).toEqual([]);
  });

  test.each(layouts)("control, %s: without the cable nobody reaches across", async (layout) => {
    const { hosts, ten } = await world([layout, layout]);
    expect(await reached(allPairs(ten))).toEqual(["10-1 > 10-2", "10-2 > 10-1"]);
    await expectScene(`s08-${layout}`, {
      hosts: { host1: hosts[0], host2: hosts[1] },
      cables: [`host1/${uplink}=host2/${uplink}`],
    });
    await hosts[0].run("ip", ["link", "del", uplink]);
    expect(await reached(allPairs(ten), 1)).toEqual([]);
  });
});
