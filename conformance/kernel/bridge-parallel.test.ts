import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, call, detach, expectHealthy } from "./attachment.ts";
import { countRules, elements } from "./firewall-state.ts";
import { inParallel } from "./in-parallel.ts";
import { type Config, fullNetwork, plainBridge } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";
import { installSlowBrokenIptables } from "./slow-broken-iptables.ts";
import { addressTexts, leases, links } from "../node/state.ts";

const startNode = nodesPerTest();

const names = Array.from({ length: 50 }, (_, index) => `c${index}`);

async function nodeWithNamespaces(): Promise<FakeNode> {
  const node = await startNode();
  await node.run("sh", [
    "-ec",
    `for name in ${names.join(" ")}; do ip netns add $name; ip -n $name link set lo up; done`,
  ]);
  return node;
}

function whose(name: string): { netns: string; containerId: string } {
  return { netns: name, containerId: name };
}

const networks: [what: string, config: Config][] = [
  ["of both families with masquerade", fullNetwork()],
  ["of layer 2", plainBridge()],
];

describeWith({ plugins: ["bridge", "host-local"], commands: ["nft"] }, "bridge, fifty at once", () => {
  test.each(networks)("a network %s that does not exist yet", async (_what, config) => {
    const node = await nodeWithNamespaces();
    const before = await node.snapshot();
    const added = await inParallel(names, async (name) => call(node, "ADD", config, whose(name)));
    expect(added.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const hasIpam = config["ipam"] !== undefined;
    const ips = added.flatMap(({ json }) => (json?.ips ?? []).map(({ address }) => address));
    expect(new Set(ips).size).toBe(hasIpam ? 100 : 0);
    const macs = new Set(added.map(({ json }) => json?.interfaces?.[0]?.mac));
    expect(macs.size).toBe(1);
    const found = await links(node, null);
    expect(found.filter(({ linkinfo }) => linkinfo?.info_kind === "bridge")).toHaveLength(1);
    expect(found.filter(({ master, operstate }) => master === "br0" && operstate === "UP")).toHaveLength(50);
    expect(await addressTexts(node, null, "br0")).toEqual(hasIpam ? ["10.1.0.1/24", "fd00:1::1/64"] : []);
    expect(await elements(node)).toHaveLength(hasIpam ? 200 : 0);
    expect(await countRules(node)).toBe(hasIpam ? 8 : 0);
    expect(await leases(node)).toHaveLength(hasIpam ? 100 : 0);
    const checks = await inParallel([...names.entries()], async ([index, name]) =>
      call(node, "CHECK", { ...config, prevResult: added[index]?.json }, whose(name)),
    );
    expect(checks.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const removed = await inParallel(names, async (name) => call(node, "DEL", config, whose(name)));
    expect(removed.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterDel("br0") })).toEqual([]);
  });

  test("containers coming and going at the same time never disturb one that stays", async () => {
    const node = await nodeWithNamespaces();
    await node.addNamespace("stays");
    const added = await attach(node, fullNetwork(), whose("stays"));
    const outcomes = await inParallel(names, async (name) => {
      const first = await call(node, "ADD", fullNetwork(), whose(name));
      await delay(5);
      return [first, await call(node, "DEL", fullNetwork(), whose(name))];
    });
    expect(outcomes.flat().filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const config = { ...fullNetwork(), prevResult: added };
    expect(await call(node, "CHECK", config, whose("stays"))).toMatchObject({ exitCode: 0, stdout: "" });
    expect(await node.ping("stays", "10.1.0.1")).toMatchObject({ received: 1 });
    expect(await elements(node)).toHaveLength(4);
    expect(await leases(node)).toHaveLength(2);
  });

  test("the same container is added once, whatever the others are told", async () => {
    const node = await nodeWithNamespaces();
    const tries = Array.from({ length: 8 }, (_, index) => index);
    const outcomes = await inParallel(tries, async () => call(node, "ADD", fullNetwork(), whose("c1")));
    expect(outcomes.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    expect(await leases(node)).toHaveLength(2);
    expect(await addressTexts(node, "c1", "eth0")).toHaveLength(2);
    const removals = await inParallel(tries, async () => call(node, "DEL", fullNetwork(), whose("c1")));
    expect(removals.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect([await leases(node), await elements(node)]).toEqual([[], []]);
  });

  test("a failing ADD never takes the bridge from under one that succeeds", async () => {
    const node = await nodeWithNamespaces();
    const failing = fullNetwork({ ipam: { type: "nowhere" } });
    const half = names.slice(0, 32);
    const outcomes = await inParallel([...half.entries()], async ([index, name]) => ({
      name,
      fails: index % 2 === 0,
      ended: await call(node, "ADD", index % 2 === 0 ? failing : fullNetwork(), whose(name)),
    }));
    expect(outcomes.filter(({ fails, ended }) => fails !== (ended.exitCode !== 0))).toEqual([]);
    const good = outcomes.filter(({ fails }) => !fails);
    const checks = await inParallel(good, async ({ name, ended }) =>
      call(node, "CHECK", { ...fullNetwork(), prevResult: ended.json }, whose(name)),
    );
    expect(checks.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    for (const { name } of good) {
      await detach(node, fullNetwork(), whose(name));
    }
    expect(await leases(node)).toEqual([]);
  });

  test("an ADD that fails late leaves the gateway to one that came meanwhile", async () => {
    const node = await startNode();
    await node.run("ip", ["link", "add", "br0", "up", "address", "02:00:00:00:00:33", "type", "bridge"]);
    await node.addNamespace("fails");
    await node.addNamespace("stays");
    const iptables = await installSlowBrokenIptables(node);
    const config = fullNetwork({ ipMasqBackend: "iptables" });
    const failing = call(node, "ADD", config, whose("fails"));
    // By then the gateway has its address.
    await iptables.untilReached();
    expect(await addressTexts(node, null, "br0")).toContain("10.1.0.1/24");
    const added = await attach(node, fullNetwork({ ipMasq: false }), whose("stays"));
    iptables.letFail();
    expect(await failing).toMatchObject({ exitCode: 1 });
    expect(await addressTexts(node, null, "br0")).toEqual(["10.1.0.1/24", "fd00:1::1/64"]);
    expect(await node.ping("stays", "10.1.0.1")).toMatchObject({ received: 1 });
    await expectHealthy(node, fullNetwork({ ipMasq: false }), added, whose("stays"));
  });
});
