import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { attach, detach, expectHealthy } from "./attachment.ts";
import { countRules, elements } from "./firewall-state.ts";
import { type Config, bridgeNetwork, four, fullNetwork, hostLocal, six } from "./network.ts";

const startNode = nodesPerTest();

interface Whose {
  readonly netns: string;
  readonly containerId: string;
}

function container(name: string): Whose {
  return { netns: name, containerId: name };
}

async function attachNew(node: FakeNode, config: Config, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await node.addNamespace(name);
    await attach(node, config, container(name));
  }
}

/** Where an echo request that the container sends comes from, as the outside host sees it. */
async function seenFrom(node: FakeNode, from: string, to: string, via = to): Promise<string> {
  await using capture = await node.capture("eth0", "icmp or icmp6", { namespace: "outside" });
  await node.ping(from, to, { attempts: 1 });
  const line = await capture.waitFor(new RegExp(`> ${via.replaceAll(".", "\\.")}: ICMP6?,? echo request`));
  return / (?<source>[0-9a-f.:]+) > /.exec(line.slice(line.indexOf("length")))?.groups?.["source"] ?? line;
}

const needs = { plugins: ["bridge", "host-local"], commands: ["nft", "iptables", "tcpdump", "ping"] };

describeWith(needs, "egress masquerade", () => {
  test("containers reach each other, the gateway, the host and what is outside, and the host reaches them", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await attachNew(node, fullNetwork(), "one", "two");
    const pairs: [from: string | null, to: string][] = [
      ["one", "10.1.0.3"],
      ["one", "fd00:1::3"],
      ["two", "10.1.0.2"],
      ["one", "10.1.0.1"],
      ["one", "fd00:1::1"],
      ["one", outside.nodeAddress],
      ["one", outside.address],
      ["one", outside.address6],
      ["two", outside.address],
      [null, "10.1.0.2"],
      [null, "fd00:1::3"],
    ];
    for (const [from, to] of pairs) {
      expect({ from, to, ...(await node.ping(from, to)) }).toMatchObject({ received: 1 });
    }
  });

  test("the outside host sees the node's address, in both families", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await attachNew(node, fullNetwork(), "one");
    expect(await seenFrom(node, "one", outside.address)).toBe(outside.nodeAddress);
    expect(await seenFrom(node, "one", outside.address6)).toBe(outside.nodeAddress6);
  });

  test("without ipMasq it sees the container's", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await attachNew(node, fullNetwork({ ipMasq: false }), "one");
    expect(await seenFrom(node, "one", outside.address)).toBe("10.1.0.2");
    expect(await seenFrom(node, "one", outside.address6)).toBe("fd00:1::2");
    expect((await node.run("nft", ["list", "ruleset"])).stdout).toBe("");
  });

  test("nonMasqueradeCIDRs see the container's address, everything else the node's", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await node.run("ip", ["-n", "outside", "addr", "add", "203.0.113.7/32", "dev", "lo"]);
    const nonMasqueradeCIDRs = ["198.51.100.0/25", "2001:db8:ff::2/128", "198.51.100.2/32"];
    const config = fullNetwork({ nonMasqueradeCIDRs });
    await attachNew(node, config, "one");
    expect(await seenFrom(node, "one", outside.address)).toBe("10.1.0.2");
    expect(await seenFrom(node, "one", outside.address6)).toBe("fd00:1::2");
    expect(await seenFrom(node, "one", "203.0.113.7")).toBe(outside.nodeAddress);
    await detach(node, config, container("one"));
    expect(await elements(node)).toEqual([]);
  });

  test("the container's own subnet sees its own address, also where that is routed away", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await node.run("ip", ["-n", "outside", "addr", "add", "10.1.0.200/32", "dev", "lo"]);
    await attachNew(node, fullNetwork(), "one");
    await node.run("ip", ["route", "add", "10.1.0.200/32", "via", outside.address]);
    await node.run("sh", ["-c", "echo 1 > /proc/sys/net/ipv4/conf/br0/proxy_arp"]);
    expect(await seenFrom(node, "one", "10.1.0.200")).toBe("10.1.0.2");
  });

  test("multicast is excepted in both families", async () => {
    const node = await startNode();
    await attachNew(node, fullNetwork(), "one");
    const { stdout } = await node.run("nft", ["list", "table", "inet", "trestle"]);
    expect(stdout).toMatch(/ip daddr 224\.0\.0\.0\/4 return/);
    expect(stdout).toMatch(/ip6 daddr ff00::\/8 return/);
  });

  test("traffic from outside reaches a container with its source, and the answer keeps the container's address", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await attachNew(node, fullNetwork(), "one");
    await node.run("ip", ["-n", "outside", "route", "add", "10.1.0.0/24", "via", outside.nodeAddress]);
    await using inside = await node.capture("eth0", "icmp", { namespace: "one" });
    await using cable = await node.capture("eth0", "icmp", { namespace: "outside" });
    expect(await node.ping("outside", "10.1.0.2")).toMatchObject({ received: 1 });
    await inside.waitFor(/198\.51\.100\.2 > 10\.1\.0\.2: ICMP echo request/);
    await cable.waitFor(/10\.1\.0\.2 > 198\.51\.100\.2: ICMP echo reply/);
  });

  test("what other programs keep in the firewall stays as it was", async () => {
    const node = await startNode();
    await node.addOutsideHost();
    await node.run("nft", ["-f", "-"], {
      input: readFileSync(join(import.meta.dirname, "neighbours.nft"), "utf8"),
    });
    await node.run("sh", ["-ec", docker]);
    await node.addNamespace("one");
    const before = await node.snapshot();
    await attach(node, fullNetwork(), container("one"));
    const firewall = /^. network \/ (nftables|iptables)/;
    const changes = diff(before, await node.snapshot()).filter((line) => firewall.test(line));
    expect(changes).toEqual([expect.stringMatching(/^\+ network \/ nftables \/ inet trestle: /)]);
    await detach(node, fullNetwork(), container("one"));
    const left = diff(before, await node.snapshot()).filter((line) => firewall.test(line));
    expect(left).toEqual([expect.stringMatching(/^\+ network \/ nftables \/ inet trestle: (?!.*"elem")/)]);
  });

  test("twenty containers have as many rules as one, and elements that name their owners", async () => {
    const node = await startNode();
    await attachNew(node, fullNetwork(), "c1");
    const rules = await countRules(node);
    const more = Array.from({ length: 19 }, (_, index) => `c${index + 2}`);
    await attachNew(node, fullNetwork(), ...more);
    expect(await countRules(node)).toBe(rules);
    const found = await elements(node);
    for (const [index, name] of ["c1", ...more].entries()) {
      const [ip4, ip6] = [`10.1.0.${index + 2}`, `fd00:1::${(index + 2).toString(16)}`];
      const owner = `net ${name} eth0`;
      expect(found.filter((element) => element.owner === owner)).toEqual([
        { set: "masquerade4", key: [ip4, "br0"], owner },
        { set: "direct4", key: [ip4, "br0", four], owner },
        { set: "masquerade6", key: [ip6, "br0"], owner },
        { set: "direct6", key: [ip6, "br0", six], owner },
      ]);
    }
    expect(found).toHaveLength(80);
  });

  test("the DEL of one container leaves the masquerade of the other", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await attachNew(node, fullNetwork(), "one", "two");
    const before = await elements(node);
    await detach(node, fullNetwork(), container("one"));
    expect(await elements(node)).toEqual(before.filter(({ owner }) => owner === "net two eth0"));
    expect(await node.ping("two", outside.address)).toMatchObject({ received: 1 });
  });

  test("networks of the same subnet on different bridges do not meet", async () => {
    const node = await startNode();
    const config = { first: fullNetwork(), second: fullNetwork({ name: "other", bridge: "br1" }) };
    await attachNew(node, config.first, "one");
    const before = await elements(node);
    await attachNew(node, config.second, "two");
    expect(await elements(node)).toHaveLength(8);
    await detach(node, config.second, container("two"));
    expect(await elements(node)).toEqual(before);
    await detach(node, config.first, container("one"));
    expect(await elements(node)).toEqual([]);
  });

  test("an element that a crash has left belongs to the address's new owner after ADD", async () => {
    const node = await startNode();
    const config = fullNetwork({ ipam: hostLocal(four) });
    await attachNew(node, config, "one");
    for (const set of ["masquerade4 { 10.1.0.3 . br0", "direct4 { 10.1.0.3 . br0 . 10.0.0.0/8"]) {
      await node.run("nft", [`add element inet trestle ${set} comment "net ghost eth0" }`]);
    }
    await node.addNamespace("two");
    const added = await attach(node, config, container("two"));
    expect((await elements(node)).filter(({ key }) => key[0] === "10.1.0.3")).toEqual([
      { set: "masquerade4", key: ["10.1.0.3", "br0"], owner: "net two eth0" },
      { set: "direct4", key: ["10.1.0.3", "br0", four], owner: "net two eth0" },
    ]);
    await expectHealthy(node, config, added, container("two"));
    await detach(node, config, { netns: "ghost", containerId: "ghost" });
    expect(await elements(node)).toHaveLength(4);
  });

  const damages: [what: string, commands: string[]][] = [
    ["all tables were removed", ["flush ruleset"]],
    [
      "a chain and a set were removed",
      ["flush chain inet trestle egress4", "delete set inet trestle direct4"],
    ],
  ];

  test.each(damages)("the next ADD works when %s", async (_what, commands) => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    await attachNew(node, fullNetwork(), "one");
    for (const command of commands) {
      await node.run("nft", [command]);
    }
    await attachNew(node, fullNetwork({ ipam: hostLocal("10.1.0.0/24") }), "two");
    expect(await node.run("nft", ["list", "table", "inet", "trestle"])).toMatchObject({ exitCode: 0 });
    expect(await node.ping("two", outside.address)).toMatchObject({ received: 1 });
    await detach(node, fullNetwork(), container("one"));
    await detach(node, fullNetwork(), container("two"));
    expect(await elements(node)).toEqual([]);
  });

  test("masquerade that the configuration has no more is removed by DEL all the same", async () => {
    const node = await startNode();
    await attachNew(node, fullNetwork(), "one");
    await detach(node, bridgeNetwork({ ipam: hostLocal(four, six) }), container("one"));
    expect(await elements(node)).toEqual([]);
  });
});

const docker = `
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -N DOCKER-USER
iptables -A FORWARD -j DOCKER-USER
iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ip6tables -t nat -A POSTROUTING -s fd00:d::/64 -j MASQUERADE`;
