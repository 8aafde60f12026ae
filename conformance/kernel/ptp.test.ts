import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest, referenceFolder } from "../node/index.ts";
import { addressTexts, leases, link, linkToGo, links, routes, setting } from "../node/state.ts";
import { type Whose, attach, call, detach, expectHealthy, refused, silence } from "./attachment.ts";
import { elements, iptablesRules } from "./firewall-state.ts";
import { inParallel } from "./in-parallel.ts";
import { failEach, faults, one } from "./injected-fault.ts";
import { type Config, allVersions, checkVersions, four, hostLocal, six } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";

const startNode = nodesPerTest();
const two = { netns: "two", containerId: "two" };
const nobody = { containerId: "", ifname: "" };

function network(more: Config = {}): Config {
  const ipam = { ...hostLocal(four, six), routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }] };
  return { cniVersion: "1.1.0", name: "net", type: "ptp", ipMasq: true, ipam, ...more };
}

async function nodeWithOne(): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("one");
  return node;
}

/** What the second snapshot has that DEL must have taken, forwarding and our empty table apart. */
async function left(node: FakeNode, before: Awaited<ReturnType<FakeNode["snapshot"]>>): Promise<string[]> {
  return diff(before, await node.snapshot(), { ignore: remainsAfterDel() });
}

const needs = {
  plugins: ["ptp", "host-local"],
  commands: ["nft", "strace", "iptables", "iptables-save"],
};

