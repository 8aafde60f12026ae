/** What others do to the host of an uplink, before it joins its bridge or while it is there. */
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { addressTexts, link, routes } from "../node/state.ts";
import { attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import { holdLock, hostNamespace } from "./held-lock.ts";
import { callWithFault, plenty } from "./injected-fault.ts";
import { moving } from "./moving-uplink.ts";
import { type Config, bridgeNetwork, hostLocal, plainBridge } from "./network.ts";
import { remainsAfterDel, remainsAfterFailure } from "./remains.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };
const two = { netns: "two", containerId: "two" };

/** The cable of the outside host; its MAC address is higher than that of any container's host end. */
async function nodeWith(more = ""): Promise<FakeNode> {
  const node = await startNode();
  await node.addOutsideHost();
  await node.run("sh", ["-ec", `ip link set uplink0 address fa:54:00:11:22:33\n${more}`]);
  for (const name of ["one", "two"]) await node.addNamespace(name);
  return node;
}

/** An uplink that keeps its addresses, of which it has none. */
function joining(more: Config = {}): Config {
  return plainBridge({ uplink: "uplink0", ipam: hostLocal("10.1.0.0/24"), ...more });
}

const isBare = "ip addr flush dev uplink0 scope global; ip -6 route flush dev uplink0 proto boot";
const isDown = `${isBare}; ip link set uplink0 down`;
const lastTwo = [one, two];

async function macOf(node: FakeNode, name: string): Promise<string | undefined> {
  return (await link(node, null, name)).address;
}

async function isUp(node: FakeNode): Promise<boolean> {
  return (await link(node, null, "uplink0")).flags.includes("UP");
}

describeWith({ plugins: ["bridge", "host-local"], commands: ["ping"] }, "an uplink among strangers", () => {
  test("a bridge that was there gets the uplink's MAC address with its addresses, and keeps it", async () => {
    const node = await nodeWith("ip link add br0 up type bridge");
    for (const whose of lastTwo) {
      await attach(node, moving(), whose);
      expect(await macOf(node, "br0")).toBe("fa:54:00:11:22:33");
    }
    expect(await node.ping("outside", "198.51.100.1")).toMatchObject({ received: 1 });
    await detach(node, moving(), two);
    expect(await macOf(node, "br0")).toBe("fa:54:00:11:22:33");
    expect(await node.ping("outside", "198.51.100.1")).toMatchObject({ received: 1 });
  });

  test("a bridge that was there keeps its MAC address beside an uplink that keeps its addresses", async () => {
    const port = "ip link add p0 address fe:ff:ff:ff:ff:ff master br0 type veth";
    const node = await nodeWith(`${isBare}; ip link add br0 up type bridge; ${port}`);
    for (const whose of lastTwo) {
      await attach(node, joining(), whose);
      expect(await macOf(node, "br0")).toBe("fe:ff:ff:ff:ff:ff");
    }
    for (const whose of lastTwo) {
      await detach(node, joining(), whose);
      expect(await macOf(node, "br0")).toBe("fe:ff:ff:ff:ff:ff");
    }
  });

  test("a bridge that was there has its MAC address again after an ADD that failed", async () => {
    const node = await nodeWith("ip link add br0 up type bridge");
    const before = await node.snapshot();
    const failing = moving({ ipam: { type: "nowhere" } });
    expect(await refused(node, "ADD", failing, one)).toMatchObject({ code: 5 });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
  });

  const obstacles: [what: string, commands: string, says: RegExp][] = [
    [
      "is a port already, and has addresses",
      "ip link add br0 up type bridge; ip link set uplink0 master br0",
      /198\.51\.100\.1\/24.*is a port of "br0" already/,
    ],
    [
      "has addresses, and the bridge runs the spanning tree protocol",
      "ip link add br0 address 02:00:00:00:00:33 up type bridge stp_state 1",
      /"br0", which runs the spanning tree protocol/,
    ],
    [
      "has a mark, and its bridge was made anew with addresses of its own",
      `ip link set uplink0 alias "trestle uplink of br0 moved=0,0,1"
       ip link add br0 address 02:00:00:00:00:33 up type bridge; ip addr add 10.9.9.1/24 dev br0`,
      /"br0", which has 10\.9\.9\.1\/24 already/,
    ],
  ];

  test.each(obstacles)("that %s is refused, and nothing changes", async (_what, commands, says) => {
    const node = await nodeWith(commands);
    const before = await node.snapshot();
    const error = await refused(node, "ADD", moving(), one);
    expect(error).toMatchObject({
      code: 104,
      msg: expect.stringMatching(says),
      details: expect.stringMatching(/./),
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    expect(await refused(node, "STATUS", moving(), {})).toMatchObject({ code: 50, msg: error.msg });
  });

  test.each(["", "ip link set br0 alias 'trestle switch'"])(
    "GC leaves to a bridge what it has that was made anew (%s)",
    async (more) => {
      const node = await nodeWith();
      await attach(node, moving(), one);
      const anew = "ip link del br0; ip link add br0 up type bridge; ip addr add 10.9.9.1/24 dev br0";
      await node.run("sh", ["-ec", `${anew}; ${more}`]);
      const config = { ...moving(), "cni.dev/valid-attachments": [] };
      expect(await call(node, "GC", config, {})).toMatchObject({ exitCode: 0, stdout: "" });
      expect(await addressTexts(node, null, "br0")).toEqual(["10.9.9.1/24"]);
      expect(await addressTexts(node, null, "uplink0")).toEqual([]);
      expect((await link(node, null, "uplink0")).ifalias).toBeUndefined();
    },
  );

  const spare = "ip link add spare type veth peer name far; ip link set far up; ip link set spare up";

  test("a second one on the same bridge is refused, for the two would be a loop", async () => {
    const node = await nodeWith(`${isBare}; ${spare}`);
    const added = await attach(node, joining(), one);
    const before = await node.snapshot();
    const second = joining({ name: "other", uplink: "spare" });
    const error = await refused(node, "ADD", second, two);
    expect(error).toMatchObject({
      code: 104,
      msg: expect.stringMatching(/"br0" has uplink "uplink0" as well.* a loop/),
      details: expect.stringContaining("ip link set uplink0 nomaster"),
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    expect(await refused(node, "STATUS", second, {})).toMatchObject({ code: 50, msg: error.msg });
    await expectHealthy(node, joining(), added, one);
    // Another network with the same one, and the other one on another bridge, are none.
    await attach(node, joining({ name: "same" }), two);
    await attach(node, joining({ name: "apart", bridge: "br1", uplink: "spare" }), {
      ...two,
      ifname: "eth1",
    });
  });

  test("a second one on a bridge that finds loops is used, and both are given back", async () => {
    const node = await nodeWith(
      `${isBare}; ${spare}; ip link add br0 up type bridge stp_state 1 forward_delay 200`,
    );
    const before = await node.snapshot();
    const second = joining({ name: "other", uplink: "spare", ipam: {} });
    await attach(node, joining({ ipam: {} }), one);
    const added = await attach(node, second, two);
    expect((await link(node, null, "spare")).master).toBe("br0");
    await expectHealthy(node, second, added, two);
    await detach(node, joining({ ipam: {} }), one);
    await detach(node, second, two);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test.each([false, true])(
    "a bridge with the host's addresses is no gateway (forceAddress %s)",
    async (forceAddress) => {
      const node = await nodeWith();
      const added = await attach(node, moving(), one);
      const before = await node.snapshot();
      const ipam = forceAddress ? hostLocal("10.7.0.0/24") : hostLocal("fd00:5::/64");
      const gateway = bridgeNetwork({ name: "other", forceAddress, ipam });
      const error = await refused(node, "ADD", gateway, two);
      expect(error).toMatchObject({ code: 104, msg: expect.stringContaining("host's addresses") });
      expect(await refused(node, "STATUS", gateway, {})).toMatchObject({ code: 50, msg: error.msg });
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
      await expectHealthy(node, moving(), added, one);
    },
  );

  const users: [who: string, commands: string][] = [
    [
      "took it off the bridge for itself",
      "ip link set uplink0 nomaster; ip addr add 203.0.113.5/24 dev uplink0",
    ],
    ["has put an address on it", "ip addr add 203.0.113.5/24 dev uplink0"],
    [
      "has an interface on it in another namespace",
      "ip link set uplink0 nomaster; ip link add m0 link uplink0 netns two type macvlan; ip -n two link set m0 up",
    ],
  ];

  test.each(users)("that was down stays up when somebody %s", async (_who, commands) => {
    const node = await nodeWith(isDown);
    await attach(node, joining(), one);
    await node.run("sh", ["-ec", commands]);
    await detach(node, joining(), one);
    expect(await link(node, null, "uplink0")).toMatchObject({ flags: expect.arrayContaining(["UP"]) });
    expect((await link(node, null, "uplink0")).master).toBeUndefined();
    expect((await link(node, null, "uplink0")).ifalias).toBeUndefined();
  });

  test("that was down with addresses gets them back, and is down", async () => {
    const node = await nodeWith(`${isDown}
      ip addr add 198.51.100.10/24 dev uplink0; ip addr add 2001:db8::10/64 dev uplink0
      ip addr add 2001:db8::11/64 dev uplink0 noprefixroute`);
    const before = await node.snapshot();
    await attach(node, moving(), one);
    expect(await addressTexts(node, null, "br0")).toHaveLength(3);
    await detach(node, moving(), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("that was down stays up with its addresses when a route has come meanwhile", async () => {
    const node = await nodeWith(`${isDown}; ip addr add 198.51.100.10/24 dev uplink0`);
    await attach(node, moving(), one);
    await node.run("ip", ["route", "add", "default", "via", "198.51.100.2"]);
    await detach(node, moving(), one);
    expect(await isUp(node)).toBe(true);
    expect(await routes(node, null, 4)).toContainEqual(
      expect.objectContaining({ dst: "default", gateway: "198.51.100.2", dev: "uplink0" }),
    );
  });

  test("that is a port already and down is down again after an ADD that failed", async () => {
    const node = await nodeWith(
      `${isDown}; ip link add br0 address 02:00:00:00:00:33 up type bridge; ip link set uplink0 master br0`,
    );
    const before = await node.snapshot();
    expect(await refused(node, "ADD", joining({ ipam: { type: "nowhere" } }), one)).toMatchObject({
      code: 5,
    });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    await attach(node, joining(), one);
    expect(await isUp(node)).toBe(true);
  });

  const renamed: [what: string, config: Config, commands: string][] = [
    ["alone", joining(), isBare],
    ["with its addresses", moving(), ""],
  ];

  test.each(renamed)("is given back %s by a bridge that was renamed", async (_what, config, commands) => {
    const node = await nodeWith(commands);
    const before = await addressTexts(node, null, "uplink0");
    await attach(node, config, one);
    await node.run("ip", ["link", "set", "br0", "name", "brx"]);
    await detach(node, config, one);
    const after = await link(node, null, "uplink0");
    expect([after.master, after.ifalias]).toEqual([undefined, undefined]);
    expect(await addressTexts(node, null, "uplink0")).toEqual(before);
    expect((await link(node, null, "brx")).ifalias).toBeUndefined();
  });

  test("routes that need no address move as well", async () => {
    const node = await nodeWith(
      `${isBare}; ip -6 route add default via fe80::9 dev uplink0; ip route add 203.0.113.0/24 dev uplink0`,
    );
    const before = await node.snapshot();
    const added = await attach(node, moving(), one);
    const now = [...(await routes(node, null, 4)), ...(await routes(node, null, 6))];
    const devices = now
      .filter(({ dst }) => dst === "default" || dst === "203.0.113.0/24")
      .map(({ dev }) => dev);
    expect(devices).toEqual(["br0", "br0"]);
    await expectHealthy(node, moving(), added, one);
    await detach(node, moving(), one);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });
});

describeWith(
  { plugins: ["bridge"], commands: ["strace"] },
  "an uplink whose new place cannot be told",
  () => {
    test("has its settings as before, and all that it had", async () => {
      const node = await nodeWith("ip link add br0 address 02:00:00:00:00:33 up type bridge");
      const config = moving({ ipam: {} });
      const wrong: string[] = [];
      let reached = 0;
      for (let when = 1; when < plenty; when += 1) {
        await attach(node, config, one);
        const ended = await callWithFault(
          node,
          { command: "DEL", config },
          { call: "sendto", error: "EIO", when },
        );
        if (!ended.injected) break;
        reached = when;
        const { stdout } = await node.run("cat", ["/proc/sys/net/ipv4/conf/uplink0/arp_notify"]);
        if (stdout.trim() !== "0") wrong.push(`${when}: arp_notify is ${stdout.trim()}`);
        await detach(node, config, one);
        if ((await addressTexts(node, null, "uplink0")).length !== 2)
          wrong.push(`${when}: addresses are lost`);
      }
      expect(wrong).toEqual([]);
      expect(reached).toBeGreaterThan(10);
    });
  },
);

describeWith(
  { plugins: ["bridge", "host-local"], commands: ["flock"] },
  "an uplink and a lock that others hold",
  () => {
    test("that nobody gives back makes an ADD end all the same, with what to do", async () => {
      const node = await nodeWith();
      const before = await node.snapshot();
      {
        await using holder = await holdLock(node, hostNamespace);
        expect(await refused(node, "ADD", moving(), one)).toMatchObject({ code: 11 });
        expect(holder.isRunning()).toBe(true);
      }
      expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    });

    test("for seconds is waited for by the last DEL", async () => {
      const node = await nodeWith();
      await attach(node, moving(), one);
      await using _holder = await holdLock(node, hostNamespace, { isShared: true, seconds: 3 });
      await detach(node, moving(), one);
      expect((await link(node, null, "uplink0")).master).toBeUndefined();
    });

    test("for longer leaves the uplink to GC, which DEL says", async () => {
      const node = await nodeWith();
      await attach(node, moving(), one);
      {
        await using _holder = await holdLock(node, hostNamespace, { isShared: true });
        const env = { TRESTLE_LOG: "warn" };
        const ended = await call(node, "DEL", moving(), { ...one, env });
        expect(ended).toMatchObject({
          exitCode: 0,
          stdout: "",
          stderr: expect.stringMatching(/"bridge":"br0".*until the next DEL or GC/),
        });
        expect((await link(node, null, "uplink0")).master).toBe("br0");
      }
      const config = { ...moving(), "cni.dev/valid-attachments": [] };
      expect(await call(node, "GC", config, {})).toMatchObject({ exitCode: 0, stdout: "" });
      expect((await link(node, null, "uplink0")).master).toBeUndefined();
    });
  },
);
