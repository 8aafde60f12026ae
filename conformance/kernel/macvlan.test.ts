import { expect, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { leases, link, links } from "../node/state.ts";
import { attach, detach, expectHealthy, refused } from "./attachment.ts";
import { one } from "./injected-fault.ts";
import type { Config } from "./network.ts";
import {
  type UpperWorld,
  addsUpper,
  checksUpper,
  refusesUpper,
  survivesMany,
  undoesUpper,
} from "./upper-device.ts";
import { deletesUpper } from "./upper-device-del.ts";

const startNode = nodesPerTest();

const gateways = ["198.51.100.2", "2001:db8:ff::2"] as const;
const four = { subnet: "198.51.100.0/24", rangeStart: "198.51.100.10", gateway: gateways[0] };
const six = { subnet: "2001:db8:ff::/64", rangeStart: "2001:db8:ff::10", gateway: gateways[1] };
const defaults = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }];

function network(more: Config = {}): Config {
  const ipam = { type: "host-local", ranges: [[four], [six]], routes: defaults };
  return { cniVersion: "1.1.0", name: "net", type: "macvlan", master: "uplink0", ipam, ...more };
}

const quick = (more: Config = {}) => network({ enabledad: false, ...more });

const world: UpperWorld = {
  kind: "macvlan",
  start: async () => {
    const node = await startNode();
    await node.addOutsideHost();
    return node;
  },
  config: quick,
  addresses: ["198.51.100.10/24", "2001:db8:ff::10/64"],
  gateways,
};

const two = { netns: "two", containerId: "two" };

async function nodeWithTwo() {
  const node = await world.start();
  await node.addNamespace("one");
  await node.addNamespace("two");
  return node;
}

