/** S12: what many tools tell piece by piece, in one place. */
import { expect, test } from "@jest/globals";
import { fullNetwork } from "../kernel/network.ts";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { link } from "../node/state.ts";
import { connect } from "./endpoint.ts";
import { learned } from "./learned.ts";
import { allPairs, reached } from "./reach.ts";
import { show, shown } from "./show.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "bridge"] };

describeWith(needs, "S12: looking at it", () => {
  test("bridges with their ports, learned addresses and owners, as brctl, bridge and ip netns tell", async () => {
    const node = await startNode();
    await node.addOutsideHost();
    const [one, two] = [await connect(node, "one", fullNetwork()), await connect(node, "two", fullNetwork())];
    await reached(allPairs([one, two]));

    const [bridge] = (await shown(node)).bridges;
    const { address: mac } = await link(node, null, "br0");
    expect(bridge).toMatchObject({ name: "br0", mac, stp: false });
    const known = await learned(node, "br0");
    for (const { mac: own, hostEnd, name, address } of [one, two]) {
      const port = bridge?.ports.find((found) => found.name === hostEnd);
      expect(port).toMatchObject({
        role: "container",
        owner: { network: "net", containerId: name, ifname: "eth0" },
        endpoint: { namespace: name, mac: own, addresses: expect.arrayContaining([`${address}/24`]) },
      });
      expect(port?.learned.map((entry) => known.get(entry.mac))).toEqual([hostEnd]);
    }
  });

  test("the table has all of it in words, and the picture names everybody", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    const one = await connect(node, "one", fullNetwork());
    const [table, picture] = [await show(node), await show(node, "--graph", "svg")];
    for (const word of ["br0", one.hostEnd, "one", "eth0", one.mac, `${one.address}/24`, outside.uplink])
      expect(table).toContain(word);
    for (const word of ["br0", "one", one.address, outside.uplink]) expect(picture).toContain(word);
  });
});
