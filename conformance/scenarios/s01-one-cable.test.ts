/** S1: two network namespaces, one cable. */
import { expect, test } from "@jest/globals";
import { expectHealthy, refused } from "../kernel/attachment.ts";
import { four, hostLocal } from "../kernel/network.ts";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { link, linkToGo, links } from "../node/state.ts";
import { connect, host } from "./endpoint.ts";
import { expectScene } from "./scene.ts";
import { allPairs, reached } from "./reach.ts";
import { addStranger } from "./stranger.ts";

const startNode = nodesPerTest();
const network = { cniVersion: "1.1.0", name: "net", type: "ptp", ipam: hostLocal(four) };

describeWith(
  { plugins: ["trestle", "ptp", "host-local"], commands: ["ping"] },
  "S1: two namespaces, one cable",
  () => {
    test("both ends reach each other, a third namespace nobody", async () => {
      const node = await startNode();
      const one = await connect(node, "one", network);
      const end = await link(node, null, one.hostEnd);
      expect(end).toMatchObject({ link_index: (await link(node, "one", "eth0")).ifindex });
      expect(end.master).toBeUndefined();
      await expectScene("s01", { hosts: { host: node } });
      const third = await addStranger(node, "10.1.0.9", 24);
      const all = [host(node, "10.1.0.1"), one, third];
      expect(await reached(allPairs(all))).toEqual(["host > one", "one > host"]);
      await expectHealthy(node, network, one.added, { netns: "one", containerId: "one" });
    });

    test("what one end sends arrives at the other, and at no other cable", async () => {
      const node = await startNode();
      const [one, two] = [await connect(node, "one", network), await connect(node, "two", network)];
      await using cable = await node.capture(one.hostEnd, "icmp");
      await using other = await node.capture(two.hostEnd, "icmp");
      expect(await one.ping("10.1.0.1")).toBe(true);
      await cable.waitFor(/ 10\.1\.0\.2 > 10\.1\.0\.1: ICMP echo request/);
      expect(await other.stop()).toEqual([]);
    });

    test.each(["host", "container"])("deleting the %s's end removes both", async (side) => {
      const node = await startNode();
      const one = await connect(node, "one", network);
      await node.run(
        "ip",
        side === "host" ? ["link", "del", one.hostEnd] : ["-n", "one", "link", "del", "eth0"],
      );
      await linkToGo(node, one.hostEnd);
      expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
      const config = { ...network, prevResult: one.added };
      const whose = { netns: "one", containerId: "one" };
      expect(await refused(node, "CHECK", config, whose)).toMatchObject({ code: 107 });
    });
  },
);
