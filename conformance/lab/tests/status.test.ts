/** STATUS where there are VLANs: ready as long as an ADD would work, and nothing is changed to find out. */
import { expect, test } from "@jest/globals";
import { attach, call, refused, silence } from "../../kernel/attachment.ts";
import { type Config, hostLocal, plainBridge } from "../../kernel/network.ts";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { nodeWithCable, one, subinterface, tagged } from "./uplink-world.ts";
import { routedSegment, segment } from "./vlan-state.ts";

const startNode = nodesPerTest();

const vlan = {
  cniVersion: "1.1.0",
  name: "net",
  type: "vlan",
  master: "up0",
  vlanId: 10,
  ipam: hostLocal("10.1.10.0/24"),
};

const networks: readonly Config[] = [
  segment(10),
  plainBridge({ vlanTrunk: [] }),
  routedSegment(10),
  tagged(10),
  subinterface(10),
  segment(10, { type: "tap" }),
  vlan,
  { ...vlan, master: "eth0", linkInContainer: true },
  { ...vlan, type: "macvlan" },
];

/** What keeps an ADD from working, and what mends it. */
const obstacles: [what: string, made: string, config: Config, mended: string][] = [
  [
    "an uplink that is somebody's port without the VLAN",
    "ip link add br0 up type bridge vlan_filtering 1; ip link set up0 up master br0",
    tagged(10),
    "bridge vlan add dev up0 vid 10",
  ],
  [
    "an uplink that is the port of a bridge that does not filter",
    "ip link add br0 up type bridge; ip link set up0 up master br0",
    tagged(10),
    "bridge vlan add dev up0 vid 10",
  ],
  [
    "ports that would be cut off",
    "ip link add br0 up type bridge vlan_default_pvid 0; ip link set up0 up master br0",
    segment(10),
    "ip link set br0 type bridge vlan_filtering 1",
  ],
  [
    "something that is called like the gateway of a bridge to be made",
    "ip link add br0.10 type dummy",
    routedSegment(10),
    "ip link del br0.10",
  ],
];

describeWith(
  { plugins: ["bridge", "tap", "vlan", "macvlan", "host-local"], commands: ["bridge"] },
  "STATUS",
  () => {
    test("is ready for whatever has to do with VLANs, and changes nothing", async () => {
      const node = await nodeWithCable(startNode, "ip link set up0 up");
      const before = await node.snapshot();
      for (const config of networks) {
        const { exitCode, stdout } = await call(node, "STATUS", config, { containerId: "" });
        expect({ config, exitCode, stdout }).toEqual({ config, exitCode: 0, stdout: "" });
      }
      expect(diff(before, await node.snapshot())).toEqual([]);
    });

    test.each(obstacles)(
      "tells of %s what ADD would, until it is mended",
      async (_what, made, config, mended) => {
        const node = await nodeWithCable(startNode, made);
        const { msg, details } = await refused(node, "ADD", config, one);
        const refusal = { code: 50, msg, details };
        expect(await refused(node, "STATUS", config, { containerId: "" })).toMatchObject(refusal);
        await node.run("sh", ["-ec", mended]);
        expect(await call(node, "STATUS", config, { containerId: "" })).toMatchObject(silence);
        await attach(node, config, one);
        expect(await call(node, "STATUS", config, { containerId: "" })).toMatchObject(silence);
      },
    );
  },
);
