/** Uplinks that carry VLANs: as a trunk of a bridge that keeps frames to them, or by a sub-interface for each bridge. */
import { expect, test } from "@jest/globals";
import { attach, call, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { addWithFault } from "../../kernel/injected-fault.ts";
import { type Config, hostLocal, plainBridge } from "../../kernel/network.ts";
import { remainsAfterDel, remainsAfterFailure } from "../../kernel/remains.ts";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../../node/index.ts";
import { addressTexts, link, links } from "../../node/state.ts";

const startNode = nodesPerTest();

/** A host "wire" at the other end of "up0", with an address in VLAN 10, in VLAN 20 and without: the same network in each. */
const cable = `
ip netns add wire
ip link add up0 type veth peer name eth0 netns wire
ip link set up0 up; ip link set up0 down
in='ip -n wire'
$in link set eth0 up
for id in 10 20; do
  $in link add link eth0 name eth0.$id type vlan id $id
  $in link set eth0.$id up
  $in addr add 10.1.$id.200/24 dev eth0.$id
done
$in addr add 10.1.0.200/24 dev eth0`;

async function nodeWithCable(more = ""): Promise<FakeNode> {
  const node = await startNode();
  await node.run("sh", ["-ec", `${cable}\n${more}`]);
  for (const name of ["one", "two"]) await node.addNamespace(name);
  return node;
}

const one = { netns: "one", containerId: "one" };
const two = { netns: "two", containerId: "two" };

/** A network in a VLAN, 10.1.ID.0/24; 0 is none. */
function tagged(vlan: number, more: Config = {}): Config {
  const ipam = hostLocal(`10.1.${vlan}.0/24`);
  return plainBridge({ name: `net${vlan}`, vlan, uplink: "up0", ipam, ...more });
}

function subinterface(vlan: number, more: Config = {}): Config {
  return tagged(vlan, { bridge: `br${vlan}`, uplinkMode: "subinterface", ...more });
}

/** "1 PVID,Egress Untagged" and the like, from bridge(8). */
async function vlansOf(node: FakeNode, port: string): Promise<string[]> {
  const { stdout } = await node.run("bridge", ["-j", "vlan", "show", "dev", port]);
  const ports: { vlans: { vlan: number; vlanEnd?: number; flags?: string[] }[] }[] = JSON.parse(stdout);
  return (ports[0]?.vlans ?? []).map(({ vlan, vlanEnd, flags = [] }) =>
    [`${vlan}${vlanEnd === undefined ? "" : `-${vlanEnd}`}`, flags.join()].join(" ").trim(),
  );
}

const native = "1 PVID,Egress Untagged";

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping", "bridge"] }, "a trunk", () => {
  test("carries each network in its VLAN, tagged on the wire alone", async () => {
    const node = await nodeWithCable();
    const before = await node.snapshot();
    const added = await attach(node, tagged(10), one);
    await attach(node, tagged(20), two);
    expect(await vlansOf(node, "up0")).toEqual(["10", "20"]);
    await expectHealthy(node, tagged(10), added, one);
    const onWire = await node.capture("up0", "");
    const inContainer = await node.capture("eth0", "", { namespace: "one" });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.20.200")).toMatchObject({ received: 1 });
    expect(await onWire.waitFor(/vlan 10.*ICMP echo reply/)).toContain("10.1.10.200 > 10.1.10.2");
    expect(await onWire.waitFor(/vlan 20.*ICMP echo reply/)).toContain("10.1.20.200 > 10.1.20.2");
    expect((await onWire.stop()).filter((line) => /10\.1\./.test(line) && !/vlan/.test(line))).toEqual([]);
    await inContainer.waitFor(/ICMP echo reply/);
    expect((await inContainer.stop()).filter((line) => line.includes("vlan"))).toEqual([]);
    await detach(node, tagged(20), two);
    expect(await vlansOf(node, "up0")).toEqual(["10"]);
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, tagged(10), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("keeps VLANs of the same addresses apart, on the wire as well", async () => {
    const node = await nodeWithCable("ip -n wire addr add 10.1.10.201/24 dev eth0.20");
    await attach(node, tagged(10), one);
    await attach(node, tagged(20, { name: "other", ipam: hostLocal("10.1.10.0/24") }), two);
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.201", { attempts: 1 })).toMatchObject({ received: 0 });
    expect(await node.ping("one", "10.1.0.200", { attempts: 1 })).toMatchObject({ received: 0 });
  });

  test("carries a network without VLAN untagged, as long as there is one", async () => {
    const node = await nodeWithCable();
    const plain = tagged(0);
    await attach(node, tagged(10), one);
    expect(await vlansOf(node, "up0")).toEqual(["10"]);
    const added = await attach(node, plain, two);
    expect(await vlansOf(node, "up0")).toEqual([native, "10"]);
    await expectHealthy(node, plain, added, two);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, plain, two);
    expect(await vlansOf(node, "up0")).toEqual(["10"]);
  });

  test("carries the VLANs of a trunk to a container, and the default one where it is kept", async () => {
    const node = await nodeWithCable();
    const trunk = tagged(10, {
      vlanTrunk: [{ minID: 20, maxID: 22 }, { id: 30 }],
      preserveDefaultVlan: true,
    });
    await attach(node, trunk, one);
    expect(await vlansOf(node, "up0")).toEqual([native, "10", "20", "21", "22", "30"]);
    await node.run("sh", [
      "-ec",
      `ip -n one link add link eth0 name eth0.20 type vlan id 20
       ip -n one link set eth0.20 up; ip -n one addr add 10.1.20.7/24 dev eth0.20`,
    ]);
    expect(await node.ping("one", "10.1.20.200")).toMatchObject({ received: 1 });
  });

  test("leaves the host in the network when its addresses move, beside a gateway in a VLAN", async () => {
    const node = await nodeWithCable(
      "ip addr add 10.1.0.5/24 dev up0; ip link set up0 up; ip route add default via 10.1.0.200",
    );
    const before = await node.snapshot();
    const config = tagged(10, { uplinkAddress: "move", isDefaultGateway: true });
    const added = await attach(node, config, one);
    expect(await vlansOf(node, "up0")).toEqual([native, "10"]);
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.5/24"]);
    expect(await addressTexts(node, null, "br0.10")).toEqual(["10.1.10.1/24"]);
    await expectHealthy(node, config, added, one);
    expect(await node.ping(null, "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.1")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, config, one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("that is a port already has to have the VLANs, and is left as it is", async () => {
    const node = await nodeWithCable(
      "ip link add br0 up address 02:00:00:00:00:33 type bridge vlan_filtering 1; ip link set up0 up master br0",
    );
    const before = await node.snapshot();
    expect(await refused(node, "ADD", tagged(10), one)).toMatchObject({
      code: 104,
      msg: expect.stringContaining("without VLAN 10"),
      details: expect.stringContaining("bridge vlan add dev up0 vid 10"),
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    await node.run("bridge", ["vlan", "add", "dev", "up0", "vid", "10"]);
    const mended = await node.snapshot();
    await expectHealthy(node, tagged(10), await attach(node, tagged(10), one), one);
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    await detach(node, tagged(10), one);
    expect(diff(mended, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  test("joins a bridge that does not filter yet", async () => {
    const node = await nodeWithCable();
    await attach(node, tagged(0), two);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    await attach(node, tagged(10), one);
    expect(await vlansOf(node, "up0")).toEqual([native, "10"]);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
  });

  test("is seen by CHECK", async () => {
    const node = await nodeWithCable();
    const added = await attach(node, tagged(10), one);
    await node.run("bridge", ["vlan", "del", "dev", "up0", "vid", "10"]);
    const { code, msg } = await refused(node, "CHECK", { ...tagged(10), prevResult: added }, one);
    expect({ code, msg }).toEqual({ code: 107, msg: expect.stringContaining("not in VLAN 10") });
    await attach(node, tagged(10), two);
    await expectHealthy(node, tagged(10), added, one);
  });

  test("whatever fails of an ADD, all is as before, alone and beside another VLAN", async () => {
    const node = await nodeWithCable("ip link set up0 alias lab");
    const wrong: string[] = [];
    for (const neighbour of [false, true]) {
      if (neighbour) await attach(node, tagged(20), two);
      const before = await node.snapshot();
      let when = 2;
      for (; when < 100; when += 2) {
        const ended = await addWithFault(node, tagged(10), { call: "sendto", error: "EIO", when });
        if (!ended.injected) break;
        if (ended.exitCode === 0) await detach(node, tagged(10), one);
        const left = diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") });
        wrong.push(...left.map((line) => `${neighbour ? "beside" : "alone"} ${when}: ${line.slice(0, 200)}`));
      }
      expect(when).toBeGreaterThan(15);
    }
    expect(wrong).toEqual([]);
  });
});

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping", "bridge"] }, "a sub-interface", () => {
  test("connects a bridge of its own with the VLAN, and goes with the last container", async () => {
    const node = await nodeWithCable();
    const before = await node.snapshot();
    const added = await attach(node, subinterface(10), one);
    await attach(node, subinterface(20), two);
    await expectHealthy(node, subinterface(10), added, one);
    expect(await link(node, null, "up0.10")).toMatchObject({
      master: "br10",
      link: "up0",
      ifalias: "trestle subinterface of br10 was-down",
      linkinfo: { info_kind: "vlan" },
    });
    const onWire = await node.capture("up0", "");
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.20.200")).toMatchObject({ received: 1 });
    await onWire.waitFor(/vlan 10.*ICMP echo reply/);
    await onWire.waitFor(/vlan 20.*ICMP echo reply/);
    await onWire.stop();
    await detach(node, subinterface(10), one);
    expect((await link(node, null, "up0")).flags).toContain("UP");
    expect((await link(node, null, "up0.20")).ifalias).toBe("trestle subinterface of br20 was-down");
    expect(await node.ping("two", "10.1.20.200")).toMatchObject({ received: 1 });
    await detach(node, subinterface(20), two);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br10", "br20") })).toEqual([]);
  });

  test("keeps the VLANs apart, and the host's own address on the uplink does not matter", async () => {
    const node = await nodeWithCable("ip addr add 10.1.0.5/24 dev up0; ip link set up0 up");
    const before = await node.snapshot();
    const config = subinterface(10, { isDefaultGateway: true });
    const added = await attach(node, config, one);
    await attach(node, subinterface(20, { ipam: hostLocal("10.1.10.0/24") }), two);
    expect(await addressTexts(node, null, "br10")).toEqual(["10.1.10.1/24"]);
    await expectHealthy(node, config, added, one);
    expect(await node.ping(null, "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
    expect(await node.ping("two", "10.1.10.200", { attempts: 1 })).toMatchObject({ received: 0 });
    await detach(node, config, one);
    await detach(node, subinterface(20), two);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br10", "br20") })).toEqual([]);
  });

  test("that was there is used, and stays", async () => {
    const node = await nodeWithCable(
      "ip link set up0 up; ip link add link up0 name up0.10 type vlan id 10; ip link set up0.10 up; ip addr add 10.1.10.5/24 dev up0.10",
    );
    const before = await node.snapshot();
    expect(await refused(node, "ADD", subinterface(10), one)).toMatchObject({
      code: 104,
      msg: expect.stringContaining("10.1.10.5/24"),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
    const config = subinterface(10, { uplinkAddress: "move" });
    await expectHealthy(node, config, await attach(node, config, one), one);
    expect(await addressTexts(node, null, "br10")).toEqual(["10.1.10.5/24"]);
    expect(await node.ping("one", "10.1.10.5")).toMatchObject({ received: 1 });
    await detach(node, config, one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br10") })).toEqual([]);
  });

  const obstacles: [what: string, command: string, says: string][] = [
    ["another VLAN's by that name", "ip link add link up0 name up0.10 type vlan id 11", "is not VLAN 10"],
    ["something else by that name", "ip link add up0.10 type dummy", "is not VLAN 10"],
    ["the same VLAN's by another name", "ip link add link up0 name ten type vlan id 10", "by another name"],
    [
      "that of another bridge",
      "ip link add br7 type bridge; ip link add link up0 name up0.10 type vlan id 10; ip link set up0.10 master br7",
      'belongs to "br7"',
    ],
  ];

  test.each(obstacles)("is refused where there is %s, and nothing changes", async (_what, command, says) => {
    const node = await nodeWithCable(command);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", subinterface(10), one)).toMatchObject({
      code: 104,
      msg: expect.stringContaining(says),
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
  });

  test("works beside a bridge that has the uplink's untagged frames", async () => {
    const node = await nodeWithCable();
    await attach(node, tagged(0), two);
    await attach(node, subinterface(10), one);
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("one", "10.1.10.200")).toMatchObject({ received: 1 });
  });

  test("whatever fails of an ADD, all is as before", async () => {
    const node = await nodeWithCable();
    const before = await node.snapshot();
    const wrong: string[] = [];
    let when = 2;
    for (; when < 100; when += 1) {
      const ended = await addWithFault(node, subinterface(10), { call: "sendto", error: "EIO", when });
      if (!ended.injected) break;
      if (ended.exitCode === 0) await detach(node, subinterface(10), one);
      const left = diff(before, await node.snapshot(), { ignore: remainsAfterDel("br10") });
      wrong.push(...left.map((line) => `${when}: ${line.slice(0, 200)}`));
    }
    expect(wrong).toEqual([]);
    expect(when).toBeGreaterThan(15);
  });

  test("is taken back by GC", async () => {
    const node = await nodeWithCable();
    await attach(node, subinterface(10), one);
    const config = { ...subinterface(10), "cni.dev/valid-attachments": [] };
    expect(await call(node, "GC", config, {})).toMatchObject({ exitCode: 0, stdout: "" });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "up0", "br10"]);
  });
});
