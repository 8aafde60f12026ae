/** ADDs in a VLAN that fail late, and what is then as it was. */
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest, pluginFolder } from "../../node/index.ts";
import { attach, detach, expectHealthy, refused } from "../../kernel/attachment.ts";
import { plainBridge } from "../../kernel/network.ts";
import { remainsAfterFailure } from "../../kernel/remains.ts";
import { installSlowBrokenIptables } from "../../kernel/slow-broken-iptables.ts";
import { isFiltering, picture, routedSegment, segment, shell, whose } from "./vlan-state.ts";

const startNode = nodesPerTest();
const config = routedSegment(10, {
  isDefaultGateway: true,
  ipMasq: true,
  vlanTrunk: [{ minID: 20, maxID: 29 }],
});

/** The last step but one: by then filtering, port, gateway, its addresses and the lease are there. */
const brokenTable = "nft 'add table inet trestle; add set inet trestle masquerade4 { type ipv4_addr; }'";

/** What the host was like before. */
const worlds: [what: string, prepare: string][] = [
  ["a bridge that does not filter", "ip link add br0 up address 02:00:00:00:00:33 type bridge"],
  [
    "one that is down",
    "ip link add br0 up address 02:00:00:00:00:33 type bridge; ip link set br0 down alias 'the office'",
  ],
  [
    "one that filters, with a port",
    `ip link add br0 up address 02:00:00:00:00:33 type bridge vlan_filtering 1
     ip link add p0 up master br0 type veth peer name p1; bridge vlan add dev p0 vid 10`,
  ],
  [
    "a gateway of somebody else",
    `ip link add br0 up address 02:00:00:00:00:33 type bridge vlan_filtering 1; bridge vlan add dev br0 vid 10 self
     ip link add link br0 name br0.10 up type vlan id 10; ip link set br0.10 down`,
  ],
];

const refusal = { code: 108, msg: expect.stringContaining("masquerade4") };

/** Without a masquerade, whose messages fail in tests of its own. */
const plain = routedSegment(10);

/** Makes the n-th message to the kernel fail. @returns undefined when there was none */
async function addWithFault(node: FakeNode, when: number): Promise<{ exitCode: number } | undefined> {
  const inject = ["-e", "trace=sendto", "-e", `inject=sendto:error=EIO:when=${when}`];
  const ended = await node.run(
    "strace",
    ["-f", "-qq", "-o", "/var/lib/node/trace", ...inject, `${pluginFolder}/bridge`],
    {
      input: JSON.stringify(plain),
      env: {
        CNI_COMMAND: "ADD",
        CNI_CONTAINERID: "one",
        CNI_NETNS: "/run/netns/one",
        CNI_IFNAME: "eth0",
        CNI_PATH: pluginFolder,
      },
      allowFailure: true,
    },
  );
  return node.read("/var/lib/node/trace").includes("(INJECTED)") ? ended : undefined;
}

/** More messages than any ADD sends. */
const plenty = 80;

const needs = { plugins: ["bridge", "host-local"], commands: ["bridge", "nft", "strace"] };

describeWith(needs, "a failed ADD in a VLAN", () => {
  test("leaves a host without a bridge as it was", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await shell(node, brokenTable);
    const before = await node.snapshot();
    expect(await refused(node, "ADD", config, whose("one"))).toMatchObject(refusal);
    expect(diff(before, await node.snapshot(), { ignore: remainsAfterFailure() })).toEqual([]);
  });

  test.each(worlds)("leaves %s as it was", async (_what, prepare) => {
    const node = await startNode();
    await node.addNamespace("one");
    await shell(node, `${prepare}; ${brokenTable}`);
    const before = await picture(node);
    expect(await refused(node, "ADD", config, whose("one"))).toMatchObject(refusal);
    expect(await picture(node)).toEqual(before);
    await shell(node, "nft delete table inet trestle");
    await expectHealthy(node, config, await attach(node, config, whose("one")), whose("one"));
  });

  test("leaves gateway and filtering to one of the VLAN that was there before", async () => {
    const node = await startNode();
    for (const name of ["one", "two"]) await node.addNamespace(name);
    const quiet = { ...config, ipMasq: false };
    const added = await attach(node, quiet, whose("two"));
    await shell(node, brokenTable);
    const before = await picture(node);
    expect(await refused(node, "ADD", config, whose("one"))).toMatchObject(refusal);
    expect(await picture(node)).toEqual(before);
    await expectHealthy(node, quiet, added, whose("two"));
  });

  test("leaves filtering to one that came meanwhile", async () => {
    const node = await startNode();
    for (const name of ["one", "two"]) await node.addNamespace(name);
    await shell(node, "ip link add br0 up address 02:00:00:00:00:33 type bridge");
    const iptables = await installSlowBrokenIptables(node);
    const slow = { ...config, ipMasqBackend: "iptables" };
    const failing = refused(node, "ADD", slow, whose("one"));
    await iptables.untilReached();
    await shell(node, "ip link show br0.10");
    const quiet = segment(10, { name: "net10" });
    const added = await attach(node, quiet, whose("two"));
    iptables.letFail();
    await failing;
    expect(await isFiltering(node)).toBe(true);
    await expectHealthy(node, quiet, added, whose("two"));
    await detach(node, quiet, whose("two"));
    expect(await shell(node, "ip -br link")).not.toContain("br0.10");
  });

  test("whichever message to the kernel fails leaves the bridge as it was", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    await node.addNamespace("stays");
    const added = await attach(node, plainBridge(), whose("stays"));
    const before = await picture(node);
    const wrong: string[] = [];
    let reached = 0;
    for (let when = 1; when < plenty; when += 1) {
      const ended = await addWithFault(node, when);
      if (ended === undefined) break;
      reached = when;
      // It could do without: then the attachment goes as any other, and filtering stays.
      if (ended.exitCode === 0) {
        await detach(node, plain, whose("one"));
        await shell(node, "ip link set br0 type bridge vlan_filtering 0");
      }
      const after = await picture(node);
      if (JSON.stringify(after) !== JSON.stringify(before)) wrong.push(`${when}: ${after.join("; ")}`);
    }
    expect(wrong).toEqual([]);
    expect(reached).toBeGreaterThan(10);
    await expectHealthy(node, plainBridge(), added, whose("stays"));
  });
});
