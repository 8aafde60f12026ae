/** S3: three containers on one bridge, with a gateway. */
import { expect, test } from "@jest/globals";
import { expectHealthy } from "../kernel/attachment.ts";
import { bridgeNetwork, hostLocal } from "../kernel/network.ts";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { addressTexts, links, routes } from "../node/state.ts";
import { connect, host } from "./endpoint.ts";
import { learned } from "./learned.ts";
import { expectScene } from "./scene.ts";
import { allPairs, nameOf, reached } from "./reach.ts";
import { addStranger } from "./stranger.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "bridge"] };
const network = bridgeNetwork({ isDefaultGateway: true, ipam: hostLocal("172.17.0.0/16") });

describeWith(needs, "S3: three containers and a gateway", () => {
  test("any reaches any, the gateway, and the host any; addresses are learned at their ports", async () => {
    const node = await startNode();
    const containers = [
      await connect(node, "one", network),
      await connect(node, "two", network),
      await connect(node, "three", network),
    ];
    expect(containers.map(({ address }) => address)).toEqual(["172.17.0.2", "172.17.0.3", "172.17.0.4"]);
    expect(await addressTexts(node, null, "br0")).toEqual(["172.17.0.1/16"]);

    const pairs = allPairs([host(node, "172.17.0.1"), ...containers]);
    expect(await reached(pairs)).toEqual(pairs.map(nameOf));
    const ports = await learned(node, "br0");
    expect(ports).toEqual(new Map(containers.map(({ mac, hostEnd }) => [mac, hostEnd])));

    for (const { netns, address, added } of containers) {
      expect((await links(node, netns)).map(({ ifname }) => ifname)).toEqual(["lo", "eth0"]);
      expect(await addressTexts(node, netns, "eth0")).toEqual([`${address}/16`]);
      expect(await routes(node, netns, 4)).toMatchObject([{ dst: "default", gateway: "172.17.0.1" }]);
      await expectHealthy(node, network, added, { netns, containerId: netns });
    }
    await expectScene("s03", { hosts: { host: node } });
  });

  test("a namespace that is not attached reaches none, and is reached by none", async () => {
    const node = await startNode();
    const one = await connect(node, "one", network);
    const two = await connect(node, "two", network);
    const stranger = await addStranger(node, "172.17.0.9", 16);
    expect(await reached(allPairs([one, two, stranger]))).toEqual(["one > two", "two > one"]);
  });
});