describeWith(needs, "ptp", () => {
  test("a container and the host reach each other, and nobody else is on the link", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("alone");
    const added = await attach(node, network(), one);
    const [host, inside] = added.interfaces ?? [];
    expect(inside).toMatchObject({ name: "eth0", sandbox: "/run/netns/one", mtu: 1500 });
    const hostEnd = await link(node, null, host?.name ?? "");
    expect(hostEnd).toMatchObject({ ifalias: "net one eth0", operstate: "UP", address: host?.mac });
    expect(hostEnd.master).toBeUndefined();
    expect(added.ips).toEqual([
      { interface: 1, address: "10.1.0.2/24", gateway: "10.1.0.1" },
      { interface: 1, address: "fd00:1::2/64", gateway: "fd00:1::1" },
    ]);
    expect(await addressTexts(node, null, host?.name ?? "")).toEqual(["10.1.0.1/32", "fd00:1::1/128"]);
    expect(await addressTexts(node, "one", "eth0")).toEqual(["10.1.0.2/24", "fd00:1::2/64"]);
    for (const gateway of ["10.1.0.1", "fd00:1::1"])
      expect(await node.ping("one", gateway)).toMatchObject({ received: 1 });
    for (const container of ["10.1.0.2", "fd00:1::2"])
      expect(await node.ping(null, container)).toMatchObject({ received: 1 });
    expect(await node.ping("alone", "10.1.0.2", { attempts: 1 })).toMatchObject({ received: 0 });
    await expectHealthy(node, network(), added, one);
  });

  test("routes are those to the gateway alone", async () => {
    const node = await nodeWithOne();
    await attach(node, network(), one);
    const { stdout } = await node.inNamespace("one", "sh", ["-c", "ip route; ip -6 route show dev eth0"]);
    const lines = stdout.split("\n").map((line) => line.trim().replaceAll(/ (metric|pref) \w+/g, ""));
    expect(lines.filter((line) => line !== "" && !line.startsWith("fe80"))).toEqual([
      "default via 10.1.0.1 dev eth0 proto static",
      "10.1.0.0/24 via 10.1.0.1 dev eth0 proto static src 10.1.0.2",
      "10.1.0.1 dev eth0 proto static scope link src 10.1.0.2",
      "fd00:1::1 proto static src fd00:1::2",
      "fd00:1::/64 via fd00:1::1 proto static src fd00:1::2",
      "default via fd00:1::1 proto static",
    ]);
    const host = (await routes(node, null, 4)).map(({ dst, dev }) => [dst, dev.startsWith("veth")]);
    expect(host).toEqual([["10.1.0.2", true]]);
  });

  test("the host asks for a container's MAC address at once: none of its addresses is tentative", async () => {
    const node = await nodeWithOne();
    await attach(node, network(), one);
    const { stdout } = await node.run("ip", ["-6", "-o", "address"]);
    expect(stdout).toMatch(/veth.*inet6 fe80:/);
    expect(stdout).not.toContain("tentative");
  });

  test("two containers reach each other by the host, under their own addresses, and what is outside under its", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("two");
    const outside = await node.addOutsideHost();
    for (const whose of [one, two]) await attach(node, network(), whose);
    await using between = await node.capture("eth0", "icmp or icmp6", { namespace: "two" });
    for (const address of ["10.1.0.3", "fd00:1::3"])
      expect(await node.ping("one", address)).toMatchObject({ received: 1 });
    await between.waitFor(/10\.1\.0\.2 > 10\.1\.0\.3: ICMP echo request/);
    await between.waitFor(/fd00:1::2 > fd00:1::3: ICMP6, echo request/);
    await using away = await node.capture(outside.interface, "icmp", { namespace: outside.name });
    for (const address of [outside.address, outside.address6])
      expect(await node.ping("one", address)).toMatchObject({ received: 1 });
    await away.waitFor(new RegExp(`${outside.nodeAddress} > ${outside.address}: ICMP echo request`));
  });

  test("without ipMasq nothing is masqueraded", async () => {
    const node = await nodeWithOne();
    const outside = await node.addOutsideHost();
    await attach(node, network({ ipMasq: false }), one);
    expect(await node.ping("one", outside.address, { attempts: 1 })).toMatchObject({ received: 0 });
    expect(await node.ping("one", outside.nodeAddress)).toMatchObject({ received: 1 });
    expect(await elements(node)).toEqual([]);
  });

  test("dns is IPAM's, or as a whole the configuration's", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("two");
    node.write("/var/lib/node/resolv.conf", "nameserver 192.0.2.53\nsearch example.org\n");
    const ipam = { ...hostLocal(four), resolvConf: "/var/lib/node/resolv.conf" };
    expect((await attach(node, network({ ipam }), one)).dns).toEqual({
      nameservers: ["192.0.2.53"],
      search: ["example.org"],
    });
    const dns = { domain: "example.net" };
    expect((await attach(node, network({ ipam, dns }), two)).dns).toEqual(dns);
  });

  test("the host takes no routes from a container", async () => {
    const node = await nodeWithOne();
    const added = await attach(node, network(), one);
    const host = added.interfaces?.[0]?.name ?? "";
    expect(await setting(node, null, `ipv6/conf/${host}/accept_ra`)).toBe("0");
  });

  test.each(allVersions)("in version %s", async (cniVersion) => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    const config = network({ cniVersion });
    const added = await attach(node, config, one);
    const told = added.ips?.map(({ address }) => address) ?? [added.ip4?.ip, added.ip6?.ip];
    expect(told).toEqual(["10.1.0.2/24", "fd00:1::2/64"]);
    if (checkVersions.some((version) => version === cniVersion))
      await expectHealthy(node, config, added, one);
    await detach(node, config, one);
    expect(await left(node, before)).toEqual([]);
  });

  test("deleting either end removes both, and DEL gives back the rest", async () => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    for (const script of ["ip -n one link del eth0", "ip link del $HOST"]) {
      const added = await attach(node, network(), one);
      await node.run("sh", ["-ec", script.replace("$HOST", added.interfaces?.[0]?.name ?? "")]);
      expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo"]);
      expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
      await detach(node, network(), one);
      expect(await left(node, before)).toEqual([]);
    }
  });

  const gone: [what: string, script: string, whose: Whose][] = [
    ["as it was", "true", one],
    ["without CNI_NETNS", "true", { containerId: "one" }],
    ["with the namespace removed", "ip netns del one", one],
    ["with a plain file in its place", "ip netns del one; touch /run/netns/one", one],
    ["with our table removed", "nft delete table inet trestle", one],
    ["with the lease removed", "rm -r /var/lib/cni/networks", one],
  ];

  test.each(gone)("DEL three times, %s", async (_what, script, whose) => {
    const node = await nodeWithOne();
    const added = await attach(node, network(), one);
    await node.run("sh", ["-ec", script]);
    for (let time = 1; time <= 3; time += 1) await detach(node, network(), whose);
    await linkToGo(node, added.interfaces?.[0]?.name ?? "");
    expect([await leases(node), await elements(node)]).toEqual([[], []]);
  });

  test.each([{ mtu: "large" }, { ipMasq: "perhaps" }, { ipMasqBackend: 3 }])(
    "DEL with a configuration that has %j",
    async (more: Config) => {
      const node = await nodeWithOne();
      const before = await node.snapshot();
      await attach(node, network(), one);
      await detach(node, network(more), one);
      expect(await left(node, before)).toEqual([]);
    },
  );

  test("DEL does not touch what it does not know", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("two");
    const script =
      "ip link add x0 type veth peer name eth0 netns one; ip link add br9 type bridge; ip link add veth12345678 type veth peer name eth0 netns two; ip link set veth12345678 master br9";
    await node.run("sh", ["-ec", script]);
    for (const whose of [one, two]) {
      await detach(node, network(), whose);
      expect(await link(node, whose.netns, "eth0")).toMatchObject({ ifname: "eth0" });
    }
  });

  test.each(faults.filter(([name]) => name !== "flock"))(
    "whichever %s fails with %s leaves nothing",
    async (name, error) => {
      const { wrong, reached } = await failEach(nodeWithOne, { call: name, error }, { config: network() });
      expect(wrong).toEqual([]);
      expect(reached).toBeGreaterThan(0);
    },
  );

  test("an address that the host routes elsewhere is refused, and nothing changes", async () => {
    const node = await nodeWithOne();
    await node.run("sh", ["-ec", "ip link add br9 up type bridge; ip route add 10.1.0.2/32 dev br9"]);
    await node.addNamespace("two");
    const before = await node.snapshot();
    expect(await refused(node, "ADD", network(), one)).toMatchObject({
      code: 102,
      msg: expect.stringContaining("10.1.0.2"),
    });
    expect(await left(node, before)).toEqual([]);
  });

  const damages: [what: string, script: string, says: RegExp][] = [
    ["the link is gone", "ip link del $HOST", /"eth0" is missing/],
    ["the container's end is down", "ip -n one link set eth0 down", /"eth0" is down/],
    ["the host's end is down", "ip link set $HOST down", /host end "veth\w+" is down/],
    ["the host's route is gone", "ip route del 10.1.0.2", /host's route to 10\.1\.0\.2/],
    ["the host's route of IPv6 is gone", "ip -6 route del fd00:1::2", /host's route to fd00:1::2/],
    ["the gateway's address is gone", "ip addr del 10.1.0.1/32 dev $HOST", /10\.1\.0\.1\/32 is missing/],
    ["the address is gone", "ip -n one addr del 10.1.0.2/24 dev eth0", /10\.1\.0\.2\/24 is missing/],
    ["the route to the network is gone", "ip -n one route del 10.1.0.0/24", /route to 10\.1\.0\.0\/24/],
    ["the default route is gone", "ip -n one route del default", /route to 0\.0\.0\.0\/0/],
    ["forwarding is off", "echo 0 > /proc/sys/net/ipv4/ip_forward", /net\.ipv4\.ip_forward is 0/],
    ["masquerade is gone", "nft flush set inet trestle masquerade4", /masquerade/],
    ["the lease is gone", "rm -r /var/lib/cni/networks/net", /Failed to find address/],
  ];

  test.each(damages)("CHECK fails when %s, and changes nothing", async (_what, script, says) => {
    const node = await nodeWithOne();
    const added = await attach(node, network(), one);
    await expectHealthy(node, network(), added, one);
    await node.run("sh", ["-ec", script.replace("$HOST", added.interfaces?.[0]?.name ?? "")]);
    const broken = await node.snapshot();
    const complaint = await refused(node, "CHECK", network({ prevResult: added }), one);
    expect(complaint).toMatchObject({ code: 107, msg: expect.stringMatching(says) });
    expect(diff(broken, await node.snapshot())).toEqual([]);
  });

  test("GC removes links, elements and leases of what is not valid, and only those", async () => {
    const node = await nodeWithOne();
    await node.addNamespace("two");
    await attach(node, network(), one);
    const kept = await attach(node, network(), two);
    const valid = [{ containerID: "two", ifname: "eth0" }];
    expect(await call(node, "GC", network({ "cni.dev/valid-attachments": valid }), nobody)).toMatchObject(
      silence,
    );
    expect(await leases(node)).toEqual(["10.1.0.3", "fd00:1::3"]);
    expect((await links(node, null)).map(({ ifalias }) => ifalias ?? "")).toEqual(["", "net two eth0"]);
    expect(new Set((await elements(node)).map(({ owner }) => owner))).toEqual(new Set(["net two eth0"]));
    await expectHealthy(node, network(), kept, two);
  });

  test("STATUS says why an ADD would not work", async () => {
    const node = await nodeWithOne();
    expect(await call(node, "STATUS", network(), nobody)).toMatchObject(silence);
    const missing = network({ ipam: { type: "nowhere" } });
    expect(await refused(node, "STATUS", missing, nobody)).toMatchObject({ code: 50 });
    await attach(node, network(), one);
    await node.run("nft", ["flush table inet trestle"]);
    expect(await refused(node, "STATUS", network(), nobody)).toMatchObject({ code: 51 });
    const valid = [{ containerID: "one", ifname: "eth0" }];
    await call(node, "GC", network({ "cni.dev/valid-attachments": valid }), nobody);
    expect(await call(node, "STATUS", network(), nobody)).toMatchObject(silence);
  });

  test("with the iptables backend, from ADD to DEL", async () => {
    const node = await nodeWithOne();
    const outside = await node.addOutsideHost();
    const config = network({ ipMasqBackend: "iptables" });
    await expectHealthy(node, config, await attach(node, config, one), one);
    expect(await node.ping("one", outside.address)).toMatchObject({ received: 1 });
    await detach(node, config, one);
    expect((await iptablesRules(node, 4)).filter((rule) => rule.includes("10.1.0.2"))).toEqual([]);
  });

  test("fifty at once come and go", async () => {
    const node = await startNode();
    const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const script = `for name in ${names.join(" ")}; do ip netns add $name; ip -n $name link set lo up; done`;
    await node.run("sh", ["-ec", script]);
    const before = await node.snapshot();
    const all = async (command: string) =>
      inParallel(names, async (name) => call(node, command, network(), { netns: name, containerId: name }));
    const added = await all("ADD");
    expect(added.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const ips = added.flatMap(({ json }) => (json?.ips ?? []).map(({ address }) => address));
    expect(new Set(ips).size).toBe(100);
    expect(await node.ping("c7", "10.1.0.1")).toMatchObject({ received: 1 });
    expect((await all("DEL")).filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await left(node, before)).toEqual([]);
  });

  const bad: [more: Config, says: RegExp][] = [
    [{ ipam: {} }, /"ipam\.type" is missing/],
    [{ mtu: 66 }, /"mtu"/],
    [{ ipMasq: "yes" }, /"ipMasq"/],
    [{ ipMasqBackend: "ebtables" }, /"ipMasqBackend"/],
    [{ nonMasqueradeCIDRs: ["10.0.0.0"] }, /"nonMasqueradeCIDRs/],
  ];

  test.each(bad)("%j is refused before anything changes", async (more, says) => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    expect(await refused(node, "ADD", network(more), one)).toMatchObject({
      code: 7,
      msg: expect.stringMatching(says),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
  });
});

describeWith(
  { ...needs, files: [`${referenceFolder}/ptp`], commands: ["iptables-save"] },
  "ptp beside the reference plugin",
  () => {
    const config = network({ cniVersion: "1.0.0", ipMasqBackend: "iptables" });

    test("CHECK passes what that one added, and DEL takes it away", async () => {
      const node = await nodeWithOne();
      const before = await node.snapshot();
      const added = await attach(node, network({ cniVersion: "1.0.0", ipMasq: true }), {
        ...one,
        folder: referenceFolder,
      });
      await expectHealthy(node, config, added, one);
      await detach(node, config, one);
      const iptables = /^[+~] network \/ (ip6?tables|nftables) /;
      const ignore = [...remainsAfterDel(), iptables];
      expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
      expect((await iptablesRules(node, 4)).filter((rule) => rule.includes("10.1.0.2"))).toEqual([]);
    });
  },
);
