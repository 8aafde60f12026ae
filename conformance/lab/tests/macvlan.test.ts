/** The macvlan plugin on an interface of a VRF. All else is tested on any kernel (conformance/kernel/macvlan.test.ts). */
import { expect, test } from "@jest/globals";
import { attach, call, detach, expectHealthy } from "../../kernel/attachment.ts";
import type { Config } from "../../kernel/network.ts";
import { remainsAfterDel } from "../../kernel/remains.ts";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { link } from "../../node/state.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };
const ranges = [[{ subnet: "198.51.100.0/24", rangeStart: "198.51.100.10", gateway: "198.51.100.2" }]];
const config: Config = {
  cniVersion: "1.1.0",
  name: "net",
  type: "macvlan",
  master: "uplink0",
  enabledad: false,
  ipam: { type: "host-local", ranges, routes: [{ dst: "0.0.0.0/0" }] },
};

const world = `
ip link add red up type vrf table 10
ip link set uplink0 master red`;

describeWith({ plugins: ["macvlan", "host-local"] }, "macvlan", () => {
  test("a master in a VRF is none that is taken: it stays there, and the container reaches its network", async () => {
    const node = await startNode();
    await node.addOutsideHost();
    await node.run("sh", ["-ec", world]);
    await node.addNamespace("one");
    const before = await node.snapshot();
    const nobody = { containerId: "", ifname: "" };
    expect(await call(node, "STATUS", config, nobody)).toMatchObject({ exitCode: 0 });
    const added = await attach(node, config, one);
    expect(await link(node, null, "uplink0")).toMatchObject({ master: "red" });
    expect((await link(node, "one", "eth0")).link_index).toBe((await link(node, null, "uplink0")).ifindex);
    expect(await node.ping("one", "198.51.100.2")).toMatchObject({ received: 1 });
    await expectHealthy(node, config, added, one);
    await detach(node, config, one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });
});
