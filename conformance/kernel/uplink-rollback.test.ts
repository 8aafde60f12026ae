import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { addressTexts, link, links } from "../node/state.ts";
import { attach, call, detach, expectHealthy, refused, tryToAttach } from "./attachment.ts";
import { addWithFault, callWithFault } from "./injected-fault.ts";
import { type Config, plainBridge } from "./network.ts";
import { remainsAfterDel, remainsAfterFailure } from "./remains.ts";

const startNode = nodesPerTest();
const one = { netns: "one", containerId: "one" };
const two = { netns: "two", containerId: "two" };

/** More calls of one kind than any command has. */
const plenty = 120;

function moving(more: Config = {}): Config {
  return plainBridge({ uplink: "uplink0", uplinkAddress: "move", ...more });
}

/** An uplink with an alias, addresses of both families and routes, which are what a move consists of. */
const belongings = `
ip link set uplink0 alias "to the lab"
ip addr add 198.51.100.10/24 dev uplink0
ip addr add 192.0.2.1/24 dev uplink0 label uplink0:web
ip addr add 2001:db8:aa::1/64 dev uplink0 nodad
ip route add 10.20.0.0/16 via 198.51.100.2 table 100 proto bird metric 50
ip route add 10.21.0.0/16 via 192.0.2.9 src 192.0.2.1
ip route add 2001:db8:1::/48 via 2001:db8:ff::2 metric 5`;

async function nodeWithUplink(): Promise<FakeNode> {
  const node = await startNode();
  await node.addOutsideHost();
  await node.run("sh", ["-ec", belongings]);
  for (const name of ["one", "two"]) await node.addNamespace(name);
  return node;
}

/** Addresses and routes in their order. */
async function order(node: FakeNode): Promise<string[]> {
  const script = `ip -o addr show dev uplink0 | grep -v fe80 | sed 's/^[0-9]*: //'
    for family in 4 6; do ip -$family route show table all | grep -v -e fe80 -e 'dev br0' | sort; done`;
  return (await node.run("sh", ["-ec", script])).stdout.split("\n");
}

const faults: [call: string, error: string][] = [
  ["sendto", "EIO"],
  ["recvfrom", "ENOBUFS"],
  ["flock", "EIO"],
];

describeWith({ plugins: ["bridge"], commands: ["strace"] }, "an uplink and failures", () => {
  test.each(faults)("whichever %s of an ADD fails with %s, all is as before", async (kind, error) => {
    const node = await nodeWithUplink();
    const [before, orderBefore] = [await node.snapshot(), await order(node)];
    const wrong: string[] = [];
    let reached = 0;
    for (let when = 1; when < plenty; when += 1) {
      const ended = await addWithFault(node, moving(), { call: kind, error, when });
      if (!ended.injected) break;
      reached = when;
      if (ended.exitCode === 0) {
        await expectHealthy(node, moving(), ended.reply ?? {}, one);
        await detach(node, moving(), one);
        await node.run("ip", ["link", "del", "br0"], { allowFailure: true });
      } else if (typeof ended.reply?.code !== "number") wrong.push(`${kind} ${when}: no error object`);
      const left = diff(before, await node.snapshot(), { ignore: remainsAfterFailure() });
      wrong.push(...left.map((line) => `${kind} ${when}: ${line.slice(0, 160)}`));
      if (String(await order(node)) !== String(orderBefore)) wrong.push(`${kind} ${when}: another order`);
      if (wrong.length > 0) break;
    }
    expect(wrong).toEqual([]);
    expect(reached).toBeGreaterThan(kind === "flock" ? 1 : 25);
  });

  test.each(["ADD", "DEL"])(
    "%s that is killed wherever it is, is finished by the next ones",
    async (command) => {
      const node = await nodeWithUplink();
      const [before, orderBefore] = [await node.snapshot(), await order(node)];
      const wrong: string[] = [];
      let reached = 0;
      // Every third one: each takes half a second.
      for (let when = 2; when < plenty; when += 3) {
        if (command === "DEL") await attach(node, moving(), one);
        const ended = await callWithFault(
          node,
          { command, config: moving() },
          { call: "sendto", error: "KILL", when },
        );
        if (!ended.injected) break;
        reached = when;
        await detach(node, moving(), one);
        await attach(node, moving(), one);
        if ((await addressTexts(node, null, "uplink0")).length > 0)
          wrong.push(`${when}: addresses stay behind`);
        if ((await node.ping(null, "198.51.100.2")).received === 0)
          wrong.push(`${when}: the host is cut off`);
        await detach(node, moving(), one);
        const left = diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") });
        wrong.push(...left.map((line) => `${when}: ${line.slice(0, 160)}`));
        if (String(await order(node)) !== String(orderBefore)) wrong.push(`${when}: another order`);
        if (wrong.length > 0) break;
      }
      expect(wrong).toEqual([]);
      expect(reached).toBeGreaterThan(8);
    },
  );

  test("a step that fails later leaves the uplink to those who use it already", async () => {
    const node = await nodeWithUplink();
    const added = await attach(node, moving(), one);
    const before = await node.snapshot();
    const failing = moving({ ipam: { type: "nowhere" } });
    expect(await refused(node, "ADD", failing, two)).toMatchObject({ code: 5 });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
    await expectHealthy(node, moving(), added, one);
  });

  test("GC gives the uplink back when the last container is unknown to the runtime", async () => {
    const node = await nodeWithUplink();
    const before = await node.snapshot();
    await attach(node, moving(), one);
    const config = { ...moving(), "cni.dev/valid-attachments": [] };
    expect(await call(node, "GC", config, {})).toMatchObject({ exitCode: 0, stdout: "" });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("GC mends what is left of a bridge that somebody removed", async () => {
    const node = await nodeWithUplink();
    await node.run("ip", ["link", "set", "uplink0", "down"]);
    await node.run("ip", ["addr", "flush", "dev", "uplink0"]);
    const before = await node.snapshot();
    await attach(node, moving(), one);
    await node.run("ip", ["link", "del", "br0"]);
    const config = { ...moving(), "cni.dev/valid-attachments": [] };
    expect(await call(node, "GC", config, {})).toMatchObject({ exitCode: 0, stdout: "" });
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel() })).toEqual([]);
  });

  test("GC leaves it where a container is", async () => {
    const node = await nodeWithUplink();
    const added = await attach(node, moving(), one);
    const config = {
      ...moving(),
      "cni.dev/valid-attachments": [{ containerID: "one", ifname: "eth0" }],
    };
    expect(await call(node, "GC", config, {})).toMatchObject({ exitCode: 0, stdout: "" });
    await expectHealthy(node, moving(), added, one);
  });

  test("many that come and go at once leave it as it was, and the host in the network", async () => {
    const node = await nodeWithUplink();
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    await node.run("sh", ["-ec", `for name in ${names.join(" ")}; do ip netns add $name; done`]);
    const before = await node.snapshot();
    const outcomes = await Promise.all(
      names.map(async (name) => {
        const whose = { netns: name, containerId: name };
        const first = await tryToAttach(node, moving(), whose);
        await delay(Math.random() * 50);
        return [first, await call(node, "DEL", moving(), whose)];
      }),
    );
    expect(outcomes.flat().filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    // One of the last two DELs may have met an ADD, and left the rest to the next.
    await attach(node, moving(), one);
    expect(await node.ping(null, "198.51.100.2")).toMatchObject({ received: 1 });
    expect((await link(node, null, "uplink0")).master).toBe("br0");
    await detach(node, moving(), one);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "uplink0", "br0"]);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });
});
