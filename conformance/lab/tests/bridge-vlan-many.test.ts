/** Many containers in many VLANs of one bridge, and many at the same time. */
import { expect, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../../node/index.ts";
import { attach, call, detach, expectHealthy, tryToAttach } from "../../kernel/attachment.ts";
import { inParallel } from "../../kernel/in-parallel.ts";
import { leases, link } from "../../node/state.ts";
import {
  access,
  addNamespaces,
  gateways,
  picture,
  routedSegment,
  shell,
  vlanTexts,
  whose,
} from "./vlan-state.ts";

const startNode = nodesPerTest();

const vlans = Array.from({ length: 20 }, (_, index) => 10 + index);
const masqueraded = (vlan: number) => routedSegment(vlan, { isDefaultGateway: true, ipMasq: true });

/** Containers by name, three to a VLAN. Ten times slower as this machine is, `make bench-vlans` has two hundred. */
const containers = Array.from({ length: 60 }, (_, index) => ({
  name: `c${index}`,
  vlan: vlans[index % vlans.length] ?? 0,
}));

/** What a bridge that everybody left looks like. */
const bridgeAlone = /^br0: |^br0 +1 PVID|^vlan_filtering 1$/;

const needs = { plugins: ["bridge", "host-local"], commands: ["bridge", "ping", "nft"] };

describeWith(needs, "many in VLANs", () => {
  test("60 over 20 VLANs of one bridge, added and removed many at a time, leave nothing", async () => {
    const node = await startNode();
    const names = containers.map(({ name }) => name);
    await addNamespaces(node, names);
    const before = await picture(node);
    const added = await inParallel(containers, async ({ name, vlan }) =>
      tryToAttach(node, masqueraded(vlan), whose(name)),
    );
    expect(added.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await gateways(node)).toEqual(vlans.map((vlan) => `br0.${vlan}`));
    expect(await vlanTexts(node, "br0")).toEqual([access(1), "10-29"]);
    expect(new Set(added.map(({ json }) => json?.interfaces?.[0]?.mac)).size).toBe(1);
    const ports: readonly { ifname: string; vlans: readonly { vlan: number }[] }[] = JSON.parse(
      await shell(node, "bridge -j vlan show"),
    );
    const theirs = ports.filter(({ ifname }) => ifname.startsWith("veth"));
    for (const vlan of vlans) {
      const inside = theirs.filter((port) => port.vlans.length === 1 && port.vlans[0]?.vlan === vlan);
      expect(inside).toHaveLength(3);
      expect(await leases(node, `net${vlan}`)).toHaveLength(3);
    }
    const [first, last] = [containers[0], containers.at(-1)];
    for (const { name, vlan } of [first, last].filter((each) => each !== undefined)) {
      expect(await node.ping(name, `10.1.${vlan}.1`)).toMatchObject({ received: 1 });
      const result = added[containers.findIndex((each) => each.name === name)]?.json ?? {};
      await expectHealthy(node, masqueraded(vlan), result, whose(name));
    }
    const removed = await inParallel(containers, async ({ name, vlan }) =>
      call(node, "DEL", masqueraded(vlan), whose(name)),
    );
    expect(removed.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect((await picture(node)).filter((line) => !bridgeAlone.test(line))).toEqual(before);
    expect((await link(node, null, "br0")).ifalias).toBeUndefined();
  });

  test("coming and going at the same time leaves nothing, and never disturbs one that stays", async () => {
    const node = await startNode();
    const names = Array.from({ length: 24 }, (_, index) => `c${index}`);
    await addNamespaces(node, ["stays", ...names]);
    const before = await picture(node);
    const config = routedSegment(10);
    const added = await attach(node, config, whose("stays"));
    const outcomes = await inParallel([...names.entries()], async ([index, name]) => {
      const own = routedSegment(10 + (index % 3));
      const failing = index % 5 === 0 ? { ...own, ipam: { type: "nowhere" } } : own;
      const { exitCode, json } = await tryToAttach(node, failing, whose(name));
      const isAsMeant = (exitCode === 0) === (failing === own);
      const del = await call(node, "DEL", own, whose(name));
      return { failure: isAsMeant ? undefined : json, del: del.exitCode };
    });
    expect(outcomes.filter(({ failure, del }) => failure !== undefined || del !== 0)).toEqual([]);
    await expectHealthy(node, config, added, whose("stays"));
    expect(await node.ping("stays", "10.1.10.1")).toMatchObject({ received: 1 });
    await detach(node, config, whose("stays"));
    expect(await gateways(node)).toEqual([]);
    expect((await picture(node)).filter((line) => !bridgeAlone.test(line))).toEqual(before);
  });
});
