import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import type { OutsideHost } from "../node/outside-host.ts";
import { addressTexts, link, routes } from "../node/state.ts";
import { pingOn } from "../scenarios/running-ping.ts";
import { attach, detach, expectHealthy, refused } from "./attachment.ts";
import { described, moving } from "./moving-uplink.ts";
import { bridgeNetwork, hostLocal } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };
const two = { netns: "two", containerId: "two" };

async function connectedNode(more = ""): Promise<{ node: FakeNode; outside: OutsideHost }> {
  const node = await startNode();
  const outside = await node.addOutsideHost();
  await node.run("sh", ["-ec", more]);
  for (const name of ["one", "two"]) await node.addNamespace(name);
  return { node, outside };
}

/** Whatever an interface can have, in the spelling of ip(8). Lifetimes have a minute to go before another hundred of seconds begins. */
const belongings = `
up='dev uplink0'
ip addr add 198.51.100.10/24 $up
ip addr add 203.0.113.1/24 $up label uplink0:web
ip addr add 203.0.113.9/28 $up noprefixroute metric 77
ip addr add 192.0.2.1 peer 192.0.2.2/32 $up
ip addr add 192.0.2.129/25 $up valid_lft 5090 preferred_lft 4090
ip addr add 192.0.2.65/26 brd 192.0.2.95 $up scope link
ip addr add 2001:db8:aa::1/64 $up nodad preferred_lft 0
ip addr add 2001:db8:bb::1/64 $up nodad noprefixroute valid_lft 6090 preferred_lft 5090
ip addr add 2001:db8:cc::1 peer 2001:db8:cc::2/128 $up nodad
ip route add 10.20.0.0/16 via 198.51.100.2 table 100 proto bird metric 50
ip route add 10.21.0.0/16 $up table 1000
ip route add 10.22.0.0/16 via 198.51.100.2 src 198.51.100.10 mtu 1300 advmss 1200 initcwnd 20
ip route add 10.23.0.0/16 via 10.99.99.99 $up onlink
ip route add 10.24.0.0/16 tos 0x10 via 198.51.100.2
ip route add 10.24.0.0/16 via 198.51.100.2
ip route add 192.0.2.201 $up
ip route add 10.25.0.0/16 via 192.0.2.201
ip route add 10.26.0.0/16 via inet6 fe80::9 $up
ip route add default via 198.51.100.3 metric 500
ip addr add 172.16.5.10/24 $up noprefixroute
ip route add 172.16.5.0/24 $up proto kernel scope link src 172.16.5.10 metric 100
ip route add 10.28.0.0/16 via 172.16.5.1 proto dhcp src 172.16.5.10 metric 100
ip addr add 2001:db8:dd::1/64 $up nodad noprefixroute
ip route add 2001:db8:dd::/64 $up proto kernel metric 100
ip route add blackhole 10.27.0.0/16
ip route add 2001:db8:1::/48 via 2001:db8:ff::2 metric 5 pref high
ip route add 2001:db8:2::/48 via fe80::9 $up proto ra expires 990
ip route add 2001:db8:3::/48 $up table 100 mtu 1400
ip route add default via fe80::9 $up metric 2000
ip rule add from 198.51.100.10 table 100`;

