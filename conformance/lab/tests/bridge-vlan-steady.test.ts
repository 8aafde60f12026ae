/** One in a VLAN while others come and go. */
import { expect, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../../node/index.ts";
import { attach, detach, expectHealthy } from "../../kernel/attachment.ts";
import { link } from "../../node/state.ts";
import { pingOn } from "../../scenarios/running-ping.ts";
import { addNamespaces, gateways, routedSegment, whose } from "./vlan-state.ts";

const startNode = nodesPerTest();

const needs = { plugins: ["bridge", "host-local"], commands: ["bridge", "ping", "nft"] };

describeWith(needs, "a container in a VLAN", () => {
  test("loses no packet and sees one MAC address while others come and go", async () => {
    const node = await startNode();
    await addNamespaces(node, ["stays", "other"]);
    const config = routedSegment(10);
    const added = await attach(node, config, whose("stays"));
    const { address } = await link(node, null, "br0");
    const ping = await pingOn({ node, netns: "stays" }, "10.1.10.1");
    for (let round = 0; round < 20; round += 1) {
      const other = round % 4 === 0 ? config : routedSegment(20);
      await attach(node, other, whose("other"));
      expect((await link(node, null, "br0")).address).toBe(address);
      await detach(node, other, whose("other"));
    }
    expect((await ping.stop()).lost).toBe(0);
    expect(await gateways(node)).toEqual(["br0.10"]);
    expect((await link(node, null, "br0.10")).address).toBe(address);
    await expectHealthy(node, config, added, whose("stays"));
  });
});
