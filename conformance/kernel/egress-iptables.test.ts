import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { describeWith, diff, nodesPerTest, referenceFolder } from "../node/index.ts";
import { attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import { elements, iptablesRules } from "./firewall-state.ts";
import { type Config, bridgeNetwork, fullNetwork } from "./network.ts";
import { remainsAfterDel } from "./remains.ts";
import { leases, links } from "../node/state.ts";

const startNode = nodesPerTest();
const cid1 = { netns: "one", containerId: "cid1" };

function iptablesNetwork(more: Config = {}): Config {
  return fullNetwork({ name: "n1", ipMasqBackend: "iptables", ...more });
}

/** A chain's name as the reference makes it: SHA-512 of network and container id, cut to 28 characters. */
function chainOf(network: string, containerId: string): string {
  return `CNI-${createHash("sha512")
    .update(network + containerId)
    .digest("hex")}`.slice(0, 28);
}

/** What an empty table of iptables leaves: nf_tables keeps the base chains that a command made. */
const emptyTables = [
  /^\+ network \/ nftables \/ ip6? nat: /,
  /^\+ network \/ iptables \/ ipv[46] nat: \[":PREROUTING[^-]*\]$/,
];

const needs = {
  plugins: ["bridge", "host-local"],
  commands: ["iptables", "iptables-save", "ip6tables-save"],
};

describeWith(needs, "egress masquerade with iptables", () => {
  test("chains and rules are those of the reference", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await attach(node, iptablesNetwork(), cid1);
    const chain = "CNI-ca7a875c2b85fc44a855128b";
    expect(chain).toBe(chainOf("n1", "cid1"));
    const comment = '-m comment --comment "name: \\"n1\\" id: \\"cid1\\""';
    expect(await iptablesRules(node, 4)).toEqual([
      `-A POSTROUTING -s 10.1.0.2/32 ${comment} -j ${chain}`,
      `-A ${chain} -d 10.1.0.0/24 ${comment} -j ACCEPT`,
      `-A ${chain} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE`,
    ]);
    expect(await iptablesRules(node, 6)).toEqual([
      `-A POSTROUTING -s fd00:1::2/128 ${comment} -j ${chain}`,
      `-A ${chain} -d fd00:1::/64 ${comment} -j ACCEPT`,
      `-A ${chain} ! -d ff00::/8 ${comment} -j MASQUERADE`,
    ]);
    expect(await elements(node)).toEqual([]);
  });

  test("the outside host answers, CHECK passes, and DEL leaves nothing", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await node.addNamespace("one");
    const before = await node.snapshot();
    const added = await attach(node, iptablesNetwork(), cid1);
    expect(await node.ping("one", outside.address)).toMatchObject({ received: 1 });
    expect(await node.ping("one", outside.address6)).toMatchObject({ received: 1 });
    await expectHealthy(node, iptablesNetwork(), added, cid1);
    await detach(node, iptablesNetwork(), cid1);
    const ignore = [...remainsAfterDel("br0"), ...emptyTables];
    expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
    await detach(node, iptablesNetwork(), cid1);
  });

  test("nonMasqueradeCIDRs are accepted before the masquerade", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = iptablesNetwork({ nonMasqueradeCIDRs: ["192.0.2.0/24", "2001:db8::/32"] });
    await attach(node, config, cid1);
    const targets = (await iptablesRules(node, 4)).slice(1).map((rule) => rule.split(" -j ")[1]);
    expect(targets).toEqual(["ACCEPT", "ACCEPT", "MASQUERADE"]);
    expect(await iptablesRules(node, 4)).toContainEqual(expect.stringContaining("-d 192.0.2.0/24"));
    expect(await iptablesRules(node, 6)).toContainEqual(expect.stringContaining("-d 2001:db8::/32"));
    await detach(node, config, cid1);
    expect([await iptablesRules(node, 4), await iptablesRules(node, 6)]).toEqual([[], []]);
  });

  test("CHECK names a rule that is missing", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const added = await attach(node, iptablesNetwork(), cid1);
    await node.run("iptables", ["-t", "nat", "-F", chainOf("n1", "cid1")]);
    expect(await refused(node, "CHECK", { ...iptablesNetwork(), prevResult: added }, cid1)).toMatchObject({
      code: 107,
      msg: expect.stringContaining("MASQUERADE"),
    });
  });

  test("DEL without namespace removes the rules as well, and those of others stay", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.addNamespace("two");
    await attach(node, iptablesNetwork(), cid1);
    await attach(node, iptablesNetwork(), { netns: "two", containerId: "cid2" });
    await node.run("iptables", ["-t", "nat", "-A", "POSTROUTING", "-s", "172.17.0.0/16", "-j", "MASQUERADE"]);
    await node.removeNamespace("one");
    await detach(node, iptablesNetwork(), { containerId: "cid1" });
    const rules = (await iptablesRules(node, 4)).join("\n");
    expect(rules).not.toContain("cid1");
    expect(rules).toContain("cid2");
    expect(rules).toContain("172.17.0.0/16");
  });
});

