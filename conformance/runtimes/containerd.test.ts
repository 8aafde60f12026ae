import { basename } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest, pluginFolder } from "../node/index.ts";
import { readAddresses } from "./addresses.ts";
import { Containerd } from "./containerd.ts";
import { leftovers } from "./leftovers.ts";

const startNode = nodesPerTest();
const connected: Containerd[] = [];
const bridge = "br-test";
const leases = "/var/lib/cni/networks/net";

afterEach(() => {
  for (const containerd of connected.splice(0)) {
    containerd.client.close();
  }
});

/** A network of nothing but the plugin under test, which declares every capability that containerd knows. */
function plugin(subnets: readonly string[]): object {
  return {
    type: "bridge",
    bridge,
    isGateway: true,
    ipMasq: true,
    hairpinMode: true,
    ipam: {
      type: "host-local",
      routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }].slice(0, subnets.length),
      ranges: subnets.map((subnet) => [{ subnet }]),
    },
    capabilities: {
      portMappings: true,
      bandwidth: true,
      dns: true,
      ips: true,
      mac: true,
      ipRanges: true,
      "io.kubernetes.cri.pod-annotations": true,
    },
  };
}

async function start(
  node: FakeNode,
  { subnets = ["10.89.1.0/24", "fd89:1::/64"], cniVersion = "1.0.0" } = {},
): Promise<Containerd> {
  const containerd = await Containerd.start(node, { pluginFolder, plugins: [plugin(subnets)], cniVersion });
  connected.push(containerd);
  return containerd;
}

const needs = {
  commands: ["containerd", "ctr", "containerd-shim-runc-v2", "runc", "busybox", "nft"],
  plugins: ["bridge", "host-local", "loopback"],
};

