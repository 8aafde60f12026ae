/** S5: the physical interface joins the bridge, and its address has to move. */
import { expect, test } from "@jest/globals";
import { detach } from "../kernel/attachment.ts";
import { plainBridge } from "../kernel/network.ts";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import type { OutsideHost } from "../node/outside-host.ts";
import { addressTexts, routes } from "../node/state.ts";
import { connect, host, place } from "./endpoint.ts";
import { expectScene } from "./scene.ts";
import { allPairs, nameOf, reached } from "./reach.ts";
import { pingOn } from "./running-ping.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "tcpdump"] };

/** Containers get addresses of the network that the host is in, and its gateway. */
const range = { subnet: "198.51.100.0/24", rangeStart: "198.51.100.100", gateway: "198.51.100.2" };
const network = plainBridge({
  uplink: "uplink0",
  uplinkAddress: "move",
  ipam: { type: "host-local", ranges: [[range]], routes: [{ dst: "0.0.0.0/0" }] },
});

async function world(): Promise<{ node: FakeNode; outside: OutsideHost }> {
  const node = await startNode();
  return { node, outside: await node.addOutsideHost() };
}

/** By which interface the host's default route leads. */
async function wayOut(node: FakeNode): Promise<string | undefined> {
  return (await routes(node, null, 4)).find(({ dst }) => dst === "default")?.dev;
}

describeWith(needs, "S5: the physical interface joins the bridge", () => {
  test("control: by hand, its address is of no use any more until it moves", async () => {
    const { node, outside } = await world();
    expect(await node.ping(null, outside.address)).toMatchObject({ received: 1 });
    await node.run("sh", [
      "-ec",
      "ip link add bare up type bridge; ip link set uplink0 master bare; ip neigh flush dev uplink0",
    ]);
    expect(await node.ping(null, outside.address)).toMatchObject({ received: 0 });
  });

  test("the host keeps reaching its gateway, and containers are in the physical network", async () => {
    const { node, outside } = await world();
    const gateway = place(node, { netns: outside.name, name: "outside", address: outside.address });
    const ping = await pingOn({ node, netns: null }, outside.address);
    const one = await connect(node, "one", network);
    const two = await connect(node, "two", network);

    expect(await wayOut(node)).toBe("br0");
    expect(await addressTexts(node, null, "uplink0")).toEqual([]);
    const pairs = allPairs([host(node, outside.nodeAddress), gateway, one, two]);
    expect(await reached(pairs)).toEqual(pairs.map(nameOf));
    const { sent, lost } = await ping.stop();
    expect(sent).toBeGreaterThan(5);
    expect(lost).toBeLessThanOrEqual(1);
    await expectScene("s05", { hosts: { host: node } });
  });

  test("no NAT: the outside sees a container's own address, and reaches it first", async () => {
    const { node, outside } = await world();
    const one = await connect(node, "one", network);
    await using cable = await node.capture("eth0", "icmp", { namespace: outside.name });
    expect(await node.ping(outside.name, one.address)).toMatchObject({ received: 1 });
    await cable.waitFor(new RegExp(`^${one.mac} > .* ${one.address} > ${outside.address}: ICMP echo reply`));
    expect(await one.ping(outside.address)).toBe(true);
    await cable.waitFor(
      new RegExp(`^${one.mac} > .* ${one.address} > ${outside.address}: ICMP echo request`),
    );
  });

  test("everything moves back when the last one leaves, also without a gap", async () => {
    const { node, outside } = await world();
    const before = await node.snapshot();
    for (const name of ["one", "two"]) await connect(node, name, network);
    const ping = await pingOn({ node, netns: null }, outside.address);
    await detach(node, network, { netns: "one", containerId: "one" });
    expect(await wayOut(node)).toBe("br0");
    await detach(node, network, { netns: "two", containerId: "two" });
    expect(await wayOut(node)).toBe("uplink0");
    expect((await ping.stop()).lost).toBeLessThanOrEqual(1);
    const own = /^. network \/ (links|addresses|routes|settings) \/ .*uplink0/;
    expect(diff(before, await node.snapshot()).filter((line) => own.test(line))).toEqual([]);
    expect(await node.ping(null, outside.address)).toMatchObject({ received: 1 });
  });
});
