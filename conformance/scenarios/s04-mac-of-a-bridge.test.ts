/** S4: the MAC address of a bridge, which containers keep as that of their gateway. */
import { expect, test } from "@jest/globals";
import { detach } from "../kernel/attachment.ts";
import { bridgeNetwork } from "../kernel/network.ts";
import { type FakeNode, describeWith, nodesPerTest } from "../node/index.ts";
import { link } from "../node/state.ts";
import { attachAgain, connect } from "./endpoint.ts";
import { expectScene } from "./scene.ts";
import { pingOn } from "./running-ping.ts";

const startNode = nodesPerTest();
const rounds = 100;

async function macOf(node: FakeNode, bridge: string): Promise<string> {
  return (await link(node, null, bridge)).address;
}

/** The gateway's MAC address as a container remembers it. */
async function remembered(node: FakeNode, netns: string): Promise<string | undefined> {
  const { stdout } = await node.inNamespace(netns, "ip", ["-j", "neigh", "show", "10.1.0.1"]);
  const neighbours: readonly { readonly lladdr?: string }[] = JSON.parse(stdout);
  return neighbours[0]?.lladdr;
}

describeWith(
  { plugins: ["trestle", "bridge", "host-local"], commands: ["ping"] },
  "S4: the MAC address of a bridge",
  () => {
    test("control: without one of its own it is the lowest of its ports', and changes with them", async () => {
      const node = await startNode();
      const add = async (port: string, mac: string) => {
        await node.run("ip", ["link", "add", port, "address", mac, "master", "bare", "type", "veth"]);
      };
      await node.run("ip", ["link", "add", "bare", "type", "bridge"]);
      await add("high", "02:00:00:00:00:50");
      expect(await macOf(node, "bare")).toBe("02:00:00:00:00:50");
      await add("low", "02:00:00:00:00:10");
      expect(await macOf(node, "bare")).toBe("02:00:00:00:00:10");
      await add("higher", "02:00:00:00:00:60");
      expect(await macOf(node, "bare")).toBe("02:00:00:00:00:10");
      await node.run("ip", ["link", "del", "low"]);
      expect(await macOf(node, "bare")).toBe("02:00:00:00:00:50");
      // Any address can be set on the kernels of today, not only a port's, and then it stays.
      await node.run("ip", ["link", "set", "bare", "address", "02:00:00:00:00:99"]);
      await add("lowest", "02:00:00:00:00:01");
      expect(await macOf(node, "bare")).toBe("02:00:00:00:00:99");
    });

    test(`ours stays through ${rounds} rounds of other containers; no answer of the gateway is lost`, async () => {
      const node = await startNode();
      await connect(node, "one", bridgeNetwork());
      await node.addNamespace("other");
      expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
      const before = await macOf(node, "br0");
      expect(await remembered(node, "one")).toBe(before);

      await attachAgain(node, "other", bridgeNetwork());
      await expectScene("s04", { hosts: { host: node } });
      await detach(node, bridgeNetwork(), { netns: "other", containerId: "other" });

      const ping = await pingOn({ node, netns: "one" }, "10.1.0.1");
      // As low as can be: it would be the bridge's, were that not pinned.
      await node.run("ip", [
        "link",
        "add",
        "low",
        "address",
        "02:00:00:00:00:01",
        "master",
        "br0",
        "type",
        "veth",
      ]);
      for (let round = 0; round < rounds; round += 1) {
        const containerId = `round-${round}`;
        await attachAgain(node, "other", bridgeNetwork(), { containerId });
        await detach(node, bridgeNetwork(), { netns: "other", containerId });
      }
      await node.run("ip", ["link", "del", "low"]);
      const { sent, lost } = await ping.stop();

      expect(await macOf(node, "br0")).toBe(before);
      expect(await remembered(node, "one")).toBe(before);
      expect(sent).toBeGreaterThan(20);
      expect(lost).toBe(0);
    });
  },
);