describeWith(needs, "containerd", () => {
  test.each(["0.4.0", "1.0.0"])(
    "%s: two pods have the addresses that containerd tells, and reach each other",
    async (cniVersion) => {
      const node = await startNode();
      const containerd = await start(node, { cniVersion });
      const before = await node.snapshot();
      const [one, two] = [await containerd.runPod("one"), await containerd.runPod("two")];
      for (const pod of [one, two]) {
        const told = await containerd.podNetwork(pod);
        const inside = await readAddresses(node, told.namespace, "eth0");
        expect(told.addresses).toEqual(inside.addresses.map((address) => address.replace(/\/\d+$/, "")));
        expect(inside.gateways).toEqual(["10.89.1.1", "fd89:1::1"]);
        const loopback = await node.run("nsenter", [
          `--net=${told.namespace}`,
          "ip",
          "-o",
          "link",
          "show",
          "lo",
        ]);
        expect(loopback.stdout).toContain("LOOPBACK,UP");
      }
      const container = await containerd.runContainer(one, "one");
      const others = [...(await containerd.podNetwork(two)).addresses, "10.89.1.1", "fd89:1::1", "127.0.0.1"];
      for (const address of others) {
        const ping = await containerd.exec(container, ["/bin/ping", "-c", "1", "-W", "3", address]);
        expect([address, ping.exitCode, ping.stderr.toString()]).toEqual([address, 0, ""]);
      }
      for (const pod of [one, two]) {
        await containerd.stopPod(pod);
        await containerd.removePod(pod);
      }
      expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
    },
  );

  test("port mappings, DNS and annotations of a pod are tolerated", async () => {
    const node = await startNode();
    const containerd = await start(node);
    const pod = await containerd.runPod("one", {
      dnsConfig: { servers: ["10.96.0.10"], searches: ["default.svc.cluster.local"], options: ["ndots:5"] },
      portMappings: [{ protocol: "TCP", containerPort: 8080, hostPort: 18_090, hostIp: "127.0.0.1" }],
      labels: { app: "one" },
      annotations: { "kubernetes.io/ingress-bandwidth": "10M", "kubernetes.io/egress-bandwidth": "20M" },
    });
    const { namespace, addresses } = await containerd.podNetwork(pod);
    expect(addresses).toHaveLength(2);
    expect((await readAddresses(node, namespace, "eth0")).addresses).toHaveLength(2);
    await containerd.stopPod(pod);
    await containerd.removePod(pod);
    expect(await leased(node)).toEqual([]);
  });

  test("a pod may be stopped again and again, and is gone from the node after the first time", async () => {
    const node = await startNode();
    const containerd = await start(node);
    const before = await node.snapshot();
    const pod = await containerd.runPod("one");
    expect(await leased(node)).toHaveLength(2);
    await containerd.stopPod(pod);
    expect(await leased(node)).toEqual([]);
    await containerd.stopPod(pod);
    await containerd.stopPod(pod);
    expect((await containerd.podNetwork(pod)).state).toBe("SANDBOX_NOTREADY");
    await containerd.removePod(pod);
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });

  test("a late stop of an old pod does not touch the address that a new one was given", async () => {
    const node = await startNode();
    // One address in all.
    const containerd = await start(node, { subnets: ["10.89.9.0/30"] });
    const old = await containerd.runPod("old");
    await containerd.stopPod(old);
    const young = await containerd.runPod("young");
    expect((await containerd.podNetwork(young)).addresses).toEqual(["10.89.9.2"]);
    await containerd.stopPod(old);
    await containerd.removePod(old);
    expect(node.read(`${leases}/10.89.9.2`)).toBe(`${young}\r\neth0`);
    expect(await node.ping(null, "10.89.9.2")).toMatchObject({ received: 1 });
    expect(JSON.stringify((await node.snapshot()).network.nftables)).toContain("10.89.9.2");
  });

  test("pods outlive a crash of containerd, and are cleaned up after it", async () => {
    const node = await startNode();
    const containerd = await start(node);
    const before = await node.snapshot();
    const pod = await containerd.runPod("one");
    const told = await containerd.podNetwork(pod);
    await containerd.restart();
    expect(await containerd.podNetwork(pod)).toEqual({ ...told, state: "SANDBOX_READY" });
    const next = await containerd.runPod("two");
    expect((await containerd.podNetwork(next)).addresses).toEqual(["10.89.1.3", "fd89:1::3"]);
    for (const id of [pod, next]) {
      await containerd.stopPod(id);
      await containerd.removePod(id);
    }
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });

  test("a namespace that was removed behind its back leaves nothing", async () => {
    const node = await startNode();
    const containerd = await start(node);
    const before = await node.snapshot();
    const pod = await containerd.runPod("one");
    const { namespace } = await containerd.podNetwork(pod);
    await node.removeNamespace(basename(namespace));
    await containerd.stopPod(pod);
    await containerd.removePod(pod);
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });

  test("an exhausted range is told in our words, and the pod that came too late leaves nothing", async () => {
    const node = await startNode();
    const containerd = await start(node, { subnets: ["10.89.9.0/30"] });
    const one = await containerd.runPod("one");
    await expect(containerd.runPod("two")).rejects.toThrow(/no (free )?(IP )?address.*10\.89\.9\./i);
    expect(await leased(node)).toEqual(["10.89.9.2"]);
    expect(Object.keys((await node.snapshot()).network.bridgePorts)).toHaveLength(1);
    await containerd.stopPod(one);
    await containerd.runPod("three");
  });

  test("ten pods at once have ten addresses, and leave nothing when they go at once", async () => {
    const node = await startNode();
    const containerd = await start(node);
    const before = await node.snapshot();
    const names = Array.from({ length: 10 }, (_, index) => `pod-${index}`);
    const pods = await Promise.all(names.map((name) => containerd.runPod(name)));
    const told = await Promise.all(pods.map((pod) => containerd.podNetwork(pod)));
    expect(new Set(told.flatMap(({ addresses }) => addresses)).size).toBe(20);
    await Promise.all(
      told.map(async ({ addresses, namespace }) => {
        const inside = await readAddresses(node, namespace, "eth0");
        expect(inside.addresses.map((address) => address.replace(/\/\d+$/, ""))).toEqual(addresses);
      }),
    );
    await Promise.all(pods.map((pod) => containerd.stopPod(pod)));
    await Promise.all(pods.map((pod) => containerd.removePod(pod)));
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });
});

/** Names of the leases that the network has. */
async function leased(node: FakeNode): Promise<string[]> {
  const { stdout } = await node.run("ls", [leases]);
  return stdout.split("\n").filter((name) => /^[\da-f]+[.:]/.test(name));
}
