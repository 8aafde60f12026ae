/** Bridges that would stop to work if they filtered VLANs. */
import { expect, test } from "@jest/globals";
import { describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { attach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { isFiltering, segment, shell, whose } from "./vlan-state.ts";

const startNode = nodesPerTest();

const port = "ip link add v0 master br0 up type veth peer name v1";

/** How each was made, why it is left alone, and what makes it fit for VLANs. */
const bridges: [what: string, made: string, says: RegExp, mended: string][] = [
  [
    "whose ports have no VLAN",
    `ip link add br0 up type bridge vlan_default_pvid 0; ${port}`,
    /cut its ports off: its ports have no VLAN, for its vlan_default_pvid is 0/,
    "ip link set br0 type bridge vlan_filtering 1; bridge vlan add dev v0 vid 10 pvid untagged",
  ],
  [
    "that carries tagged frames",
    `ip link add br0 up type bridge; ${port}; ip link add link br0 name mine type vlan id 7`,
    /cut its ports off: it carries tagged frames for "mine"/,
    "ip link set br0 type bridge vlan_filtering 1; bridge vlan add dev br0 vid 7 self; bridge vlan add dev v0 vid 7",
  ],
];

describeWith({ plugins: ["bridge"], commands: ["bridge"] }, "VLAN filtering", () => {
  test.each(bridges)(
    "is not switched on for a bridge %s, until it is mended",
    async (_, made, says, mended) => {
      const node = await startNode();
      await node.addNamespace("one");
      await shell(node, made);
      const before = await node.snapshot();
      const config = segment(10);
      const error = await refused(node, "ADD", config, whose("one"));
      expect(error).toMatchObject({ code: 104, msg: expect.stringMatching(says) });
      expect(diff(before, await node.snapshot())).toEqual([]);
      expect(await isFiltering(node)).toBe(false);

      await shell(node, mended);
      await expectHealthy(node, config, await attach(node, config, whose("one")), whose("one"));
    },
  );

  test("is switched on for a bridge that has tagged interfaces but no ports yet", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await shell(node, "ip link add br0 up type bridge; ip link add link br0 name mine type vlan id 7");
    await attach(node, segment(10), whose("one"));
    expect(await isFiltering(node)).toBe(true);
  });
});