describeWith({ plugins: ["macvlan", "host-local"], commands: ["tcpdump", "strace"] }, "macvlan", () => {
  addsUpper(world);
  refusesUpper(world);
  undoesUpper(world);
  deletesUpper(world);
  checksUpper(world, [
    [
      "it is on another master",
      "ip link add other0 type veth peer name other1; ip -n one link del eth0; ip link add temp0 link other0 address 02:00:00:00:00:77 type macvlan mode bridge; ip link set temp0 netns one name eth0",
      /not on master "uplink0"/,
    ],
    ["the mode is another", "ip -n one link set eth0 type macvlan mode private", /mode of "eth0" is private/],
  ]);
  survivesMany(world);

  test.each([
    ["bridge", true],
    ["private", false],
    ["vepa", false],
  ])("two in mode %s reach each other: %s", async (mode, reach) => {
    const node = await nodeWithTwo();
    const config = quick({ mode });
    for (const whose of [one, two])
      await expectHealthy(node, config, await attach(node, config, whose), whose);
    const answer = await node.ping("one", "198.51.100.11", { attempts: reach ? 3 : 1 });
    expect(answer).toMatchObject({ received: reach ? 1 : 0 });
    expect(await node.ping("one", gateways[0])).toMatchObject({ received: 1 });
  });

  test("mode passthru has the master for itself, with its MAC address", async () => {
    const node = await nodeWithTwo();
    const config = quick({ mode: "passthru" });
    const added = await attach(node, config, one);
    const { address } = await link(node, null, "uplink0");
    expect(added.interfaces?.[0]?.mac).toBe(address);
    await expectHealthy(node, config, added, one);
    for (const mode of ["passthru", "bridge"]) {
      const before = await node.snapshot();
      const refusal = await refused(node, "ADD", quick({ mode }), two);
      expect(refusal).toMatchObject({ code: 104, msg: expect.stringContaining("passthru") });
      expect(await node.snapshot()).toEqual(before);
    }
    const asked = quick({ mode: "passthru", mac: "02:00:00:00:00:01" });
    expect(await refused(node, "ADD", asked, two)).toMatchObject({
      code: 7,
      msg: expect.stringContaining("passthru"),
    });
    await detach(node, config, one);
    await attach(node, quick(), two);
  });

  test("without a master it is the interface of the default route that counts most", async () => {
    const node = await nodeWithTwo();
    await node.run("sh", [
      "-ec",
      "ip link add far0 type veth peer name far1; ip addr add 192.0.2.1/24 dev far0; ip link set far1 up; ip link set far0 up; ip route add default via 192.0.2.2 metric 5",
    ]);
    const config = quick({ master: "" });
    const added = await attach(node, config, one);
    expect((await link(node, "one", "eth0")).link_index).toBe((await link(node, null, "uplink0")).ifindex);
    await node.run("ip", ["route", "del", "default", "dev", "uplink0"]);
    await expectHealthy(node, config, added, one);
    await attach(node, config, two);
    expect((await link(node, "two", "eth0")).link_index).toBe((await link(node, null, "far0")).ifindex);
    await node.run("sh", ["-ec", "ip route del default; ip -6 route del default"]);
    await node.addNamespace("three");
    const three = { netns: "three", containerId: "three" };
    expect(await refused(node, "ADD", config, three)).toMatchObject({
      code: 7,
      msg: "no default route interface found",
    });
    await detach(node, config, one);
    expect(await leases(node)).toEqual(["198.51.100.11", "2001:db8:ff::11"]);
  });

  test("a master that is a bridge's port is refused, and its bridge is not", async () => {
    const node = await nodeWithTwo();
    await node.run("sh", ["-ec", "ip link add br0 up type bridge; ip link set uplink0 master br0"]);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", quick(), one)).toMatchObject({
      code: 104,
      msg: expect.stringContaining('"uplink0"'),
    });
    expect(await node.snapshot()).toEqual(before);
    await attach(node, quick({ master: "br0" }), one);
    expect(await node.ping("one", gateways[0])).toMatchObject({ received: 1 });
  });

  test("layer 2 alone: up, and without addresses", async () => {
    const node = await nodeWithTwo();
    const config = network({ ipam: {} });
    const added = await attach(node, config, one);
    expect(added.ips).toBeUndefined();
    expect(await link(node, "one", "eth0")).toMatchObject({ operstate: "UP" });
    await expectHealthy(node, config, added, one);
    expect(await refused(node, "ADD", network({ ipam: {}, cniVersion: "0.2.0" }), two)).toMatchObject({
      code: 7,
    });
    expect((await links(node, "two")).map(({ ifname }) => ifname)).toEqual(["lo"]);
  });

  test("a master that is a macvlan itself has it beside, and CHECK knows that", async () => {
    const node = await world.start();
    await node.addNamespace("one");
    await node.run("sh", ["-ec", "ip link add link uplink0 name shim0 up type macvlan mode bridge"]);
    const config = world.config({ master: "shim0" });
    const added = await attach(node, config, one);
    expect((await link(node, "one", "eth0")).link_index).toBe((await link(node, null, "uplink0")).ifindex);
    await expectHealthy(node, config, added, one);
  });

  test("bcqueuelen reaches the kernel", async () => {
    const node = await nodeWithTwo();
    await attach(node, quick({ bcqueuelen: 4321 }), one);
    const { stdout } = await node.inNamespace("one", "ip", ["-d", "link", "show", "eth0"]);
    expect(stdout).toContain("bcqueuelen 4321");
  });

  test("an address that somebody outside has is a duplicate, and refused", async () => {
    const node = await nodeWithTwo();
    await node.run("ip", ["-n", "outside", "addr", "add", "2001:db8:ff::10/64", "dev", "eth0", "nodad"]);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", network(), one)).toMatchObject({
      code: 102,
      msg: expect.stringContaining("DADFAILED"),
    });
    expect(await leases(node)).toEqual([]);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
    expect((await node.snapshot()).network.links).toEqual(before.network.links);
  });

  const bad: [more: Config, says: RegExp][] = [
    [{ mode: "fast" }, /unknown macvlan mode: "fast"/],
    [{ mode: 4 }, /"mode"/],
    [{ master: "a/b" }, /"master"/],
    [{ master: "much-too-long-a-name" }, /"master"/],
    [{ mac: "nonsense" }, /"mac"/],
    [{ mac: "01:00:5e:00:00:01" }, /multicast/],
    [{ mtu: -1 }, /"mtu"/],
    [{ mtu: 67 }, /"mtu"/],
    [{ bcqueuelen: -1 }, /"bcqueuelen"/],
    [{ linkInContainer: "yes" }, /"linkInContainer"/],
  ];

  test.each(bad)("%j is refused before anything changes", async (more, says) => {
    const node = await nodeWithTwo();
    const before = await node.snapshot();
    expect(await refused(node, "ADD", quick(more), one)).toMatchObject({
      code: 7,
      msg: expect.stringMatching(says),
    });
    expect(await node.snapshot()).toEqual(before);
  });
});
