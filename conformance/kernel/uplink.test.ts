import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { addressTexts, link, links } from "../node/state.ts";
import { attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import { type Config, hostLocal, plainBridge } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };
const two = { netns: "two", containerId: "two" };

/** A cable from "up0" of the node to "eth0" of a namespace "wire", which is in the containers' network. */
const cable = `
ip netns add wire
ip link add up0 mtu 1400 type veth peer name eth0 netns wire
# Once up, it has a queue for good.
ip link set up0 up; ip link set up0 down
ip -n wire link set eth0 up mtu 1400
ip -n wire addr add 10.1.0.200/24 dev eth0`;

async function nodeWithCable(more = ""): Promise<FakeNode> {
  const node = await startNode();
  await node.run("sh", ["-ec", `${cable}\n${more}`]);
  for (const name of ["one", "two"]) await node.addNamespace(name);
  return node;
}

/** Containers are in the network of the wire, which nobody of the node has an address of. */
function uplinked(more: Config = {}): Config {
  return plainBridge({ uplink: "up0", ipam: hostLocal("10.1.0.0/24"), ...more });
}

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping"] }, "an uplink", () => {
  test("connects containers with what is on the wire, without the host", async () => {
    const node = await nodeWithCable("ip link set up0 up");
    await attach(node, plainBridge({ name: "alone", bridge: "br1", ipam: hostLocal("10.1.0.0/24") }), two);
    // Without an uplink nobody is there.
    expect(await node.ping("two", "10.1.0.200", { attempts: 1 })).toMatchObject({ received: 0 });
    await expectHealthy(node, uplinked(), await attach(node, uplinked(), one), one);
    expect(await node.ping("one", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await node.ping("wire", "10.1.0.2")).toMatchObject({ received: 1 });
    expect(await addressTexts(node, null, "br0")).toEqual([]);
    expect(await addressTexts(node, null, "up0")).toEqual([]);
  });

  test("gives its MTU to the bridge and to the containers, unless another is asked for", async () => {
    const node = await nodeWithCable("ip link set up0 up");
    const added = await attach(node, uplinked(), one);
    expect(added.interfaces?.map(({ mtu }) => mtu)).toEqual([1400, 1400, 1400]);
    expect(await link(node, "one", "eth0")).toMatchObject({ mtu: 1400 });
    expect(await node.ping("one", "10.1.0.200", { size: 1372 })).toMatchObject({ received: 1 });
    await attach(node, uplinked({ mtu: 1300 }), two);
    expect(await link(node, "two", "eth0")).toMatchObject({ mtu: 1300 });
  });

  const befores: [what: string, commands: string][] = [
    ["up", "ip link set up0 up"],
    ["down", "ip link set up0 down"],
    ["named by an alias", 'ip link set up0 up alias "to the lab, port 7"'],
    ["down with an alias that is nearly a mark", 'ip link set up0 alias "trestle uplink alias x"'],
    [
      "on a host with a bridge of that name",
      "ip link set up0 up; ip link add br0 address 02:00:00:00:00:33 up type bridge",
    ],
    [
      "on a host where that bridge has an alias",
      "ip link set up0 up; ip link add br0 up address 02:00:00:00:00:33 type bridge; ip link set br0 alias office",
    ],
    [
      "on a host where that bridge is down",
      "ip link set up0 up; ip link add br0 address 02:00:00:00:00:33 type bridge",
    ],
  ];

  test.each(befores)("that was %s is as it was after the last container", async (what, commands) => {
    const node = await nodeWithCable(commands);
    const before = await node.snapshot();
    await attach(node, uplinked(), one);
    await attach(node, uplinked(), two);
    expect(await link(node, null, "up0")).toMatchObject({
      master: "br0",
      flags: expect.arrayContaining(["UP"]),
    });
    expect((await link(node, null, "up0")).ifalias).toMatch(/^trestle uplink of br0/);
    await detach(node, uplinked(), one);
    expect(await link(node, null, "up0")).toMatchObject({ master: "br0" });
    expect(await node.ping("two", "10.1.0.200")).toMatchObject({ received: 1 });
    await detach(node, uplinked(), two);
    const hadBridge = commands.includes("br0 ");
    // A bridge that an ADD found down stays up, as without an uplink.
    const cameUp = what.endsWith("that bridge is down") ? [/br0/] : [];
    const ignore = [...remainsAfterDel(...(hadBridge ? [] : ["br0"])), ...cameUp];
    expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
  });

  test("is given back whatever the configuration says by then", async () => {
    const node = await nodeWithCable();
    const before = await node.snapshot();
    await attach(node, uplinked(), one);
    await detach(node, plainBridge({ ipam: hostLocal("10.1.0.0/24") }), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("is given back after the container's namespace has gone", async () => {
    const node = await nodeWithCable();
    const before = await node.snapshot();
    await attach(node, uplinked(), one);
    await node.removeNamespace("one");
    await detach(node, uplinked(), { containerId: "one" });
    const gone = [...remainsAfterDel("br0"), /namespaces \/ one/, /netns\/one/];
    expect(diff(before, await node.snapshot(), { ignore: gone })).toEqual([]);
  });

  test("that is a port of the bridge already is used as it is, and stays", async () => {
    const node = await nodeWithCable(
      "ip link add br0 up address 02:00:00:00:00:33 type bridge; ip link set up0 up master br0 alias mine",
    );
    const before = await node.snapshot();
    const added = await attach(node, uplinked(), one);
    await expectHealthy(node, uplinked(), added, one);
    expect(await node.ping("one", "10.1.0.200")).toMatchObject({ received: 1 });
    expect(await link(node, null, "up0")).toMatchObject({ ifalias: "mine" });
    await detach(node, uplinked(), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  test("stays as long as another port is on the bridge, whoever made that one", async () => {
    const node = await nodeWithCable();
    await attach(node, uplinked(), one);
    await node.run("sh", ["-ec", "ip link add vm0 type veth peer name vm1; ip link set vm0 up master br0"]);
    await detach(node, uplinked(), one);
    expect(await link(node, null, "up0")).toMatchObject({ master: "br0" });
  });

  test("is seen by CHECK", async () => {
    const node = await nodeWithCable("ip link set up0 up");
    const added = await attach(node, uplinked(), one);
    const damages: [command: string, mend: string, says: string][] = [
      [
        "ip link set up0 nomaster",
        "ip link set up0 master br0",
        'uplink "up0" is not a port of bridge "br0"',
      ],
      ["ip link set up0 down", "ip link set up0 up", 'uplink "up0" is down'],
      [
        "ip link set up0 down; ip link set up0 name up1",
        "ip link set up1 name up0; ip link set up0 up",
        'uplink "up0" is missing',
      ],
    ];
    for (const [damage, mend, says] of damages) {
      await node.run("sh", ["-ec", damage]);
      const { code, msg } = await refused(node, "CHECK", { ...uplinked(), prevResult: added }, one);
      expect({ code, msg }).toEqual({ code: 107, msg: expect.stringContaining(says) });
      await node.run("sh", ["-ec", mend]);
    }
    await expectHealthy(node, uplinked(), added, one);
  });

  test("is set up again by the next ADD", async () => {
    const node = await nodeWithCable("ip link set up0 up");
    await attach(node, uplinked(), one);
    await node.run("ip", ["link", "set", "up0", "nomaster"]);
    await attach(node, uplinked(), two);
    expect(await node.ping("one", "10.1.0.200")).toMatchObject({ received: 1 });
    await detach(node, uplinked(), one);
    await detach(node, uplinked(), two);
    const after = await link(node, null, "up0");
    expect([after.master, after.ifalias]).toEqual([undefined, undefined]);
  });

  const obstacles: [what: string, commands: string, config: Config, code: number, says: RegExp[]][] = [
    ["is missing", "", { uplink: "up9" }, 7, [/"up9".*no such interface/, /this host has up0/]],
    ["is the loopback interface", "", { uplink: "lo" }, 7, [/loopback/]],
    ["is a bridge", "ip link add br7 type bridge", { uplink: "br7" }, 7, [/is a bridge itself/]],
    ["is the bridge itself", "", { uplink: "br0" }, 7, [/"uplink" and "bridge" are both "br0"/]],
    [
      "belongs to another bridge",
      "ip link add br7 type bridge; ip link set up0 master br7",
      {},
      104,
      [/belongs to "br7"/, /nomaster/],
    ],
    [
      "carries addresses",
      "ip addr add 192.0.2.5/24 dev up0; ip addr add 2001:db8::5/64 dev up0 nodad; ip link set up0 up",
      {},
      104,
      [/192\.0\.2\.5\/24, 2001:db8::5\/64/, /"uplinkAddress": "move"/, /flush/],
    ],
    [
      "has an alias that would not fit beside the mark",
      `ip link set up0 alias ${"x".repeat(240)}`,
      {},
      7,
      [/too long/, /ip link set/],
    ],
    [
      "is wireless",
      "mount -t tmpfs wlan /sys/class/net/up0/; mkdir /sys/class/net/up0/phy80211",
      {},
      105,
      [/wireless/, /ipMasq/],
    ],
    [
      "is of a mode that there is not",
      "",
      { uplinkMode: "bridge" },
      7,
      [/uplinkMode/, /"trunk" or "subinterface"/],
    ],
    ["is a sub-interface without a VLAN", "", { uplinkMode: "subinterface" }, 7, [/without "vlan"/]],
    [
      "is told to do with addresses what there is not",
      "",
      { uplinkAddress: "keep" },
      7,
      [/uplinkAddress/, /"move"/],
    ],
    [
      "is not named, but a mode",
      "",
      { uplink: null, uplinkMode: "trunk" },
      7,
      [/"uplinkMode" without "uplink"/],
    ],
    [
      "is not named, but what to do with addresses",
      "",
      { uplink: null, uplinkAddress: "move" },
      7,
      [/"uplinkAddress" without "uplink"/],
    ],
    ["is no interface name", "", { uplink: "a/b" }, 7, [/uplink/, /slash/]],
    [
      "gives its addresses to a bridge that has to be a gateway",
      "",
      { uplinkAddress: "move", isGateway: true },
      7,
      [/isGateway/, /uplinkAddress/],
    ],
    [
      "gives its addresses to a bridge that has some",
      "ip addr add 192.0.2.5/24 dev up0; ip link set up0 up; ip link add br0 up type bridge; ip addr add 10.9.0.1/24 dev br0",
      { uplinkAddress: "move" },
      104,
      [/10\.9\.0\.1\/24/, /another "bridge"/],
    ],
    [
      "has a route of several next hops",
      "ip addr add 192.0.2.5/24 dev up0; ip link set up0 up; ip link add x0 type veth peer name x1; ip link set x1 up; ip link set x0 up; ip addr add 192.0.3.5/24 dev x0; ip route add 10.7.0.0/16 nexthop via 192.0.2.1 nexthop via 192.0.3.1",
      { uplinkAddress: "move" },
      104,
      [/10\.7\.0\.0\/16/, /several next hops/],
    ],
    [
      "has a route by a next hop object",
      "ip addr add 192.0.2.5/24 dev up0; ip link set up0 up; ip nexthop add id 9 via 192.0.2.1 dev up0; ip route add 10.7.0.0/16 nhid 9",
      { uplinkAddress: "move" },
      104,
      [/10\.7\.0\.0\/16/],
    ],
  ];

  test.each(obstacles)(
    "that %s is refused, and nothing changes",
    async (_what, commands, more, code, says) => {
      const node = await nodeWithCable(commands);
      const before = await node.snapshot();
      const config = uplinked(more);
      const error = await refused(node, "ADD", config, one);
      const said = `${error.msg}\n${error.details}`;
      expect({ code: error.code, said }).toEqual({ code, said: expect.stringMatching(says[0] ?? /./) });
      for (const part of says) expect(said).toMatch(part);
      expect(diff(before, await node.snapshot())).toEqual([]);
      const status = await refused(node, "STATUS", config, {});
      // What is wrong with the configuration itself keeps its code.
      expect(status).toMatchObject({ code: code === 7 && status.code === 7 ? 7 : 50, msg: error.msg });
    },
  );

  test("that is the host end of a container is refused", async () => {
    const node = await nodeWithCable();
    const added = await attach(node, plainBridge(), one);
    const config = uplinked({ bridge: "br1", uplink: added.interfaces?.[1]?.name });
    expect(await refused(node, "ADD", config, two)).toMatchObject({
      code: 7,
      msg: expect.stringContaining("host end of a container"),
    });
    expect((await links(node, null)).map(({ ifname }) => ifname)).not.toContain("br1");
  });

  test("is good for STATUS before the first container, and after", async () => {
    const node = await nodeWithCable("ip link set up0 up");
    expect(await call(node, "STATUS", uplinked(), {})).toMatchObject({ exitCode: 0, stdout: "" });
    await attach(node, uplinked(), one);
    expect(await call(node, "STATUS", uplinked(), {})).toMatchObject({ exitCode: 0, stdout: "" });
  });
});