const reference = { files: [`${referenceFolder}/bridge`, `${referenceFolder}/host-local`], ...needs };

/** Debian's reference plugins answer to versions up to 1.0.0. */
const shared = bridgeNetwork({ cniVersion: "1.0.0", name: "n1", isDefaultGateway: true, ipMasq: true });

describeWith(reference, "taking over from the reference and back", () => {
  const theirs = { ...cid1, folder: referenceFolder };

  test("our DEL removes an attachment that the reference made", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const before = await node.snapshot();
    const made = await call(node, "ADD", shared, theirs);
    expect(made).toMatchObject({ exitCode: 0 });
    expect(await iptablesRules(node, 4)).toHaveLength(3);
    await detach(node, shared, cid1);
    expect(await iptablesRules(node, 4)).toEqual([]);
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
    expect(await leases(node, "n1")).toEqual([]);
    const ignore = [...remainsAfterDel("br0"), ...emptyTables];
    expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
  });

  test("the reference's DEL removes an attachment that we made", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const before = await node.snapshot();
    const config = { ...shared, ipMasqBackend: "iptables" };
    await attach(node, config, cid1);
    expect(await call(node, "DEL", config, theirs)).toMatchObject({ exitCode: 0, stdout: "" });
    expect(await iptablesRules(node, 4)).toEqual([]);
    const ignore = [...remainsAfterDel("br0"), ...emptyTables];
    expect(diff(before, await node.snapshot(), { ignore })).toEqual([]);
  });

  test("after the reference's DEL of our nf_tables attachment, our DEL removes the rest", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await attach(node, shared, cid1);
    // It complains of the iptables chain that was never there, when it has removed everything else.
    expect(await call(node, "DEL", shared, theirs)).toMatchObject({
      json: { msg: expect.stringContaining(chainOf("n1", "cid1")) },
    });
    expect((await links(node, null)).map(({ ifname }) => ifname)).toEqual(["lo", "br0"]);
    expect(await leases(node, "n1")).toEqual([]);
    await detach(node, shared, cid1);
    expect(await elements(node)).toEqual([]);
  });

  test("both packs attach containers to one bridge, with leases from one store", async () => {
    const node = await startNode();
    for (const name of ["one", "two", "three", "four"]) {
      await node.addNamespace(name);
    }
    const ips: (string | undefined)[] = [];
    for (const [name, folder] of [
      ["one", undefined],
      ["two", referenceFolder],
      ["three", undefined],
      ["four", referenceFolder],
    ] as const) {
      const whose = { netns: name, containerId: name, ...(folder === undefined ? {} : { folder }) };
      const ended = await call(node, "ADD", shared, whose);
      expect(ended).toMatchObject({ exitCode: 0 });
      ips.push(ended.json?.ips?.[0]?.address);
    }
    expect(ips).toEqual(["10.1.0.2/24", "10.1.0.3/24", "10.1.0.4/24", "10.1.0.5/24"]);
    expect(await node.ping("one", "10.1.0.3")).toMatchObject({ received: 1 });
    expect(await node.ping("four", "10.1.0.4")).toMatchObject({ received: 1 });
    expect(await leases(node, "n1")).toEqual(["10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.0.5"]);
  });

  test("our CHECK passes for an attachment without masquerade that the reference made", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const config = { ...shared, ipMasq: false };
    const made = await call(node, "ADD", config, theirs);
    const checked = await call(node, "CHECK", { ...config, prevResult: made.json }, cid1);
    expect(checked).toMatchObject({ exitCode: 0, stdout: "" });
  });
});
