/** VLANs of containers' ports. */
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { attach, call, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { type Config, hostLocal, plainBridge } from "../../kernel/network.ts";
import { remainsAfterDel } from "../../kernel/remains.ts";
import { access, isFiltering, segment, shell, vlanTexts, whose } from "./vlan-state.ts";

const startNode = nodesPerTest();

async function attachOne(node: FakeNode, config: Config, name = "one") {
  await node.addNamespace(name);
  const result = await attach(node, config, whose(name));
  return { result, port: result.interfaces?.[1]?.name ?? "" };
}

const kept = (id: number) => `${id} Egress Untagged`;

/** Keys, and the VLANs of the port. */
const keys: [keys: Config, vlans: string[]][] = [
  [{ vlan: 100 }, [access(100)]],
  [{ vlan: 100, preserveDefaultVlan: true }, [kept(1), access(100)]],
  [{ vlan: 4094, hairpinMode: true, portIsolation: true }, [access(4094)]],
  [{ vlanTrunk: [{ id: 101 }, { minID: 200, maxID: 210 }] }, [access(1), "101", "200-210"]],
  [{ vlan: 2, vlanTrunk: [{ minID: 1, maxID: 4094 }] }, ["1", access(2), "3-4094"]],
  [{ vlanTrunk: [] }, [access(1)]],
];

/** What somebody may do to a port or its bridge, how it is put right, and what CHECK says in between. */
const damages: [what: string, command: string, mend: string, says: RegExp][] = [
  [
    "gives the port another VLAN",
    "bridge vlan add dev $PORT vid 30",
    "bridge vlan del dev $PORT vid 30",
    /VLANs of "veth.*" are .*30.*expected 10 untagged, 20-29/,
  ],
  [
    "takes one of the trunk",
    "bridge vlan del dev $PORT vid 25",
    "bridge vlan add dev $PORT vid 25",
    /are 10 untagged, 20-24, 26-29, expected/,
  ],
  [
    "lets the default out",
    "bridge vlan add dev $PORT vid 1 untagged",
    "bridge vlan del dev $PORT vid 1",
    /are 1 untagged on the way out, 10/,
  ],
  [
    "changes the VLAN of untagged frames",
    "bridge vlan add dev $PORT vid 20 pvid",
    "bridge vlan add dev $PORT vid 20; bridge vlan add dev $PORT vid 10 pvid untagged",
    /20 untagged on the way in/,
  ],
  [
    "stops the filtering",
    "ip link set br0 type bridge vlan_filtering 0",
    "ip link set br0 type bridge vlan_filtering 1",
    /"br0" does not filter VLANs/,
  ],
];

describeWith({ plugins: ["bridge", "host-local"], commands: ["bridge", "ping"] }, "VLANs of bridge", () => {
  test("are those that were asked for and no others", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const before = await node.snapshot();
    for (const [asked, vlans] of keys) {
      const config = plainBridge(asked);
      const result = await attach(node, config, whose("one"));
      const port = result.interfaces?.[1]?.name ?? "";
      expect([asked, await vlanTexts(node, port)]).toEqual([asked, vlans]);
      await expectHealthy(node, config, result, whose("one"));
      await detach(node, config, whose("one"));
    }
    expect(await isFiltering(node)).toBe(true);
    expect(await vlanTexts(node, "br0")).toEqual([access(1)]);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("CHECK tells every change of them", async () => {
    const node = await startNode();
    const config = segment(10, { vlanTrunk: [{ minID: 20, maxID: 29 }] });
    const { result, port } = await attachOne(node, config);
    for (const [what, command, mend, says] of damages) {
      await shell(node, `PORT=${port}; ${command}`);
      const said = await refused(node, "CHECK", { ...config, prevResult: result }, whose("one"));
      expect({ what, ...said }).toMatchObject({ what, code: 107, msg: expect.stringMatching(says) });
      await shell(node, `PORT=${port}; ${mend}`);
    }
    await expectHealthy(node, config, result, whose("one"));
  });

  test("containers of one subnet reach those of their VLAN, and of no other", async () => {
    const node = await startNode();
    const ipam = hostLocal("10.9.0.0/24");
    const networks: [name: string, vlan: number, address: string][] = [
      ["one", 10, "10.9.0.2"],
      ["two", 10, "10.9.0.3"],
      ["three", 20, "10.9.0.4"],
      ["four", 20, "10.9.0.5"],
    ];
    // One network by name, so that the addresses are of one range.
    for (const [name, vlan] of networks) await attachOne(node, plainBridge({ vlan, ipam }), name);
    const hears = await node.capture("eth0", "arp and arp[6:2] == 1", { namespace: "two" });
    const hearsNot = await node.capture("eth0", "not ip6", { namespace: "three" });
    expect(await node.ping("one", "10.9.0.3")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.9.0.4", { attempts: 1 })).toMatchObject({ received: 0 });
    await hears.waitFor(/who-has 10\.9\.0\.4/);
    expect(await hearsNot.stop()).toEqual([]);
    expect(await node.ping("four", "10.9.0.4")).toMatchObject({ received: 1 });
    expect(await node.ping("four", "10.9.0.2", { attempts: 1 })).toMatchObject({ received: 0 });
  });

  test("a bridge that exists filters from then on, and its ports reach each other as before", async () => {
    const node = await startNode();
    const ipam = hostLocal("10.9.0.0/24");
    const plain = plainBridge({ ipam });
    const first = await attachOne(node, plain, "one");
    await attachOne(node, plain, "two");
    expect(await isFiltering(node)).toBe(false);
    await attachOne(node, plainBridge({ ipam, vlan: 10 }), "three");
    expect(await isFiltering(node)).toBe(true);
    expect(await vlanTexts(node, first.port)).toEqual([access(1)]);
    expect(await node.ping("one", "10.9.0.3")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.9.0.4", { attempts: 1 })).toMatchObject({ received: 0 });
    await expectHealthy(node, plain, first.result, whose("one"));
    await attachOne(node, plain, "four");
    expect(await node.ping("four", "10.9.0.2")).toMatchObject({ received: 1 });
  });

  test("the default VLAN is the bridge's, whatever its number", async () => {
    const node = await startNode();
    await shell(node, "ip link add br0 up type bridge vlan_filtering 1 vlan_default_pvid 7");
    expect(await vlanTexts(node, (await attachOne(node, segment(10))).port)).toEqual([access(10)]);
    const trunk = plainBridge({ vlanTrunk: [{ id: 20 }] });
    expect(await vlanTexts(node, (await attachOne(node, trunk, "two")).port)).toEqual([access(7), "20"]);
    const both = segment(10, { preserveDefaultVlan: true });
    expect(await vlanTexts(node, (await attachOne(node, both, "three")).port)).toEqual([kept(7), access(10)]);
    await shell(node, "ip link set br0 type bridge vlan_default_pvid 0");
    expect(await vlanTexts(node, (await attachOne(node, segment(10), "four")).port)).toEqual([access(10)]);
  });

  test("STATUS is ready for VLANs", async () => {
    const node = await startNode();
    await shell(node, "ip link add br0 type bridge");
    expect(await call(node, "STATUS", segment(10, { isGateway: true }), {})).toMatchObject({ exitCode: 0 });
  });
});
