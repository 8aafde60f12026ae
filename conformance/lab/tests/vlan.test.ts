/**
 * The vlan plugin: an 802.1Q interface in the container. What it has in common with macvlan is tested with that one, on any kernel
 * (conformance/kernel/upper-device.ts); this is what needs 802.1Q, in few tests: a program starts slowly here.
 */
import { expect, test } from "@jest/globals";
import { attach, call, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { inParallel } from "../../kernel/in-parallel.ts";
import type { Config } from "../../kernel/network.ts";
import { remainsAfterDel } from "../../kernel/remains.ts";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { addressTexts, leases, link, links } from "../../node/state.ts";

const startNode = nodesPerTest();

const gateways = ["10.7.0.1", "fd00:7::1"] as const;
const four = { subnet: "10.7.0.0/24", rangeStart: "10.7.0.10", gateway: gateways[0] };
const six = { subnet: "fd00:7::/64", rangeStart: "fd00:7::10", gateway: gateways[1] };
const defaults = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }];
const one = { netns: "one", containerId: "one" };
const two = { netns: "two", containerId: "two" };

function network(more: Config = {}): Config {
  const ipam = { type: "host-local", ranges: [[four], [six]], routes: defaults };
  const keys = { type: "vlan", master: "uplink0", vlanId: 10, enabledad: false };
  return { cniVersion: "1.1.0", name: "net", ...keys, ipam, ...more };
}

/** What is outside has the gateways' addresses in VLAN 10 alone. The host has an "eth0" of its own. */
const world = `
ip link add eth0 type veth peer name x0
ip -n outside link add link eth0 name eth0.10 type vlan id 10
ip -n outside addr add 10.7.0.1/24 dev eth0.10
ip -n outside addr add fd00:7::1/64 dev eth0.10 nodad
ip -n outside link set eth0.10 up`;

async function nodeWith(...names: readonly string[]): Promise<FakeNode> {
  const node = await startNode();
  await node.addOutsideHost();
  await node.run("sh", ["-ec", world]);
  for (const name of names) await node.addNamespace(name);
  return node;
}

describeWith({ plugins: ["vlan", "host-local"], commands: ["tcpdump"] }, "vlan", () => {
  test("frames are tagged on the master and not in the container, from ADD to DEL", async () => {
    const node = await nodeWith("one");
    const before = await node.snapshot();
    const added = await attach(node, network(), one);
    const made = await link(node, "one", "eth0");
    const lower = await link(node, null, "uplink0");
    expect(made).toMatchObject({ linkinfo: { info_kind: "vlan" }, ifalias: "net one eth0" });
    expect([made.link_index, made.address]).toEqual([lower.ifindex, lower.address]);
    const { address: mac } = lower;
    expect(added.interfaces).toEqual([{ name: "eth0", mac, mtu: 1500, sandbox: "/run/netns/one" }]);
    expect(await addressTexts(node, "one", "eth0")).toEqual(["10.7.0.10/24", "fd00:7::10/64"]);
    await using wire = await node.capture("uplink0", "", {});
    await using inside = await node.capture("eth0", "icmp", { namespace: "one" });
    for (const gateway of gateways) expect(await node.ping("one", gateway)).toMatchObject({ received: 1 });
    await wire.waitFor(/802\.1Q.*vlan 10,.*10\.7\.0\.10 > 10\.7\.0\.1: ICMP echo request/);
    const seen = await inside.waitFor(/10\.7\.0\.10 > 10\.7\.0\.1: ICMP echo request/);
    expect(seen).not.toContain("vlan");
    await expectHealthy(node, network(), added, one);
    await Promise.all([wire.stop(), inside.stop()]);
    await detach(node, network(), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  test("another VLAN is another network, and a VLAN that is taken is refused", async () => {
    const node = await nodeWith("one", "two");
    const added = await attach(node, network(), one);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", network(), two)).toMatchObject({
      code: 104,
      msg: expect.stringContaining('VLAN 10 to "uplink0": there is an interface for it already'),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
    await attach(node, network({ vlanId: 20 }), two);
    await using wire = await node.capture("uplink0", "", {});
    expect(await node.ping("two", gateways[0], { attempts: 1 })).toMatchObject({ received: 0 });
    await wire.waitFor(/vlan 20,.*ARP.*who-has 10\.7\.0\.1/);
    expect(await node.ping("one", gateways[0])).toMatchObject({ received: 1 });
    await expectHealthy(node, network(), added, one);
  });

  test("mtu, MAC address and version are those that were asked for", async () => {
    const node = await nodeWith("one");
    const mac = "02:00:00:00:00:0c";
    const config = network({ cniVersion: "0.4.0", mtu: 1400, runtimeConfig: { mac } });
    const added = await attach(node, config, one);
    expect(added.interfaces).toEqual([{ name: "eth0", mac, sandbox: "/run/netns/one" }]);
    expect(await link(node, "one", "eth0")).toMatchObject({ address: mac, mtu: 1400 });
    expect(await node.ping("one", gateways[0])).toMatchObject({ received: 1 });
    await expectHealthy(node, config, added, one);
  });

  test("the MAC address stays that which the master had at ADD, and frames to it arrive", async () => {
    const node = await nodeWith("one");
    const before = await link(node, null, "uplink0");
    const added = await attach(node, network(), one);
    await node.run("ip", ["link", "set", "uplink0", "address", "02:00:00:00:00:99"]);
    expect(await link(node, null, "uplink0")).toMatchObject({ address: "02:00:00:00:00:99" });
    expect(await link(node, "one", "eth0")).toMatchObject({ address: before.address });
    for (const gateway of gateways) expect(await node.ping("one", gateway)).toMatchObject({ received: 1 });
    await expectHealthy(node, network(), added, one);
  });

  test("CHECK tells another VLAN, another master and a link that is down", async () => {
    const node = await nodeWith("one");
    const config = network({ prevResult: await attach(node, network(), one) });
    const damage =
      "ip -n one link del eth0; ip link add link x0 name temp0 type vlan id 11; ip link set temp0 netns one name eth0";
    await node.run("sh", ["-ec", damage]);
    const { code, msg } = await refused(node, "CHECK", config, one);
    expect(code).toBe(107);
    expect(msg).toContain('VLAN of "eth0" is 11, expected 10');
    expect(msg).toContain('"eth0" is not on master "uplink0"');
    expect(msg).toContain('"eth0" is down');
  });

  test("DEL needs neither master nor namespace, and a failed ADD leaves nothing", async () => {
    const node = await nodeWith("one");
    await node.run("mount", ["-o", "remount,ro", "/var/lib/cni"]);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", network(), one)).toMatchObject({ code: 5 });
    expect(diff(before, await node.snapshot())).toEqual([]);
    await node.run("mount", ["-o", "remount,rw", "/var/lib/cni"]);
    await attach(node, network(), one);
    await node.run("ip", ["link", "del", "uplink0"]);
    await detach(node, network({ master: "" }), one);
    expect(await leases(node)).toEqual([]);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
  });

  test("many at once come and go", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    const node = await nodeWith(...names);
    const before = await node.snapshot();
    const all = async (command: string) =>
      inParallel([...names.entries()], async ([index, name]) =>
        call(node, command, network({ vlanId: 100 + index }), { netns: name, containerId: name }),
      );
    expect((await all("ADD")).filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await leases(node)).toHaveLength(2 * names.length);
    expect((await all("DEL")).filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });
});
