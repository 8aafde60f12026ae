/** What other networks, other processes and mistaken configurations must not be able to do to an attachment. */
import { expect, test } from "@jest/globals";
import { describeWith, nodesPerTest } from "../node/index.ts";
import { attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import { elements } from "./firewall-state.ts";
import { holdLock, hostNamespace } from "./held-lock.ts";
import { bridgeNetwork, fullNetwork, hostLocal } from "./network.ts";
import { leases, links } from "../node/state.ts";

const startNode = nodesPerTest();
const needs = { plugins: ["bridge", "host-local", "trestle"], commands: ["nft", "flock"] };
const one = { netns: "one", containerId: "one" };

describeWith(needs, "an attachment among strangers", () => {
  test("DEL of another network for the same container and interface leaves it alone", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const other = fullNetwork({ name: "other", bridge: "br1", ipam: hostLocal("10.2.0.0/24") });
    const added = await attach(node, fullNetwork(), one);
    expect(await refused(node, "ADD", other, one)).toMatchObject({ code: 103 });
    await detach(node, other, one);
    await expectHealthy(node, fullNetwork(), added, one);
    expect((await node.ping("one", "10.1.0.1")).received).toBe(1);
    await detach(node, fullNetwork(), one);
  });

  test("a container id of 5000 characters gets and gives back its address", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const long = { netns: "one", containerId: "x".repeat(5000) };
    await attach(node, fullNetwork(), long);
    expect(await leases(node)).toHaveLength(2);
    await detach(node, fullNetwork(), long);
    expect(await leases(node)).toEqual([]);
    expect(await elements(node)).toEqual([]);
  });

  test.each(["trestle", "bridge", "loopback"])("ipam.type %s is refused and starts nothing", async (type) => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = bridgeNetwork({ ipam: { type } });
    expect(await refused(node, "ADD", config, one)).toMatchObject({
      code: 7,
      msg: expect.stringContaining(`"ipam.type" is "${type}"`),
    });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo"]);
    await detach(node, config, one);
  });

  test("a process that keeps the namespace's lock does not keep an ADD from working", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await using _holder = await holdLock(node, hostNamespace);
    const added = await attach(node, fullNetwork(), one);
    expect((await node.ping("one", "10.1.0.1")).received).toBe(1);
    await expectHealthy(node, fullNetwork(), added, one);
    await detach(node, fullNetwork(), one);
  });

  test("2000 routes are set, and the wrong one among them is named and undone", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const routes = Array.from({ length: 2000 }, (_, at) => ({
      dst: `10.${100 + (at >> 8)}.${at & 255}.0/24`,
    }));
    const ipam = { ...hostLocal("10.1.0.0/24"), routes };
    await attach(node, bridgeNetwork({ ipam }), one);
    const { stdout } = await node.inNamespace("one", "ip", ["route", "show", "via", "10.1.0.1"]);
    expect(stdout.trim().split("\n")).toHaveLength(2000);
    await detach(node, bridgeNetwork({ ipam }), one);
    const wrong = { ...ipam, routes: [...routes, { dst: "10.200.0.0/24", gw: "172.16.0.1" }] };
    expect(await refused(node, "ADD", bridgeNetwork({ ipam: wrong }), one)).toMatchObject({
      code: 108,
      msg: expect.stringContaining("10.200.0.0/24 via 172.16.0.1"),
    });
    expect(await leases(node)).toEqual([]);
  });

  test("too many exceptions from the masquerade are refused by their number", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const nonMasqueradeCIDRs = Array.from(
      { length: 501 },
      (_, at) => `10.${100 + (at >> 8)}.${at & 255}.0/24`,
    );
    const ended = await call(node, "ADD", fullNetwork({ nonMasqueradeCIDRs }), one);
    expect(ended).toMatchObject({ exitCode: 1, json: { code: 7, msg: expect.stringContaining("501") } });
    await attach(node, fullNetwork({ nonMasqueradeCIDRs: nonMasqueradeCIDRs.slice(1) }), one);
    await detach(node, fullNetwork(), one);
    expect(await elements(node)).toEqual([]);
  });
});
