/** The vlan plugin as far as it goes without 802.1Q: what it refuses. The rest is in conformance/lab/tests/vlan.test.ts. */
import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { describeWith, diff, nodesPerTest } from "../node/index.ts";
import { leases } from "../node/state.ts";
import { call, detach, refused } from "./attachment.ts";
import { one } from "./injected-fault.ts";
import { type Config, four, hostLocal } from "./network.ts";

const startNode = nodesPerTest();

function network(more: Config = {}): Config {
  const type = "vlan";
  return {
    cniVersion: "1.1.0",
    name: "net",
    type,
    master: "uplink0",
    vlanId: 10,
    ipam: hostLocal(four),
    ...more,
  };
}

async function nodeWithOne() {
  const node = await startNode();
  await node.addOutsideHost();
  await node.addNamespace("one");
  return node;
}

function has8021q(): boolean {
  const script = "ip link add v0 type veth peer name v1; ip link add link v0 name v0.10 type vlan id 10";
  try {
    execFileSync("unshare", ["--net", "sh", "-ec", script], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const needs = { plugins: ["vlan", "host-local"] };

describeWith(needs, "vlan", () => {
  const bad: [more: Config, code: number, says: RegExp][] = [
    [{ master: undefined }, 7, /^"master" field is required/],
    [{ master: "" }, 7, /^"master" field is required/],
    [{ master: "a b" }, 7, /"master"/],
    [{ master: 7 }, 7, /"master"/],
    [{ vlanId: 4095 }, 7, /"vlanId" is 4095: invalid VLAN ID \(must be between 0 and 4094\)/],
    [{ vlanId: -1 }, 7, /"vlanId" is -1/],
    [{ vlanId: 1.5 }, 7, /"vlanId" is 1.5/],
    [{ vlanId: "10" }, 7, /"vlanId" is "10"/],
    [{ vlanId: undefined }, 7, /"vlanId" is missing/],
    [{ mtu: 60 }, 7, /"mtu" is 60/],
    [{ mtu: 9000 }, 7, /invalid MTU 9000, must be \[0, master MTU\(1500\)\]/],
    [{ ipam: {} }, 7, /"ipam\.type" is missing/],
    [{ master: "nowhere0" }, 7, /"nowhere0"/],
    [{ master: "lo" }, 7, /loopback/],
  ];

  test.each(bad)("%j is refused, and nothing changes", async (more, code, says) => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    expect(await refused(node, "ADD", network(more), one)).toMatchObject({
      code,
      msg: expect.stringMatching(says),
    });
    await detach(node, network(more), one);
    const leaseFolders = [/files \/ \/var\/lib\/cni\/networks/];
    expect(diff(before, await node.snapshot(), { ignore: leaseFolders })).toEqual([]);
  });

  test("a master that is down is refused, and works when it is up", async () => {
    const node = await nodeWithOne();
    await node.run("ip", ["link", "set", "uplink0", "down"]);
    const refusal = { msg: expect.stringContaining('"uplink0": it is down') };
    expect(await refused(node, "ADD", network(), one)).toMatchObject({
      ...refusal,
      code: 11,
      details: expect.stringContaining("ip link set uplink0 up"),
    });
    const nobody = { containerId: "" };
    expect(await refused(node, "STATUS", network(), nobody)).toMatchObject({ ...refusal, code: 50 });
    await node.run("ip", ["link", "set", "uplink0", "up"]);
    const { json } = await call(node, "STATUS", network(), nobody);
    expect(json?.msg ?? "").not.toContain("is down");
  });
});

const lacking = has8021q() ? ["a kernel without 802.1Q"] : [];

describeWith({ ...needs, lacking }, "vlan without 802.1Q", () => {
  test("ADD names what is missing, and leaves nothing", async () => {
    const node = await nodeWithOne();
    const before = await node.snapshot();
    expect(await refused(node, "ADD", network(), one)).toMatchObject({
      code: 105,
      msg: expect.stringContaining("802.1Q"),
      details: expect.stringContaining("8021q"),
    });
    expect(diff(before, await node.snapshot())).toEqual([]);
    expect(await leases(node)).toEqual([]);
  });

  test.each([network(), network({ master: "eth0", linkInContainer: true })])(
    "STATUS of %j says it, and changes nothing",
    async (config) => {
      const node = await nodeWithOne();
      const before = await node.snapshot();
      expect(await refused(node, "STATUS", config, { containerId: "" })).toMatchObject({
        code: 50,
        msg: expect.stringContaining("802.1Q"),
        details: expect.stringContaining("8021q"),
      });
      expect(diff(before, await node.snapshot())).toEqual([]);
    },
  );
});