describeWith(
  { plugins: ["bridge", "host-local"], commands: ["ping"] },
  "an uplink whose addresses move",
  () => {
    test("leaves the host and its containers in the network, without NAT", async () => {
      const { node, outside } = await connectedNode();
      const { address } = await link(node, null, "uplink0");
      const added = await attach(node, moving(), one);
      expect(await addressTexts(node, null, "br0")).toEqual(["198.51.100.1/24", "2001:db8:ff::1/64"]);
      expect(await addressTexts(node, null, "uplink0")).toEqual([]);
      const defaults = [...(await routes(node, null, 4)), ...(await routes(node, null, 6))];
      expect(defaults.map(({ dst, gateway, dev }) => [dst, gateway, dev])).toEqual([
        ["default", outside.address, "br0"],
        ["default", outside.address6, "br0"],
      ]);
      expect(await link(node, null, "br0")).toMatchObject({ address });
      for (const to of [outside.address, outside.address6])
        expect(await node.ping(null, to)).toMatchObject({ received: 1 });
      for (const to of [outside.nodeAddress, outside.nodeAddress6, "198.51.100.100"])
        expect(await node.ping(outside.name, to)).toMatchObject({ received: 1 });
      const capture = await node.capture(outside.interface, "icmp", { namespace: outside.name });
      expect(await node.ping("one", outside.address)).toMatchObject({ received: 1 });
      expect(await capture.waitFor(/echo request/)).toContain(`198.51.100.100 > ${outside.address}`);
      await capture.stop();
      await expectHealthy(node, moving(), added, one);
    });

    test("takes all that it has to the bridge, and gets it back", async () => {
      const { node } = await connectedNode(belongings);
      const [before, has] = [await node.snapshot(), await described(node, "uplink0")];
      expect(has.length).toBeGreaterThan(25);
      await attach(node, moving(), one);
      expect(await described(node, "br0")).toEqual(has.map((line) => line.replace("DEV:web", "uplink0:web")));
      expect(await described(node, "uplink0")).toEqual([]);
      await attach(node, moving(), two);
      await detach(node, moving(), one);
      expect(await described(node, "uplink0")).toEqual([]);
      await detach(node, moving(), two);
      expect(await described(node, "uplink0")).toEqual(has);
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
    });

    test("keeps IPv6 addresses without duplicate address detection, and they are not marked so", async () => {
      const { node } = await connectedNode(
        "ip addr add 2001:db8:ff::5/64 dev uplink0; while ip addr show dev uplink0 | grep -q tentative; do sleep 0.1; done",
      );
      const before = await node.snapshot();
      await attach(node, moving(), one);
      const shown = async (name: string) =>
        (await node.run("ip", ["-6", "addr", "show", "dev", name])).stdout;
      expect(await shown("br0")).toMatch(/2001:db8:ff::5\/64 scope global *$/m);
      await detach(node, moving(), one);
      expect(await shown("uplink0")).toMatch(/2001:db8:ff::5\/64 scope global *$/m);
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
    });

    test("is renewed by routers on the bridge as it was before", async () => {
      const { node } = await connectedNode("echo 2 > /proc/sys/net/ipv6/conf/uplink0/accept_ra");
      const settings = async () => {
        const folder = "/proc/sys/net/ipv6/conf/br0";
        return (await node.run("sh", ["-ec", `cat ${folder}/accept_ra ${folder}/autoconf`])).stdout;
      };
      await attach(node, moving(), one);
      expect(await settings()).toBe("2\n1");
      await detach(node, moving(), one);
      expect(await settings()).toBe("0\n1");
    });

    const witnesses: [from: string | null, to: (outside: OutsideHost) => string][] = [
      [null, (outside) => outside.address],
      [null, (outside) => outside.address6],
      ["outside", (outside) => outside.nodeAddress],
      ["outside", (outside) => outside.nodeAddress6],
    ];

    test.each([0, 1])("loses one packet at most each time, with rp_filter %d", async (filter) => {
      const filters = `for f in all default uplink0; do echo ${filter} > /proc/sys/net/ipv4/conf/$f/rp_filter; done`;
      const { node, outside } = await connectedNode(filters);
      for (const [from, to] of witnesses)
        expect(await node.ping(from, to(outside))).toMatchObject({ received: 1 });
      const pings = await Promise.all(
        witnesses.map(async ([from, to]) => pingOn({ node, netns: from }, to(outside))),
      );
      const rounds = 4;
      for (let round = 0; round < rounds; round += 1) {
        await attach(node, moving(), one);
        await detach(node, moving(), one);
      }
      for (const ping of pings) expect((await ping.stop()).lost).toBeLessThanOrEqual(2 * rounds);
    });

    test("goes to a bridge that has another MAC address, which neighbours are told", async () => {
      const { node, outside } = await connectedNode(
        "ip link add br0 up address 02:00:00:00:00:33 type bridge",
      );
      const before = await node.snapshot();
      // The outside host knows the old one.
      expect(await node.ping(outside.name, outside.nodeAddress)).toMatchObject({ received: 1 });
      const capture = await node.capture(outside.interface, "arp", { namespace: outside.name });
      await attach(node, moving(), one);
      expect(await capture.waitFor(/02:00:00:00:00:33 > ff:ff:ff:ff:ff:ff.*198\.51\.100\.1/)).toContain(
        "Request",
      );
      await capture.stop();
      // An old entry would not be asked about for five seconds (delay_first_probe_time).
      expect(await node.ping(outside.name, outside.nodeAddress)).toMatchObject({ received: 1 });
      await detach(node, moving(), one);
      expect(await node.ping(outside.name, outside.nodeAddress)).toMatchObject({ received: 1 });
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
    });

    test("is refused without the word to move, and by a gateway that comes later", async () => {
      const { node } = await connectedNode();
      expect(await refused(node, "ADD", moving({ uplinkAddress: null }), one)).toMatchObject({
        code: 104,
        msg: expect.stringContaining("198.51.100.1/24, 2001:db8:ff::1/64"),
      });
      await attach(node, moving(), one);
      const gateway = bridgeNetwork({ name: "other" });
      expect(await refused(node, "ADD", gateway, two)).toMatchObject({
        code: 104,
        msg: expect.stringContaining("198.51.100.1/24"),
      });
    });

    test("gets addresses back that came to the bridge later, and loses none that came to the uplink", async () => {
      const { node } = await connectedNode();
      const added = await attach(node, moving(), one);
      await node.run("ip", ["addr", "add", "198.51.100.77/24", "dev", "br0"]);
      await node.run("ip", ["addr", "add", "198.51.100.88/24", "dev", "uplink0"]);
      const { code, msg } = await refused(node, "CHECK", { ...moving(), prevResult: added }, one);
      expect({ code, msg }).toEqual({
        code: 107,
        msg: expect.stringContaining("198.51.100.88/24 is on uplink"),
      });
      await attach(node, moving(), two);
      expect(await addressTexts(node, null, "uplink0")).toEqual([]);
      await expectHealthy(node, moving(), added, one);
      await detach(node, moving(), one);
      await detach(node, moving(), two);
      const all = ["198.51.100.1/24", "198.51.100.77/24", "198.51.100.88/24", "2001:db8:ff::1/64"];
      expect(await addressTexts(node, null, "uplink0")).toEqual(all);
      expect(await addressTexts(node, null, "br0")).toEqual([]);
    });

    test("CHECK misses addresses that the bridge has lost", async () => {
      const { node } = await connectedNode();
      const added = await attach(node, moving(), one);
      await node.run("ip", ["addr", "flush", "dev", "br0", "scope", "global"]);
      expect(await refused(node, "CHECK", { ...moving(), prevResult: added }, one)).toMatchObject({
        code: 107,
        msg: expect.stringContaining("none of the addresses"),
      });
    });

    test("stays where it is when a route could not go back, and the host stays reachable", async () => {
      const { node, outside } = await connectedNode();
      await attach(node, moving(), one);
      const script = "ip nexthop add id 9 via 198.51.100.2 dev br0; ip route add 10.7.0.0/16 nhid 9";
      await node.run("sh", ["-ec", script]);
      const env = { TRESTLE_LOG: "warn" };
      const ended = await node.plugin({ type: "bridge", command: "DEL", config: moving(), ...one, env });
      expect(ended).toMatchObject({
        exitCode: 0,
        stdout: "",
        stderr: expect.stringContaining("10.7.0.0/16"),
      });
      expect(await node.ping(null, outside.address)).toMatchObject({ received: 1 });
      expect(await addressTexts(node, null, "br0")).toContain("198.51.100.1/24");
    });

    test("an address that is a duplicate is not moved", async () => {
      const { node } = await connectedNode();
      await node.run("ip", ["-n", "outside", "addr", "add", "2001:db8:ff::7/64", "dev", "eth0", "nodad"]);
      await node.run("ip", ["addr", "add", "2001:db8:ff::7/64", "dev", "uplink0"]);
      await node.run("sh", ["-ec", "until ip addr show dev uplink0 | grep -q dadfailed; do sleep 0.1; done"]);
      expect(await refused(node, "ADD", moving(), one)).toMatchObject({
        code: 104,
        msg: expect.stringContaining("2001:db8:ff::7/64, which another host has"),
      });
    });

    test("without addresses is just an uplink", async () => {
      const node = await startNode();
      const script = `ip netns add wire; ip link add uplink0 type veth peer name eth0 netns wire
      ip -n wire link set eth0 up; ip -n wire addr add 10.1.0.200/24 dev eth0; ip link set uplink0 up`;
      await node.run("sh", ["-ec", script]);
      await node.addNamespace("one");
      const before = await node.snapshot();
      const config = moving({ ipam: hostLocal("10.1.0.0/24") });
      await expectHealthy(node, config, await attach(node, config, one), one);
      expect(await node.ping("one", "10.1.0.200")).toMatchObject({ received: 1 });
      await detach(node, config, one);
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
    });
  },
);
