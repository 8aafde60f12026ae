/** S7: VLANs keep endpoints of one host and one IP subnet apart. */
import { expect, test } from "@jest/globals";
import { expectHealthy, refused } from "../../kernel/attachment.ts";
import { describeWith, nodesPerTest } from "../../node/index.ts";
import { layCable, uplink } from "../cable.ts";
import { type Container, connect } from "../endpoint.ts";
import { expectScene } from "../scene.ts";
import { allPairs, reached } from "../reach.ts";
import { type Layout, layouts, leasing, vlanNetwork } from "../vlan-network.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "tcpdump", "bridge"] };
const subnet = "10.7.0.0/24";

function network(vlan: number, layout: Layout) {
  return vlanNetwork(vlan, layout, { ipam: leasing({ subnet, first: vlan }) });
}

/** One in VLAN 10 and two in VLAN 20, on a host whose uplink leads to another one that is not told anything. */
async function world(layout: Layout): Promise<readonly [Container, Container, Container]> {
  const [node, other] = [await startNode(), await startNode()];
  await layCable({ one: { node, name: uplink }, other: { node: other, name: uplink } });
  return [
    await connect(node, "ten", network(10, layout)),
    await connect(node, "twenty", network(20, layout)),
    await connect(node, "too", network(20, layout)),
  ];
}

describeWith(needs, "S7: VLANs isolate on one host", () => {
  test.each(layouts)("%s: those of one VLAN reach each other, and nobody else", async (layout) => {
    const [ten, twenty, too] = await world(layout);
    expect([ten, twenty, too].map(({ address }) => address)).toEqual(["10.7.0.10", "10.7.0.20", "10.7.0.21"]);
    expect(await reached(allPairs([ten, twenty, too]))).toEqual(["twenty > too", "too > twenty"]);
    for (const [container, vlan] of [[ten, 10] as const, [twenty, 20] as const]) {
      const whose = { netns: container.netns, containerId: container.netns };
      await expectHealthy(container.node, network(vlan, layout), container.added, whose);
    }
    await expectScene(`s07-${layout}`, { hosts: { host: ten.node } });
  });

  test("a bridge that would make one of two VLANs is refused, and they stay apart", async () => {
    const [ten, twenty, too] = await world("subinterface");
    await ten.node.addNamespace("thirty");
    const config = { ...network(30, "subinterface"), bridge: "br10" };
    const whose = { netns: "thirty", containerId: "thirty" };
    expect(await refused(ten.node, "ADD", config, whose)).toMatchObject({
      code: 104,
      msg: expect.stringContaining("one network of VLAN 30 and VLAN 10"),
    });
    expect(await reached(allPairs([ten, twenty, too]))).toEqual(["twenty > too", "too > twenty"]);
  });

  test.each(layouts)("%s: not even a broadcast leaves its VLAN", async (layout) => {
    const [ten, twenty, too] = await world(layout);
    const captures = await Promise.all(
      [ten, twenty, too].map(async ({ node, netns }) => node.capture("eth0", "arp", { namespace: netns })),
    );
    await reached(allPairs([ten, twenty, too]), 1);
    const arrives = async (index: number, { mac }: Container) =>
      captures[index]?.waitFor(new RegExp(`^${mac} > `));
    await Promise.all([arrives(0, ten), arrives(1, twenty), arrives(2, twenty), arrives(1, too)]);
    const [byTen = [], byTwenty = [], byToo = []] = await Promise.all(
      captures.map(async (capture) => capture.stop()),
    );
    const from = ({ mac }: Container, lines: readonly string[]) =>
      lines.filter((line) => line.startsWith(`${mac} > `));
    // Each asked for the others.
    expect(from(ten, byTen).length).toBeGreaterThan(0);
    expect(from(twenty, byTwenty).length).toBeGreaterThan(0);
    // The control: within VLAN 20 questions and answers arrive.
    expect(from(twenty, byToo).length).toBeGreaterThan(0);
    expect(from(too, byTwenty).length).toBeGreaterThan(0);
    expect([...from(ten, byTwenty), ...from(ten, byToo)]).toEqual([]);
    expect([...from(twenty, byTen), ...from(too, byTen)]).toEqual([]);
  });
});
