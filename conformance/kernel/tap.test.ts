import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { addressTexts, leases, link, links, port, routes } from "../node/state.ts";
import { type Whose, attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import { elements } from "./firewall-state.ts";
import { guestMac, startGuest } from "./guest.ts";
import { inParallel } from "./in-parallel.ts";
import { failEach, faults, one } from "./injected-fault.ts";
import { type Config, allVersions, bridgeNetwork, checkVersions, four, hostLocal, six } from "./network.ts";
import { remainsAfterDel, remainsAfterFailure } from "./remains.ts";
import { canFilterVlans } from "./vlan-filtering.ts";

const startNode = nodesPerTest();
const silence = { exitCode: 0, stdout: "", stderr: "" };
const nobody = { containerId: "", ifname: "" };

/** A tap in a container. */
function inContainer(more: Config = {}): Config {
  const ipam = { ...hostLocal(four, six), routes: [{ dst: "0.0.0.0/0" }] };
  return { cniVersion: "1.1.0", name: "net", type: "tap", ipam, ...more };
}

/** A tap on the host's bridge, which is a gateway as the bridge plugin makes it. */
function onHost(more: Config = {}): Config {
  const keys = { bridge: "br0", isGateway: true, ipMasq: true };
  return { ...inContainer(), ...keys, ...more };
}

/** A machine on the host: CNI_NETNS is the host's own namespace, CNI_IFNAME the tap's name. */
function machine(name: string): Whose {
  return { containerId: name, netns: "/proc/self/ns/net", ifname: `tap-${name}` };
}

const vm = machine("vm");

async function nodeWithOne(): Promise<FakeNode> {
  const node = await startNode();
  await node.addNamespace("one");
  return node;
}

async function left(node: FakeNode, before: Awaited<ReturnType<FakeNode["snapshot"]>>): Promise<string[]> {
  return diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") });
}

/** `ip -d link` of a tap, whose info_data older ip(8) has under these names. */
async function device(node: FakeNode, namespace: string | null, name: string) {
  const { linkinfo, ...found } = await link(node, namespace, name);
  const data: Readonly<Record<string, unknown>> | undefined = Object(linkinfo)["info_data"];
  return { ...found, kind: linkinfo?.info_kind, data };
}

/** A kernel that says it has SELinux, and a runcon(1) that notes the context, runs the rest, and then does as it is told. */
function pretendSelinux(then = ""): string {
  return `
mount -t tmpfs tmpfs /sys/fs
mkdir /sys/fs/selinux; echo 1 > /sys/fs/selinux/enforce
mkdir /var/lib/node/bin
cat > /var/lib/node/bin/runcon << 'end'
#!/bin/sh
echo "$1" > /var/lib/node/context; shift
"$@" || exit
${then}
end
chmod +x /var/lib/node/bin/runcon
mount --bind /var/lib/node/bin/runcon "$(command -v runcon)"`;
}

const labelled = { selinuxContext: "system_u:system_r:vm_t:s0", owner: 1000 };

/** Of links, in order; temporary names without their digits. */
async function linkNames(node: FakeNode, namespace: string | null): Promise<string[]> {
  return (await links(node, namespace)).map(({ ifname }) => ifname.replace(/^temp[0-9a-f]{11}$/, "temp"));
}

const needs = {
  plugins: ["tap", "bridge", "host-local"],
  commands: ["nft", "strace", "perl"],
  files: ["/dev/net/tun"],
};

describeWith(needs, "tap in a container", () => {
  test("is made with owner, group and queues, and has the addresses", async () => {
    const node = await nodeWithOne();
    const config = inContainer({ owner: 1000, group: 1001, multiQueue: true, mtu: 1400 });
    const added = await attach(node, config, one);
    const tap = await device(node, "one", "eth0");
    expect(tap).toMatchObject({ kind: "tun", mtu: 1400, ifalias: "net one eth0" });
    expect(tap.flags).toContain("UP");
    expect(tap.data).toMatchObject({
      type: "tap",
      pi: false,
      persist: true,
      multi_queue: true,
      user: expect.anything(),
      group: expect.anything(),
    });
    const sandbox = "/run/netns/one";
    expect(added.interfaces).toEqual([{ name: "eth0", mac: tap.address, mtu: 1400, sandbox }]);
    expect(await addressTexts(node, "one", "eth0")).toEqual(["10.1.0.2/24", "fd00:1::2/64"]);
    expect((await routes(node, "one", 4)).map(({ dst, gateway }) => [dst, gateway])).toEqual([
      ["default", "10.1.0.1"],
    ]);
    await expectHealthy(node, config, added, one);
  });

  test("has the largest MTU that the driver takes", async () => {
    const node = await nodeWithOne();
    const config = inContainer({ mtu: 65521 });
    await expectHealthy(node, config, await attach(node, config, one), one);
    expect(await link(node, "one", "eth0")).toMatchObject({ mtu: 65521 });
  });

  test.each(allVersions)("in version %s", async (cniVersion) => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    const config = inContainer({ cniVersion });
    const added = await attach(node, config, one);
    if (checkVersions.some((version) => version === cniVersion))
      await expectHealthy(node, config, added, one);
    await detach(node, config, one);
    expect(await left(node, before)).toEqual([]);
  });

  test("the MAC address is the one that was asked for", async () => {
    const node = await nodeWithOne();
    const mac = "02:00:00:00:00:0c";
    const asked: [more: Config, args: string | undefined, mac: string][] = [
      [{ mac }, undefined, mac],
      [{ mac: "02:00:00:00:00:01" }, `MAC=${mac}`, mac],
      [{ runtimeConfig: { mac } }, "MAC=02:00:00:00:00:01", mac],
    ];
    for (const [more, args, wanted] of asked) {
      const whose = args === undefined ? one : { ...one, args };
      const added = await attach(node, inContainer(more), whose);
      expect(added.interfaces?.[0]?.mac).toBe(wanted);
      expect(await link(node, "one", "eth0")).toMatchObject({ address: wanted });
      await detach(node, inContainer(more), whose);
    }
  });

  test("joins a bridge of the container, and leaves the addresses to what opens it", async () => {
    const node = await nodeWithOne();
    await node.run("ip", ["-n", "one", "link", "add", "k6t", "up", "type", "bridge"]);
    const config = inContainer({ bridge: "k6t" });
    const added = await attach(node, config, one);
    expect(added.ips?.map(({ address }) => address)).toEqual(["10.1.0.2/24", "fd00:1::2/64"]);
    expect(await link(node, "one", "eth0")).toMatchObject({ master: "k6t" });
    expect(await addressTexts(node, "one", "eth0")).toEqual([]);
    await expectHealthy(node, config, added, one);
    await node.run("ip", ["-n", "one", "link", "set", "eth0", "nomaster"]);
    expect(await refused(node, "CHECK", { ...config, prevResult: added }, one)).toMatchObject({
      code: 107,
      msg: expect.stringContaining('not a port of bridge "k6t"'),
    });
  });

  test("a bridge that is not there is refused, also when the host has it", async () => {
    const node = await nodeWithOne();
    await node.run("ip", ["link", "add", "br0", "type", "bridge"]);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", inContainer({ bridge: "br0" }), one)).toMatchObject({
      code: 7,
      msg: expect.stringContaining('no bridge "br0" in "/run/netns/one"'),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test("a name that is taken is refused, whatever has it", async () => {
    const node = await nodeWithOne();
    for (const script of ["ip -n one tuntap add eth0 mode tap", "ip -n one link add eth0 type bridge"]) {
      await node.run("sh", ["-ec", script]);
      const before = await node.snapshot();
      expect(await refused(node, "ADD", inContainer(), one)).toMatchObject({ code: 103 });
      expect(diff(before, await node.snapshot())).toEqual([]);
      await node.run("ip", ["-n", "one", "link", "del", "eth0"]);
    }
  });

  test("the host's own namespace without a bridge is refused", async () => {
    const node = await nodeWithOne();
    for (const command of ["ADD", "CHECK", "DEL"]) {
      const config = inContainer({ prevResult: { cniVersion: "1.1.0" } });
      expect(await refused(node, command, config, vm)).toMatchObject({ code: 8 });
    }
    await attach(node, onHost(), vm);
    await detach(node, inContainer(), vm);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
  });

  const gone: [what: string, script: string, whose: Whose][] = [
    ["as it was", "true", one],
    ["without CNI_NETNS", "ip netns del one", { containerId: "one" }],
    ["with the namespace removed", "ip netns del one", one],
    ["with a plain file in its place", "ip netns del one; touch /run/netns/one", one],
    ["with the device removed from inside", "ip -n one link del eth0", one],
    ["of one that the reference plugin made", "ip -n one link set eth0 alias ''", one],
  ];

  test.each(gone)("DEL three times, %s", async (_what, script, whose) => {
    const node = await nodeWithOne();
    await attach(node, inContainer(), one);
    await node.run("sh", ["-ec", script]);
    for (let time = 1; time <= 3; time += 1) await detach(node, inContainer({ owner: "nobody" }), whose);
    expect(await leases(node)).toEqual([]);
    const { stdout } = await node.run("sh", [
      "-c",
      "nsenter --net=/run/netns/one ip -br link 2> /dev/null; true",
    ]);
    expect(stdout).not.toContain("eth0");
  });

  test("DEL leaves what is another's under the same name", async () => {
    const node = await nodeWithOne();
    const other = { netns: "one", containerId: "other" };
    const added = await attach(node, inContainer(), other);
    await detach(node, inContainer(), one);
    expect(await link(node, "one", "eth0")).toMatchObject({ ifalias: "net other eth0" });
    await expectHealthy(node, inContainer(), added, other);
  });

  test.each([...faults.filter(([name]) => name !== "flock"), ["ioctl", "EPERM"], ["ioctl", "ENOMEM"]])(
    "whichever %s fails with %s leaves nothing",
    async (name, error) => {
      const config = inContainer({ owner: 1000, group: 1000 });
      const { wrong, reached } = await failEach(nodeWithOne, { call: name, error }, { config });
      expect(wrong).toEqual([]);
      expect(reached).toBeGreaterThan(0);
    },
  );

  const damages: [what: string, script: string, says: RegExp][] = [
    ["the device is gone", "ip -n one link del eth0", /"eth0" is missing/],
    ["it is down", "ip -n one link set eth0 down", /"eth0" is down/],
    ["it has another MAC address", "ip -n one link set eth0 address 02:00:00:00:00:99", /99, was/],
    [
      "it is another's",
      "ip -n one link del eth0; ip -n one tuntap add eth0 mode tap user 7; ip -n one link set eth0 up",
      /owner of "eth0" is 7, expected 1000/,
    ],
    ["an address is gone", "ip -n one addr flush dev eth0 scope global", /address .* is missing/],
    ["a route is gone", "ip -n one route del default", /route to 0\.0\.0\.0\/0/],
    ["the lease is gone", "rm -r /var/lib/cni/networks/net", /Failed to find address/],
  ];

  test.each(damages)("CHECK fails when %s, and changes nothing", async (_what, script, says) => {
    const node = await nodeWithOne();
    const config = inContainer({ owner: 1000 });
    const added = await attach(node, config, one);
    await expectHealthy(node, config, added, one);
    await node.run("sh", ["-ec", script]);
    const broken = await node.snapshot();
    expect(await refused(node, "CHECK", { ...config, prevResult: added }, one)).toMatchObject({
      code: 107,
      msg: expect.stringMatching(says),
    });
    expect(diff(broken, await node.snapshot())).toEqual([]);
  });

  const bad: [more: Config, code: number, says: RegExp][] = [
    [{ owner: "root" }, 7, /"owner" is "root"/],
    [{ owner: -1 }, 7, /"owner" is -1/],
    [{ group: 4294967296 }, 7, /"group"/],
    [{ multiQueue: "yes" }, 7, /"multiQueue"/],
    [{ mac: "01:00:00:00:00:00" }, 7, /"mac"/],
    [{ mtu: 1 }, 7, /"mtu"/],
    [{ mtu: 65522 }, 7, /"mtu" is 65522: .*68 to 65521/],
    [{ bridge: "a/b" }, 7, /"bridge"/],
    [{ selinuxContext: "--help" }, 7, /"selinuxContext"/],
    [{ selinuxContext: "svirt_t" }, 7, /"selinuxContext"/],
  ];

  test.each(bad)("%j is refused, and nothing changes", async (more, code, says) => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    expect(await refused(node, "ADD", inContainer(more), one)).toMatchObject({
      code,
      msg: expect.stringMatching(says),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  const hostsAlone: [key: string, value: unknown][] = [
    ["vlan", 10],
    ["vlanTrunk", [{ id: 30 }]],
    ["ipMasq", true],
  ];

  test.each(hostsAlone)(
    "%s, which only the host's bridge has, is refused, and DEL takes it",
    async (key, value) => {
      const node = await nodeWithOne();
      await node.run("ip", ["-n", "one", "link", "add", "k6t", "up", "type", "bridge"]);
      for (const plain of [inContainer(), inContainer({ bridge: "k6t" })]) {
        const config = { ...plain, [key]: value };
        const before = await node.snapshot();
        const refusal = { code: 7, msg: expect.stringContaining(`"${key}" is ${JSON.stringify(value)}`) };
        expect(await refused(node, "ADD", config, one)).toMatchObject(refusal);
        expect(diff(before, await node.snapshot())).toEqual([]);
        const added = await attach(node, plain, one);
        expect(await refused(node, "CHECK", { ...config, prevResult: added }, one)).toMatchObject(refusal);
        await detach(node, config, one);
        expect(await linkNames(node, "one")).toEqual(["lo", "k6t"]);
        // STATUS is told no namespace: with "bridge" it may be the host's, which has these keys where the kernel has VLANs.
        const onHostsBridge = canFilterVlans() || !key.startsWith("vlan") ? silence : { json: { code: 50 } };
        const status = await call(node, "STATUS", config, nobody);
        expect(status).toMatchObject(plain["bridge"] === undefined ? { json: refusal } : onHostsBridge);
      }
    },
  );

  test("keys of the host's bridge that ask for nothing are passed over", async () => {
    const node = await nodeWithOne();
    const config = inContainer({
      vlan: 0,
      vlanTrunk: [],
      isGateway: false,
      ipMasq: false,
      portIsolation: "false",
    });
    await expectHealthy(node, config, await attach(node, config, one), one);
    expect(await call(node, "STATUS", config, nobody)).toMatchObject(silence);
    await detach(node, config, one);
  });

  test.each([
    ["another alias", "ip -n one link set eth0 alias mine"],
    ["another name and MAC address", "ip -n one link set eth0 down name other0 address 02:00:00:00:00:99"],
  ])("DEL finds a tap that the container gave %s", async (_what, script) => {
    const node = await nodeWithOne();
    await attach(node, inContainer(), one);
    await node.run("sh", ["-ec", script]);
    await detach(node, inContainer(), one);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
    expect(await leases(node)).toEqual([]);
  });

  test("DEL leaves a device that carries packets, such as a VPN's", async () => {
    const node = await nodeWithOne();
    await node.run("ip", ["-n", "one", "tuntap", "add", "dev", "eth0", "mode", "tun"]);
    await detach(node, inContainer(), one);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo", "eth0"]);
  });

  test("a context needs SELinux, and with it the programs that can set one make the device", async () => {
    const node = await nodeWithOne();
    const config = inContainer({ ...labelled, multiQueue: true });
    const before = await node.snapshot();
    const refusal = { msg: expect.stringContaining("SELinux is not active") };
    expect(await refused(node, "ADD", config, one)).toMatchObject({ ...refusal, code: 105 });
    expect(await refused(node, "STATUS", config, nobody)).toMatchObject({ ...refusal, code: 50 });
    expect(diff(before, await node.snapshot())).toEqual([]);
    await node.run("sh", ["-ec", pretendSelinux()]);
    const added = await attach(node, config, one);
    expect(node.read("/var/lib/node/context").trim()).toBe("system_u:system_r:vm_t:s0");
    await expectHealthy(node, config, added, one);
    const two = { ...one, containerId: "two" };
    expect(await refused(node, "ADD", config, two)).toMatchObject({ code: 103 });
    await detach(node, config, one);
    expect((await links(node, "one")).map(({ ifname }) => ifname)).toEqual(["lo"]);
  });
});

describeWith(needs, "tap with a context", () => {
  const places: [where: string, config: Config, whose: Whose, namespace: string | null, rest: string[]][] = [
    ["in a container", inContainer(labelled), one, "one", ["lo"]],
    ["on the host", onHost(labelled), vm, null, ["lo", "br0"]],
  ];

  test.each(places)(
    "DEL finds the device of an ADD that was killed when it was made: %s",
    async (_where, config, whose, namespace, rest) => {
      const node = await nodeWithOne();
      await node.run("sh", ["-ec", pretendSelinux("kill -KILL $PPID; sleep 1")]);
      expect((await call(node, "ADD", config, whose)).exitCode).not.toBe(0);
      expect(await linkNames(node, namespace)).toEqual([...rest, "temp"]);
      expect(await refused(node, "ADD", config, whose)).toMatchObject({
        code: 11,
        details: expect.stringContaining("DEL"),
      });
      await detach(node, config, { ...whose, containerId: "other" });
      expect(await linkNames(node, namespace)).toEqual([...rest, "temp"]);
      for (const command of ["DEL", "DEL"]) {
        expect(await call(node, command, config, whose)).toMatchObject(silence);
        expect(await linkNames(node, namespace)).toEqual(rest);
      }
    },
  );

  test.each(places)(
    "programs that fail when they have made it leave nothing: %s",
    async (_where, config, whose) => {
      const node = await nodeWithOne();
      await node.run("sh", ["-ec", pretendSelinux("echo no >&2; exit 3")]);
      const before = await node.snapshot();
      expect(await refused(node, "ADD", config, whose)).toMatchObject({
        code: 108,
        msg: expect.stringContaining("no"),
      });
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    },
  );

  test.each([
    ["sendto", "EIO"],
    ["recvfrom", "ENOBUFS"],
  ])("whichever %s fails with %s leaves nothing", async (name, error) => {
    const start = async () => {
      const node = await nodeWithOne();
      await node.run("sh", ["-ec", pretendSelinux()]);
      await node.run("touch", ["/var/lib/node/context"]);
      return node;
    };
    const { wrong, reached } = await failEach(
      start,
      { call: name, error },
      { config: inContainer(labelled) },
    );
    expect(wrong).toEqual([]);
    expect(reached).toBeGreaterThan(0);
  });

  test("a name that is taken meanwhile is refused, and what has it stays", async () => {
    const node = await nodeWithOne();
    await node.run("sh", ["-ec", pretendSelinux("ip -n one link add eth0 type bridge")]);
    expect(await refused(node, "ADD", inContainer(labelled), one)).toMatchObject({ code: 103 });
    expect(await link(node, "one", "eth0")).toMatchObject({ linkinfo: { info_kind: "bridge" } });
    expect(await linkNames(node, "one")).toEqual(["lo", "eth0"]);
  });
});

describeWith(needs, "tap on the host's bridge", () => {
  // Opening a tap is what takes it away as well: no right is needed for it but that of its owner.
  const asAnybody = "setpriv --reuid 65534 --regid 65534 --clear-groups ip tuntap del dev tap-vm mode tap";
  const owners: [what: string, more: Config, script: string, stays: boolean][] = [
    ["root's unless somebody is named", {}, asAnybody, true],
    ["another's", { owner: 1000 }, asAnybody, true],
    ["the user's", { owner: 65534 }, asAnybody, false],
    ["the group's", { group: 65534 }, asAnybody, false],
    ["who is only one of both", { owner: 65534, group: 1000 }, asAnybody, true],
  ];

  test.each(owners)("who may open it: %s", async (_what, more, script, stays) => {
    const node = await startNode();
    const added = await attach(node, onHost(more), vm);
    await expectHealthy(node, onHost(more), added, vm);
    await node.run("sh", ["-ec", "mount -t tmpfs tmpfs /dev/net; mknod -m 666 /dev/net/tun c 10 200"]);
    await node.run("sh", ["-c", script], { allowFailure: true });
    expect((await links(node, null)).some(({ ifname }) => ifname === "tap-vm")).toBe(stays);
  });

  test("is a port, has no address itself, and what opens it reaches containers, gateway and host", async () => {
    const node = await nodeWithOne();
    await attach(node, bridgeNetwork({ ipam: hostLocal(four, six) }), one);
    const added = await attach(node, onHost({ owner: 1000 }), vm);
    const tap = await device(node, null, "tap-vm");
    expect(tap).toMatchObject({ kind: "tun", master: "br0", ifalias: "net vm tap-vm" });
    expect(added.interfaces).toEqual([
      { name: "br0", mac: (await link(node, null, "br0")).address, mtu: 1500 },
      { name: "tap-vm", mac: tap.address, mtu: 1500, sandbox: "/proc/self/ns/net" },
    ]);
    expect(added.ips).toEqual([
      { interface: 1, address: "10.1.0.3/24", gateway: "10.1.0.1" },
      { interface: 1, address: "fd00:1::3/64", gateway: "fd00:1::1" },
    ]);
    expect(await addressTexts(node, null, "tap-vm")).toEqual([]);
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24", "fd00:1::1/64"]);
    expect(await node.ping("one", "10.1.0.3", { attempts: 1 })).toMatchObject({ received: 0 });
    await startGuest(node, "tap-vm", "10.1.0.3");
    for (const from of ["one", null])
      expect(await node.ping(from, "10.1.0.3")).toMatchObject({ received: 1 });
    const { stdout } = await node.run("bridge", ["fdb", "show", "br", "br0", "brport", "tap-vm"]);
    expect(stdout).toContain(guestMac);
    await expectHealthy(node, onHost({ owner: 1000 }), added, vm);
  });

  test("with several queues", async () => {
    const node = await nodeWithOne();
    const added = await attach(node, onHost({ multiQueue: true }), vm);
    await startGuest(node, "tap-vm", "10.1.0.2", "multi");
    expect(await node.ping(null, "10.1.0.2")).toMatchObject({ received: 1 });
    await expectHealthy(node, onHost({ multiQueue: true }), added, vm);
  });

  test.each(allVersions)("in version %s, and DEL leaves the bridge alone", async (cniVersion) => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    const config = onHost({ cniVersion });
    const added = await attach(node, config, vm);
    if (checkVersions.some((version) => version === cniVersion)) await expectHealthy(node, config, added, vm);
    for (let time = 1; time <= 3; time += 1) await detach(node, config, vm);
    expect(await left(node, before)).toEqual([]);
    expect([await leases(node), await elements(node)]).toEqual([[], []]);
  });

  test("hairpin mode, isolation and MTU are as of the bridge plugin", async () => {
    const node = await nodeWithOne();
    const config = onHost({ hairpinMode: true, portIsolation: true, mtu: 1300 });
    const added = await attach(node, config, vm);
    expect(await port(node, "tap-vm")).toMatchObject({ hairpin: true, isolated: true });
    expect(await link(node, null, "tap-vm")).toMatchObject({ mtu: 1300 });
    await expectHealthy(node, config, added, vm);
    await node.run("ip", ["link", "set", "tap-vm", "type", "bridge_slave", "hairpin", "off"]);
    expect(await refused(node, "CHECK", { ...config, prevResult: added }, vm)).toMatchObject({
      code: 107,
      msg: expect.stringContaining("hairpin"),
    });
  });

  test("macspoofchk lets the machine's address through and no other", async () => {
    const node = await nodeWithOne();
    const config = onHost({ macspoofchk: true, ipMasq: false });
    const before = await node.snapshot();
    expect(await refused(node, "ADD", config, vm)).toMatchObject({
      code: 7,
      msg: expect.stringContaining("MAC address"),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
    const known = { ...config, runtimeConfig: { mac: guestMac } };
    const added = await attach(node, known, vm);
    expect((await link(node, null, "tap-vm")).address).not.toBe(guestMac);
    await startGuest(node, "tap-vm", "10.1.0.2");
    expect(await node.ping(null, "10.1.0.2")).toMatchObject({ received: 1 });
    await expectHealthy(node, known, added, vm);
    await detach(node, known, vm);
    const other = { ...config, mac: "02:00:00:00:00:bb" };
    await attach(node, other, machine("two"));
    await startGuest(node, "tap-two", "10.1.0.3");
    expect(await node.ping(null, "10.1.0.3", { attempts: 2 })).toMatchObject({ received: 0 });
  });

  test("a machine with an address of the physical network is reached from outside by the uplink", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    const before = await node.snapshot();
    const range = { subnet: "198.51.100.0/24", rangeStart: "198.51.100.100", gateway: outside.address };
    const uplink = { uplink: outside.uplink, uplinkAddress: "move", isGateway: false, ipMasq: false };
    const config = onHost({ ...uplink, ipam: { type: "host-local", ranges: [[range]] } });
    const added = await attach(node, config, vm);
    expect(added.ips?.[0]?.address).toBe("198.51.100.100/24");
    expect(await node.ping(outside.name, "198.51.100.100", { attempts: 1 })).toMatchObject({ received: 0 });
    await startGuest(node, "tap-vm", "198.51.100.100");
    expect(await node.ping(outside.name, "198.51.100.100")).toMatchObject({ received: 1 });
    expect(await node.ping(outside.name, outside.nodeAddress)).toMatchObject({ received: 1 });
    await expectHealthy(node, config, added, vm);
    await detach(node, config, vm);
    expect((await left(node, before)).filter((line) => !line.includes("processes"))).toEqual([]);
  });

  test("a name that the host has is refused, and what has it stays", async () => {
    const node = await nodeWithOne();
    await node.addOutsideHost();
    await node.run("ip", ["tuntap", "add", "tap9", "mode", "tap"]);
    const before = await node.snapshot();
    for (const ifname of ["uplink0", "tap9", "lo"]) {
      expect(await refused(node, "ADD", onHost(), { ...vm, ifname })).toMatchObject({
        code: 103,
        details: expect.stringContaining("CNI_IFNAME"),
      });
      await detach(node, onHost(), { ...vm, ifname });
    }
    const leaseFolders = [/files \/ \/var\/lib\/cni\/networks/];
    expect(diff(before, await node.snapshot(), { ignore: leaseFolders })).toEqual([]);
  });

  test("DEL without CNI_NETNS takes it away as well, and only the owner's", async () => {
    const node = await nodeWithOne();
    await attach(node, onHost(), vm);
    await detach(node, onHost(), { ...vm, containerId: "other" });
    expect(await link(node, null, "tap-vm")).toMatchObject({ master: "br0" });
    await detach(node, onHost(), { containerId: "vm", ifname: "tap-vm" });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
    expect(await leases(node)).toEqual([]);
  });

  test.each([...faults, ["ioctl", "EPERM"]])(
    "whichever %s fails with %s leaves nothing",
    async (name, error) => {
      const whose = { containerId: "one", ifname: "eth0", netns: "/proc/self/ns/net" };
      const tidy = async (node: FakeNode) => node.run("ip", ["link", "del", "br0"]);
      const world = { config: onHost(), whose, netns: whose.netns, tidy };
      const { wrong, reached } = await failEach(startNode, { call: name, error }, world);
      expect(wrong).toEqual([]);
      expect(reached).toBeGreaterThan(0);
    },
  );

  test("GC removes what is not valid, and only that", async () => {
    const node = await nodeWithOne();
    for (const name of ["vm", "two"]) await attach(node, onHost(), machine(name));
    await node.run("ip", ["tuntap", "add", "tap9", "mode", "tap"]);
    const valid = [{ containerID: "two", ifname: "tap-two" }];
    const config = onHost({ "cni.dev/valid-attachments": valid });
    expect(await call(node, "GC", config, nobody)).toMatchObject(silence);
    const names = (await links(node, null)).map(({ ifname }) => ifname);
    expect(names.toSorted()).toEqual(["br0", "lo", "tap-two", "tap9"]);
    expect(await leases(node)).toEqual(["10.1.0.3", "fd00:1::3"]);
    expect(new Set((await elements(node)).map(({ owner }) => owner))).toEqual(new Set(["net two tap-two"]));
  });

  test("STATUS tells what the bridge lacks", async () => {
    const node = await nodeWithOne();
    expect(await call(node, "STATUS", onHost(), nobody)).toMatchObject(silence);
    await node.run("ip", ["link", "add", "br0", "type", "veth", "peer", "name", "x0"]);
    expect(await refused(node, "STATUS", onHost(), nobody)).toMatchObject({ code: 50 });
  });

  test("fifty at once come and go", async () => {
    const node = await startNode();
    const before = await node.snapshot();
    const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const all = async (command: string) =>
      inParallel(names, async (name) => call(node, command, onHost(), machine(name)));
    expect((await all("ADD")).filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const ports = (await links(node, null)).filter(({ master }) => master === "br0");
    expect(ports).toHaveLength(50);
    expect((await all("DEL")).filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await left(node, before)).toEqual([]);
  });
});
