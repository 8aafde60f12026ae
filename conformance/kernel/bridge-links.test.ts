import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest } from "../node/index.ts";
import { attach, detach, expectHealthy } from "./attachment.ts";
import { type Config, bridgeNetwork, four, fullNetwork, hostLocal, plainBridge, six } from "./network.ts";
import { addressTexts, link, links } from "../node/state.ts";
import { pingOn } from "../scenarios/running-ping.ts";

const startNode = nodesPerTest();

async function attachIn(node: FakeNode, name: string, config: Config, ifname = "eth0"): Promise<string> {
  const result = await attach(node, config, { netns: name, containerId: name, ifname });
  return result.interfaces?.[1]?.name ?? "";
}

/** A bridge without a MAC address of its own takes the lowest of its ports', and none when the last one goes. */
const port = "ip link add br0 type bridge; ip link add p0 master br0 type veth peer name p1";
const portComesAndGoes = `${port}; ip link del p0`;

const kinds: [what: string, config: Config][] = [
  ["a gateway", bridgeNetwork()],
  ["a gateway of both families", bridgeNetwork({ ipam: hostLocal(four, six) })],
  ["of layer 2", plainBridge()],
];

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping"] }, "links of bridge", () => {
  test("the host end's name follows from container and interface, whatever else changes", async () => {
    const node = await startNode();
    const names: string[] = [];
    for (const [round, config] of [
      bridgeNetwork(),
      plainBridge({ name: "other", bridge: "br1" }),
    ].entries()) {
      await node.addNamespace(`${round}`);
      const whose = { netns: `${round}`, containerId: "same" };
      const result = await attach(node, config, whose);
      names.push(result.interfaces?.[1]?.name ?? "");
      await detach(node, config, whose);
    }
    expect(new Set(names).size).toBe(1);
    expect(names[0]).toMatch(/^veth[0-9a-z]{1,11}$/);
  });

  test("other containers and other interfaces give other names", async () => {
    const node = await startNode();
    const names: string[] = [];
    for (const name of ["one", "two", "three"]) {
      await node.addNamespace(name);
      names.push(
        await attachIn(node, name, bridgeNetwork()),
        await attachIn(node, name, bridgeNetwork(), "eth1"),
      );
    }
    expect(new Set(names).size).toBe(6);
  });

  test("a pair has one queue, the owner's name, and links of the same index on both sides", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const host = await link(node, null, await attachIn(node, "one", fullNetwork()));
    const inside = await link(node, "one", "eth0");
    expect(host).toMatchObject({
      num_tx_queues: 1,
      num_rx_queues: 1,
      ifalias: "net one eth0",
      master: "br0",
      operstate: "UP",
      link_index: inside.ifindex,
      linkinfo: { info_kind: "veth", info_slave_kind: "bridge" },
    });
    expect(inside).toMatchObject({
      num_tx_queues: 1,
      num_rx_queues: 1,
      operstate: "UP",
      link_index: host.ifindex,
    });
  });

  test("a container id of any length has a name and an owner", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const containerId = "x".repeat(300);
    const result = await attach(node, fullNetwork({ name: "n".repeat(200) }), { netns: "one", containerId });
    const host = await link(node, null, result.interfaces?.[1]?.name ?? "");
    expect(host.ifalias).toMatch(/^n+~[0-9a-f]{16} x+~[0-9a-f]{16} eth0$/);
    await detach(node, fullNetwork({ name: "n".repeat(200) }), { netns: "one", containerId });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
  });

  test("the same attachment made again has the same MAC address", async () => {
    const node = await startNode();
    const macs: string[] = [];
    for (const name of ["one", "two"]) {
      await node.addNamespace(name);
      await attach(node, bridgeNetwork(), { netns: name, containerId: "same" });
      macs.push((await link(node, name, "eth0")).address);
      await detach(node, bridgeNetwork(), { netns: name, containerId: "same" });
    }
    expect(macs[1]).toBe(macs[0]);
  });

  test("a bridge that exists is used as it is, and brought up", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.run("ip", [
      "link",
      "add",
      "br0",
      "address",
      "02:00:00:00:00:33",
      "mtu",
      "1450",
      "type",
      "bridge",
    ]);
    const before = await link(node, null, "br0");
    const result = await attach(node, bridgeNetwork({ mtu: 1300 }), { netns: "one" });
    const after = await link(node, null, "br0");
    expect(after).toMatchObject({ ifindex: before.ifindex, address: before.address });
    expect(after.flags).toContain("UP");
    expect(result.interfaces?.[0]).toMatchObject({ name: "br0", mac: before.address });
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24"]);
    await detach(node, bridgeNetwork(), { netns: "one" });
    expect(await link(node, null, "br0")).toMatchObject({ ifindex: before.ifindex, address: before.address });
  });

  test("the MTU of a bridge that exists is not changed", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.run("ip", ["link", "add", "br0", "mtu", "1450", "type", "bridge"]);
    await node.run("ip", [
      "link",
      "add",
      "p0",
      "mtu",
      "1450",
      "master",
      "br0",
      "type",
      "veth",
      "peer",
      "name",
      "p1",
    ]);
    await attachIn(node, "one", bridgeNetwork({ mtu: 1500 }));
    expect(await link(node, "one", "eth0")).toMatchObject({ mtu: 1500 });
    expect(await link(node, null, "br0")).toMatchObject({ mtu: 1450 });
  });

  test.each(kinds)(
    "the MAC address of a bridge %s stays through 20 rounds and beside lower ones",
    async (_what, config) => {
      const node = await startNode();
      await node.addNamespace("one");
      await attachIn(node, "one", config);
      const { address } = await link(node, null, "br0");
      for (let round = 1; round <= 20; round += 1) {
        await node.addNamespace("other");
        await attachIn(node, "other", config);
        const low = `00:00:00:00:00:${round.toString(16).padStart(2, "0")}`;
        await node.run("ip", [
          "link",
          "add",
          "low0",
          "address",
          low,
          "master",
          "br0",
          "type",
          "veth",
          "peer",
          "name",
          "low1",
        ]);
        expect((await link(node, null, "br0")).address).toBe(address);
        await node.run("ip", ["link", "del", "low0"]);
        await detach(node, config, { netns: "other", containerId: "other" });
        await node.removeNamespace("other");
        expect((await link(node, null, "br0")).address).toBe(address);
      }
    },
  );

  test("a bridge of somebody else keeps its MAC address once it is our gateway", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.run("ip", ["link", "add", "br0", "type", "bridge"]);
    await attachIn(node, "one", bridgeNetwork());
    const { address } = await link(node, null, "br0");
    await node.run("ip", [
      "link",
      "add",
      "low0",
      "address",
      "00:00:00:00:00:01",
      "master",
      "br0",
      "type",
      "veth",
      "peer",
      "name",
      "low1",
    ]);
    expect((await link(node, null, "br0")).address).toBe(address);
  });

  /** As high as a MAC address can be: without a pin that of every container's port would be the bridge's. */
  const highPort = "ip link add p0 address fe:ff:ff:ff:ff:ff master br0 up type veth peer name p1";
  const strangersBridges: [what: string, config: Config, command: string][] = [
    ["of layer 2", plainBridge(), highPort],
    ["of layer 2 without ports", plainBridge(), "true"],
    ["that becomes a gateway", bridgeNetwork(), highPort],
    ["that has the gateway's address", bridgeNetwork(), `${highPort}; ip addr add 10.1.0.1/24 dev br0`],
  ];

  test.each(strangersBridges)(
    "a bridge of somebody else %s keeps the MAC address that it has before the first container",
    async (_what, config, command) => {
      const node = await startNode();
      await node.run("sh", ["-ec", `ip link add br0 up type bridge; ${command}`]);
      const { address } = await link(node, null, "br0");
      const names = ["one", "two", "three", "four"];
      for (const name of names) {
        await node.addNamespace(name);
        const added = await attach(node, config, { netns: name, containerId: name });
        expect(added.interfaces?.[0]).toMatchObject({ name: "br0", mac: address });
        expect((await link(node, null, "br0")).address).toBe(address);
        await expectHealthy(node, config, added, { netns: name, containerId: name });
      }
      for (const name of names) {
        await detach(node, config, { netns: name, containerId: name });
        expect((await link(node, null, "br0")).address).toBe(address);
      }
      await node.run("sh", ["-ec", "ip link add low0 address 00:00:00:00:00:01 master br0 type veth"]);
      expect((await link(node, null, "br0")).address).toBe(address);
    },
  );

  test("a bridge of somebody else keeps its MAC address when an ADD fails", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.run("sh", ["-ec", `ip link add br0 up type bridge; ${highPort}`]);
    const failing = plainBridge({ ipam: { type: "nowhere" } });
    const ended = await node.plugin({ type: "bridge", command: "ADD", config: failing, netns: "one" });
    expect(ended).toMatchObject({ exitCode: 1, json: { code: 5 } });
    expect(await link(node, null, "br0")).toMatchObject({ address: "fe:ff:ff:ff:ff:ff" });
  });

  test("a bridge that has a MAC address of its own is not given it again, and so forgets no neighbour", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const commands = [
      "ip link add br0 address 02:00:00:00:00:33 up type bridge",
      `${highPort}; ip link set p1 up`,
      "ip addr add 10.1.0.1/24 dev br0",
      "ip neigh add 10.1.0.77 lladdr 02:00:00:00:00:77 nud reachable dev br0",
    ];
    await node.run("sh", ["-ec", commands.join("; ")]);
    await attachIn(node, "one", bridgeNetwork());
    const { stdout } = await node.run("ip", ["-j", "neigh", "show", "10.1.0.77", "dev", "br0"]);
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ lladdr: "02:00:00:00:00:77" })]);
  });

  const handMade: [what: string, config: Config, command: string][] = [
    ["without ports", bridgeNetwork(), "ip link add br0 type bridge"],
    ["without ports, for layer 2", plainBridge(), "ip link add br0 type bridge"],
    ["that lost its MAC address with its last port", bridgeNetwork(), portComesAndGoes],
    ["that lost its MAC address with its last port, for layer 2", plainBridge(), portComesAndGoes],
    ["with a port", bridgeNetwork(), port],
    ["with a port, for layer 2", plainBridge(), port],
  ];

  test.each(handMade)(
    "the result tells the MAC address of a bridge of somebody else %s",
    async (_what, config, command) => {
      const node = await startNode();
      await node.addNamespace("one");
      await node.run("sh", ["-ec", command]);
      const added = await attach(node, config, { netns: "one" });
      expect(added.interfaces?.[0]?.mac).toBe((await link(node, null, "br0")).address);
      await expectHealthy(node, config, added, { netns: "one" });
    },
  );

  test("a container loses no packet to its gateway while others come and go", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.addNamespace("other");
    await attachIn(node, "one", bridgeNetwork());
    const ping = await pingOn({ node, netns: "one" }, "10.1.0.1");
    for (let round = 0; round < 20; round += 1) {
      await attachIn(node, "other", bridgeNetwork());
      await detach(node, bridgeNetwork(), { netns: "other", containerId: "other" });
    }
    expect((await ping.stop()).lost).toBe(0);
  });

  const obstacles: [what: string, command: string[], code: number, says: string][] = [
    [
      "a bridge's name that belongs to another kind of link",
      ["link", "add", "br0", "type", "veth", "peer", "name", "x"],
      104,
      "not a bridge",
    ],
    [
      "an interface name in use",
      ["-n", "one", "link", "add", "eth0", "type", "veth", "peer", "name", "x"],
      103,
      "eth0",
    ],
  ];

  test.each(obstacles)("%s is refused, and nothing changes", async (_what, command, code, says) => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.run("ip", command);
    const before = await links(node, "one");
    const ended = await node.plugin({
      type: "bridge",
      command: "ADD",
      config: bridgeNetwork(),
      netns: "one",
    });
    expect(ended).toMatchObject({ exitCode: 1, json: { code, msg: expect.stringContaining(says) } });
    expect((await links(node, "one")).map(({ ifname, address }) => [ifname, address])).toEqual(
      before.map(({ ifname, address }) => [ifname, address]),
    );
    expect((await links(node, null)).filter(({ ifname }) => ifname.startsWith("veth"))).toEqual([]);
  });

  test("a container that is attached already is refused elsewhere, and the first attachment lives on", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.addNamespace("two");
    await attachIn(node, "one", bridgeNetwork());
    const whose = { netns: "two", containerId: "one" };
    const ended = await node.plugin({ type: "bridge", command: "ADD", config: bridgeNetwork(), ...whose });
    expect(ended).toMatchObject({ exitCode: 1, json: { code: 103 } });
    expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
    expect(await addressTexts(node, "one", "eth0")).toEqual(["10.1.0.2/24"]);
  });
});
