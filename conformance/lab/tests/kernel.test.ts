/** What the lab is for: its kernel has what the kernel outside may lack. */
import { release } from "node:os";
import { expect, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../../node/index.ts";
import { link } from "../../node/state.ts";

const startNode = nodesPerTest();

/** For each kind of link how ip(8) makes one, with "v0" there as a parent. */
const kinds: [kind: string, options: string][] = [
  ["dummy", ""],
  ["vlan", "link v0 id 10"],
  ["ipvlan", "link v0 mode l2"],
  ["macvlan", "link v0 mode bridge"],
  ["vrf", "table 10"],
  ["vxlan", "id 10 dstport 4789"],
];

describeWith({}, "the lab", () => {
  test("is another kernel", () => {
    expect(release()).toMatch(/^\d+\.\d+\.\d+.*-cloud-amd64$/);
  });

  test.each(kinds)("has links of kind %s", async (kind, options) => {
    const node = await startNode();
    const parent = options.startsWith("link ") ? "link v0 " : "";
    const rest = options.replace(/^link v0 /, "");
    const script = `ip link add v0 type veth peer name v1; ip link add ${parent}name new type ${kind} ${rest}`;
    await node.run("sh", ["-ec", script]);
    expect(await link(node, null, "new")).toMatchObject({ linkinfo: { info_kind: kind } });
  });

  test("has bridges that filter VLANs", async () => {
    const node = await startNode();
    const script = `ip link add br0 type bridge vlan_filtering 1
      ip link add v0 master br0 type veth peer name v1
      bridge vlan add dev v0 vid 10 pvid untagged`;
    await node.run("sh", ["-ec", script]);
    const { stdout } = await node.run("bridge", ["-j", "vlan", "show", "dev", "v0"]);
    const vlans = [
      { vlan: 1, flags: ["Egress Untagged"] },
      { vlan: 10, flags: ["PVID", "Egress Untagged"] },
    ];
    expect(JSON.parse(stdout)).toEqual([{ ifname: "v0", vlans }]);
  });
});
