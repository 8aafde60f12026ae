/** S2: a bridge takes its ports away from the host, so an address on a port is of no use, and belongs on the bridge. */
import { expect, test } from "@jest/globals";
import { bridgeNetwork, four, hostLocal, plainBridge } from "../kernel/network.ts";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { addressTexts, link } from "../node/state.ts";
import { connect, host } from "./endpoint.ts";
import { expectScene } from "./scene.ts";
import { allPairs, reached } from "./reach.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["trestle", "bridge", "host-local"], commands: ["ping", "tcpdump"] };

describeWith(needs, "S2: a bridge takes the port away from the host", () => {
  test("an address on the port: the answer goes to the bridge, and the host does not hear it", async () => {
    const node = await startNode();
    const one = await connect(node, "one", plainBridge({ ipam: hostLocal(four) }));
    // By hand, as no plugin must.
    await node.run("ip", ["addr", "add", "10.1.0.1/24", "dev", one.hostEnd]);
    await expectScene("s02-port", { hosts: { host: node } });
    const { address: portMac } = await link(node, null, one.hostEnd);
    await using bridge = await node.capture("br0", "arp", { isIncoming: true });
    await using inside = await node.capture("eth0", "arp", { namespace: "one" });

    expect(await reached(allPairs([host(node, "10.1.0.1"), one]))).toEqual([]);

    await inside.waitFor(/Request who-has 10\.1\.0\.2 tell 10\.1\.0\.1/);
    await inside.waitFor(new RegExp(`> ${portMac}, .*Reply 10\\.1\\.0\\.2 is-at ${one.mac}`));
    await bridge.waitFor(new RegExp(`> ${portMac}, .*Reply 10\\.1\\.0\\.2 is-at ${one.mac}`));
  });

  test("the address on the bridge: both hear each other, and no port has an address", async () => {
    const node = await startNode();
    const one = await connect(node, "one", bridgeNetwork());
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24"]);
    expect(await addressTexts(node, null, one.hostEnd)).toEqual([]);
    await expectScene("s02-bridge", { hosts: { host: node } });
    const pairs = allPairs([host(node, "10.1.0.1"), one]);
    expect(await reached(pairs)).toEqual(["host > one", "one > host"]);
  });

  test("moved by hand from the port to the bridge, the address works", async () => {
    const node = await startNode();
    const one = await connect(node, "one", plainBridge({ ipam: hostLocal(four) }));
    await node.run("ip", ["addr", "add", "10.1.0.1/24", "dev", one.hostEnd]);
    const pairs = allPairs([host(node, "10.1.0.1"), one]);
    expect(await reached(pairs, 1)).toEqual([]);
    await node.run("ip", ["addr", "del", "10.1.0.1/24", "dev", one.hostEnd]);
    await node.run("ip", ["addr", "add", "10.1.0.1/24", "dev", "br0"]);
    expect(await reached(pairs)).toEqual(["host > one", "one > host"]);
  });
});
