/** The gateway of a VLAN: made for the first container, shared, and gone with the last. */
import { expect, test } from "@jest/globals";
import { type FakeNode, type PluginReply, describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { attach, call, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { elements } from "../../kernel/firewall-state.ts";
import { type Config, bridgeNetwork, hostLocal } from "../../kernel/network.ts";
import { remainsAfterDel, remainsAfterFailure } from "../../kernel/remains.ts";
import { addressTexts, link, links } from "../../node/state.ts";
import {
  access,
  clearLinks,
  picture,
  routedSegment,
  segment,
  shell,
  vlanTexts,
  whose,
} from "./vlan-state.ts";

const startNode = nodesPerTest();

async function attachOne(node: FakeNode, config: Config, name: string): Promise<PluginReply> {
  await node.addNamespace(name);
  return attach(node, config, whose(name));
}

async function names(node: FakeNode): Promise<string[]> {
  return (await links(node, null)).map(({ ifname }) => ifname).filter((name) => !name.startsWith("veth"));
}

const bridge = "ip link add br0 up address 02:00:00:00:00:33 type bridge vlan_filtering 1";
const vlanLink = "ip link add link br0 name br0.10 up type vlan id 10";
const referenceVeth =
  "ip link add br0.10 up type veth peer name v10; ip link set v10 up master br0; bridge vlan del dev v10 vid 1; bridge vlan add dev v10 vid 10 pvid untagged";

/** What somebody else may have made under the gateway's name, that is as good. */
const accepted: [what: string, command: string][] = [
  ["a VLAN interface of the bridge", `${bridge}; ${vlanLink}; bridge vlan add dev br0 vid 10 self`],
  [
    "one that is down",
    `${bridge}; ${vlanLink}; ip link set br0.10 down; bridge vlan add dev br0 vid 10 self`,
  ],
  ["the reference plugin's veth", `${bridge}; ${referenceVeth}`],
];

/** What cannot be the gateway, and what has to be said about it. */
const refusals: [what: string, command: string, says: RegExp][] = [
  [
    "a link of another kind",
    `${bridge}; ip link add br0.10 type dummy`,
    /"br0.10" is not the gateway.*it is dummy/,
  ],
  ["a bridge", "ip link add br0.10 type bridge", /it is bridge/],
  [
    "a veth that goes elsewhere",
    `${bridge}; ip link add br0.10 type veth peer name v10`,
    /veth whose other end/,
  ],
  [
    "a veth of another VLAN",
    `${bridge}; ${referenceVeth}; bridge vlan del dev v10 vid 10; bridge vlan add dev v10 vid 11 pvid untagged`,
    /veth whose other end/,
  ],
  [
    "a VLAN interface of another link",
    `${bridge}; ip link add d0 type dummy; ip link add link d0 name br0.10 type vlan id 10`,
    /VLAN interface of another link/,
  ],
  ["one of another VLAN", `${bridge}; ip link add link br0 name br0.10 type vlan id 11`, /it is of VLAN 11/],
  [
    "one of 802.1ad",
    `${bridge}; ip link add link br0 name br0.10 type vlan proto 802.1ad id 10`,
    /tags of another kind/,
  ],
  ["one whose bridge is no member", `${bridge}; ${vlanLink}`, /bridge itself is not a member.*vid 10 self/s],
  [
    "one whose bridge has the VLAN untagged",
    `${bridge}; ${vlanLink}; bridge vlan add dev br0 vid 10 untagged self`,
    /bridge itself has it untagged/,
  ],
  [
    "a bridge that has the VLAN untagged",
    `${bridge}; bridge vlan add dev br0 vid 10 pvid untagged self`,
    /itself has VLAN 10 untagged.*bridge vlan del dev br0 vid 10 self/s,
  ],
  [
    "an interface of the VLAN under another name",
    `${bridge}; ip link add link br0 name lan type vlan id 10`,
    /has an interface of VLAN 10 under another name/,
  ],
  [
    "a mark on what is not ours",
    `${bridge}; ip link add br0.10 type dummy; ip link set br0.10 alias 'trestle gateway of br0'`,
    /it is dummy/,
  ],
];

const needs = { plugins: ["bridge", "host-local"], commands: ["bridge", "ping", "nft"] };

describeWith(needs, "the gateway of a VLAN", () => {
  test("is an interface of its own, which the VLAN's containers share, and goes with the last", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await attachOne(node, segment(30), "stays");
    for (const name of ["one", "two"]) await node.addNamespace(name);
    const before = await node.snapshot();
    const config = routedSegment(10, { isDefaultGateway: true, ipMasq: true });
    const first = await attach(node, config, whose("one"));
    const made = await link(node, null, "br0.10");
    expect(made).toMatchObject({ link: "br0", ifalias: "trestle gateway of br0" });
    expect(first.interfaces?.[3]).toEqual({ name: "br0.10", mac: made.address, mtu: 1500 });
    expect(await addressTexts(node, null, "br0.10")).toEqual(["10.1.10.1/24"]);
    expect(await addressTexts(node, null, "br0")).toEqual([]);
    expect(await vlanTexts(node, "br0")).toEqual([access(1), "10"]);
    expect(await link(node, null, "br0")).toMatchObject({ ifalias: "trestle switch", address: made.address });
    const second = await attach(node, config, whose("two"));
    expect(second.interfaces?.[3]).toEqual(first.interfaces?.[3]);
    for (const [name, result] of [
      ["one", first],
      ["two", second],
    ] as const) {
      await expectHealthy(node, config, result, whose(name));
      expect(await node.ping(name, "10.1.10.1")).toMatchObject({ received: 1 });
      expect(await node.ping(name, outside.address)).toMatchObject({ received: 1 });
    }
    expect(await elements(node)).toHaveLength(4);
    await detach(node, config, whose("one"));
    expect(await node.ping("two", outside.address)).toMatchObject({ received: 1 });
    expect((await link(node, null, "br0.10")).ifindex).toBe(made.ifindex);
    await detach(node, config, whose("two"));
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  test("that another ADD has made just now, and is about to mark, is waited for", async () => {
    const node = await startNode();
    await shell(node, `${bridge}; ${vlanLink}`);
    const marking = `until bridge vlan show | grep -q ^veth; do sleep 0.01; done; sleep 0.1
      ip link set br0.10 alias 'trestle gateway of br0'`;
    await using other = await node.background("timeout", ["60", "sh", "-c", marking]);
    const config = routedSegment(10);
    const added = await attachOne(node, config, "one");
    expect(await other.ended).toBe(0);
    expect(await vlanTexts(node, "br0")).toEqual([access(1), "10"]);
    expect(await node.ping("one", "10.1.10.1")).toMatchObject({ received: 1 });
    await expectHealthy(node, config, added, whose("one"));
  });

  test("of another VLAN has other addresses, and each container its own", async () => {
    const node = await startNode();
    await attachOne(node, routedSegment(10), "one");
    await attachOne(node, routedSegment(20), "two");
    expect(await names(node)).toEqual(["lo", "br0", "br0.10", "br0.20"]);
    expect(await node.ping("one", "10.1.10.1")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.20.1")).toMatchObject({ received: 1 });
    await node.run("ip", ["-n", "two", "address", "add", "10.1.10.77/24", "dev", "eth0"]);
    const strange = ["-n", "-c1", "-W1", "-I", "10.1.10.77", "10.1.10.1"];
    expect(await node.inNamespace("two", "ping", strange, { allowFailure: true })).toMatchObject({
      exitCode: 1,
    });
    await detach(node, routedSegment(10), whose("one"));
    expect(await names(node)).toEqual(["lo", "br0", "br0.20"]);
    expect(await node.ping("two", "10.1.20.1")).toMatchObject({ received: 1 });
  });

  test("of the default VLAN is the bridge itself", async () => {
    const node = await startNode();
    const config = bridgeNetwork({ vlan: 1 });
    const result = await attachOne(node, config, "one");
    expect(result.interfaces).toHaveLength(3);
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24"]);
    expect(await names(node)).toEqual(["lo", "br0"]);
    expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
    await expectHealthy(node, config, result, whose("one"));
    await attachOne(node, bridgeNetwork(), "plain");
    expect(await node.ping("plain", "10.1.0.2")).toMatchObject({ received: 1 });
  });

  test("goes whatever the configuration of the last DEL says, and when the container's namespace went first", async () => {
    const node = await startNode();
    await attachOne(node, routedSegment(10), "one");
    await detach(node, { ...routedSegment(10), vlan: "nonsense", bridge: "elsewhere" }, whose("one"));
    expect(await names(node)).toEqual(["lo", "br0"]);
    const result = await attachOne(node, routedSegment(10), "two");
    await node.removeNamespace("two");
    const end = result.interfaces?.[1]?.name ?? "";
    await shell(
      node,
      `for i in $(seq 100); do ip link show ${end} >/dev/null 2>&1 || break; sleep 0.1; done`,
    );
    await detach(node, routedSegment(10), whose("two"));
    expect(await names(node)).toEqual(["lo", "br0"]);
    expect((await link(node, null, "br0")).ifalias).toBeUndefined();
  });

  test("goes by GC where no DEL came, and stays while somebody is in the VLAN", async () => {
    const node = await startNode();
    const config = routedSegment(10);
    await attachOne(node, config, "one");
    await attachOne(node, routedSegment(20), "two");
    const valid = { "cni.dev/valid-attachments": [] };
    expect(await call(node, "GC", { ...config, ...valid }, {})).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await names(node)).toEqual(["lo", "br0", "br0.20"]);
    await shell(node, "ip link del $(ip -o link show master br0 | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/')");
    expect(await call(node, "GC", { ...config, ...valid }, {})).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await names(node)).toEqual(["lo", "br0"]);
  });

  test("does not stay for a port that connects the bridge, but for a stranger's", async () => {
    const node = await startNode();
    const result = await attachOne(node, routedSegment(10), "one");
    await shell(
      node,
      `ip link add up0 up master br0 type veth peer name up1; bridge vlan add dev up0 vid 2-4094
       ip link add vm0 up master br0 type veth peer name vm1; bridge vlan add dev vm0 vid 10 pvid untagged
       ip link set up0 alias 'trestle uplink of br0'`,
    );
    await expectHealthy(node, routedSegment(10), result, whose("one"));
    await detach(node, routedSegment(10), whose("one"));
    expect(await names(node)).toContain("br0.10");
    await shell(node, "ip link del vm0");
    await detach(node, routedSegment(10), whose("one"));
    expect(await names(node)).not.toContain("br0.10");
    expect(await vlanTexts(node, "br0")).toEqual([access(1)]);
  });

  test("can be what somebody else made for the VLAN, which stays as it was", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = routedSegment(10);
    for (const [what, command] of accepted) {
      await shell(node, command);
      const before = await picture(node);
      const result = await attach(node, config, whose("one"));
      expect(result.interfaces?.[3]?.name).toBe("br0.10");
      expect(await node.ping("one", "10.1.10.1")).toMatchObject({ received: 1 });
      await expectHealthy(node, config, result, whose("one"));
      await detach(node, config, whose("one"));
      // As on a bridge, its address stays for the next container, and that it is up.
      await shell(
        node,
        `ip address del 10.1.10.1/24 dev br0.10; ${command.includes("down") ? "ip link set br0.10 down" : ""}`,
      );
      expect({ what, picture: await picture(node) }).toEqual({ what, picture: before });
      await clearLinks(node);
    }
  });

  test("cannot be what is no way into the VLAN, and nothing changes", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    for (const [what, command, says] of refusals) {
      await shell(node, command);
      const before = await picture(node);
      const failure = await refused(node, "ADD", routedSegment(10), whose("one"));
      const said = `${failure.msg}\n${failure.details}`;
      expect({ what, code: failure.code, said }).toEqual({
        what,
        code: 104,
        said: expect.stringMatching(says),
      });
      expect({ what, picture: await picture(node) }).toEqual({ what, picture: before });
      await clearLinks(node);
    }
  });

  test("is refused by STATUS where ADD would refuse it", async () => {
    const node = await startNode();
    await shell(node, `${bridge}; ip link add br0.10 type dummy`);
    const failure = await refused(node, "STATUS", routedSegment(10), {});
    expect(failure).toMatchObject({ code: 50, msg: expect.stringMatching(/br0\.10.*it is dummy/) });
    await shell(node, "ip link set br0.10 name other");
    expect(await call(node, "STATUS", routedSegment(10), {})).toMatchObject({ exitCode: 0 });
  });

  test("leaves a membership of the bridge that was there before", async () => {
    const node = await startNode();
    await shell(node, `${bridge}; bridge vlan add dev br0 vid 10 self`);
    await attachOne(node, routedSegment(10), "one");
    expect((await link(node, null, "br0.10")).ifalias).toBe("trestle gateway of br0 was-member");
    await detach(node, routedSegment(10), whose("one"));
    expect(await vlanTexts(node, "br0")).toEqual([access(1), "10"]);
  });

  test("leaves an alias that the bridge has, and is found all the same", async () => {
    const node = await startNode();
    await shell(node, `${bridge}; ip link set br0 alias 'the office'`);
    await attachOne(node, routedSegment(10), "one");
    expect((await link(node, null, "br0")).ifalias).toBe("the office");
    await detach(node, routedSegment(10), whose("one"));
    expect(await names(node)).toEqual(["lo", "br0"]);
    expect((await link(node, null, "br0")).ifalias).toBe("the office");
  });

  test("is mended by the next ADD where somebody changed it, and CHECK tells it before", async () => {
    const node = await startNode();
    const config = routedSegment(10);
    const result = await attachOne(node, config, "one");
    const damages: [command: string, says: RegExp, mend?: string][] = [
      ["bridge vlan del dev br0 vid 10 self", /the bridge itself is not a member/],
      ["ip link set br0.10 down", /interface "br0.10" is down/],
      [
        "ip address del 10.1.10.1/24 dev br0.10",
        /gateway address 10.1.10.1\/24 is missing on "br0.10"/,
        "ip address add 10.1.10.1/24 dev br0.10",
      ],
      [
        "ip link set br0.10 address 02:00:00:00:00:77",
        /MAC address of "br0.10" is 02:00:00:00:00:77/,
        "ip link set br0.10 address $(ip -br link show br0 | awk '{print $3}')",
      ],
      ["ip link del br0.10", /interface "br0.10", the gateway of VLAN 10, is missing/],
    ];
    for (const [command, says, mend] of damages) {
      await shell(node, command);
      const failure = await refused(node, "CHECK", { ...config, prevResult: result }, whose("one"));
      expect(failure).toMatchObject({ code: 107, msg: expect.stringMatching(says) });
      if (mend !== undefined) {
        await shell(node, mend);
        continue;
      }
      await attachOne(node, config, "other");
      expect(await node.ping("other", "10.1.10.1")).toMatchObject({ received: 1 });
      await detach(node, config, whose("other"));
      await node.removeNamespace("other");
    }
    expect(await node.ping("one", "10.1.10.1")).toMatchObject({ received: 1 });
  });

  test("keeps the rule of one IPv4 network, and forceAddress", async () => {
    const node = await startNode();
    await attachOne(node, routedSegment(10), "one");
    await node.addNamespace("two");
    const other = routedSegment(10, { name: "other", ipam: hostLocal("10.7.0.0/24") });
    const before = await node.snapshot();
    expect(await refused(node, "ADD", other, whose("two"))).toMatchObject({
      code: 104,
      msg: expect.stringContaining('"br0.10" already has an IP address different from 10.7.0.1/24'),
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    await attach(node, { ...other, forceAddress: true }, whose("two"));
    expect(await addressTexts(node, null, "br0.10")).toEqual(["10.7.0.1/24"]);
  });
});
