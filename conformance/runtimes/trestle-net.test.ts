/** `trestle net` beside the real cnitool: either goes on with what the other added. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest, pluginFolder, referenceFolder } from "../node/index.ts";
import { buildTools } from "../tools/tools.ts";
import { type CnitoolOptions, runCnitool, writeList } from "./cnitool.ts";
import { leftovers } from "./leftovers.ts";

const startNode = nodesPerTest();
const subject = { network: "net", namespace: "pod" };
const cacheFile = "/var/lib/cni/results/net-cnitool-";

const clients = { "trestle net": [join(pluginFolder, "trestle"), "net"], cnitool: undefined } as const;
type Client = keyof typeof clients;

function options(client: Client, more: Partial<CnitoolOptions> = {}): CnitoolOptions {
  const program = clients[client];
  const path = [pluginFolder, referenceFolder];
  return { path, ...(program === undefined ? {} : { client: program }), ...more };
}

const bridge = {
  type: "bridge",
  bridge: "br-test",
  isGateway: true,
  capabilities: { ips: true, mac: true },
  ipam: {
    type: "host-local",
    ranges: [[{ subnet: "10.90.1.0/24" }], [{ subnet: "fd90:1::/64" }]],
    routes: [{ dst: "0.0.0.0/0" }],
  },
};

function list(cniVersion: string, ...more: readonly object[]) {
  return { cniVersion, name: "net", plugins: [bridge, ...more] };
}

/** The one cached result, with the list that is inside decoded. */
async function cached(node: FakeNode): Promise<unknown> {
  const { stdout } = await node.run("sh", ["-ec", `cat ${cacheFile}*-eth0`]);
  const file: { readonly config: string } = JSON.parse(stdout);
  return { ...file, config: JSON.parse(Buffer.from(file.config, "base64").toString()) as unknown };
}

async function cachedCount(node: FakeNode): Promise<number> {
  return Number((await node.run("sh", ["-ec", `ls -A /var/lib/cni/results | wc -l`])).stdout);
}

async function succeed(
  node: FakeNode,
  verb: Parameters<typeof runCnitool>[1],
  using: CnitoolOptions,
): Promise<unknown> {
  const { exitCode, stderr, json } = await runCnitool(node, verb, subject, using);
  expect({ verb, exitCode, stderr }).toEqual({ verb, exitCode: 0, stderr: "" });
  return json;
}

const directions: [Client, Client][] = [
  ["trestle net", "cnitool"],
  ["cnitool", "trestle net"],
];
const versions = ["0.4.0", "1.0.0", "1.1.0"];
const both = versions.flatMap((version) =>
  directions.map(([first, second]): [string, Client, Client] => [version, first, second]),
);

const needs = { lacking: await buildTools(), plugins: ["trestle", "bridge", "host-local", "loopback"] };
const capabilities = { mac: "02:00:00:00:90:01", ips: ["10.90.1.200/24", "fd90:1::200/64"] };

describeWith(needs, "trestle net beside cnitool", () => {
  test.each(both)("%s: added by %s, checked and deleted by %s", async (version, first, second) => {
    const node = await startNode();
    writeList(node, list(version, { type: "loopback" }));
    await node.addNamespace("pod");
    const before = await node.snapshot();
    await succeed(node, "add", options(first, { capabilities, args: "IgnoreUnknown=1;K8S_POD_NAME=web" }));
    await succeed(node, "check", options(second, { capabilities }));
    await succeed(node, "check", options(first, { capabilities }));
    await succeed(node, "del", options(second, { capabilities }));
    expect(await cachedCount(node)).toBe(0);
    await succeed(node, "del", options(first, { capabilities }));
    // The loopback plugin takes "lo" down.
    await node.run("ip", ["-n", "pod", "link", "set", "lo", "up"]);
    expect(leftovers(before, await node.snapshot(), "br-test")).toEqual([]);
  });

  test.each(versions)("%s: both print and keep the same", async (version) => {
    const given: unknown[] = [];
    for (const client of ["trestle net", "cnitool"] as const) {
      const node = await startNode();
      writeList(node, list(version, { type: "loopback" }));
      await node.addNamespace("pod");
      // A bridge that the plugin makes has a MAC address of its own each time.
      await node.run("ip", ["link", "add", "br-test", "address", "02:00:00:00:90:fe", "type", "bridge"]);
      const using = options(client, { capabilities, args: "IgnoreUnknown=1;K8S_POD_NAME=web" });
      const printed = await succeed(node, "add", using);
      const { stdout: modes } = await node.run("sh", [
        "-ec",
        `stat -c '%a %U' /var/lib/cni/results ${cacheFile}*`,
      ]);
      given.push({ printed, cached: await cached(node), modes });
    }
    expect(given[0]).toEqual(given[1]);
  });

  test.each(directions)("an old single configuration: added by %s, deleted by %s", async (first, second) => {
    const node = await startNode();
    const single = { cniVersion: "0.4.0", name: "net", ...bridge };
    node.write("/etc/cni/net.d/10-net.conf", JSON.stringify(single));
    await node.addNamespace("pod");
    await succeed(node, "add", options(first));
    expect(await cached(node)).toMatchObject({
      config: { name: "net", cniVersion: "0.4.0", plugins: [single] },
    });
    await succeed(node, "check", options(second));
    await succeed(node, "del", options(second));
    expect(await cachedCount(node)).toBe(0);
  });

  test.each(directions)("plugins in files: added by %s, checked and deleted by %s", async (first, second) => {
    const node = await startNode();
    writeList(node, { cniVersion: "0.4.0", cniVersions: ["1.0.0", "1.1.0", "2.0.0"], name: "net" });
    node.write("/etc/cni/net.d/net/10-bridge.conf", JSON.stringify(bridge));
    node.write("/etc/cni/net.d/net/20-lo.conf", JSON.stringify({ type: "loopback" }));
    await node.addNamespace("pod");
    expect(await succeed(node, "add", options(first))).toMatchObject({ cniVersion: "1.1.0" });
    await succeed(node, "check", options(second));
    await succeed(node, "del", options(second));
  });

  test.each(["trestle net", "cnitool"] as const)("%s: gc takes away what either added", async (client) => {
    const node = await startNode();
    writeList(node, list("1.1.0"));
    await node.addNamespace("pod");
    await node.addNamespace("other");
    const before = await node.snapshot();
    await succeed(node, "add", options("cnitool"));
    const other = { network: "net", namespace: "other" };
    expect((await runCnitool(node, "add", other, options("trestle net"))).exitCode).toBe(0);
    expect(await cachedCount(node)).toBe(2);
    await succeed(node, "status", options(client));
    await succeed(node, "gc", options(client));
    expect(await cachedCount(node)).toBe(0);
    expect(leftovers(before, await node.snapshot(), "br-test")).toEqual([]);
  });
});

const reference = ["tuning", "portmap"].map((name) => `${referenceFolder}/${name}`);
const tuned = { type: "tuning", mtu: 1400 };
const forwarding = { type: "portmap", snat: true, capabilities: { portMappings: true } };
const mapped = {
  ...capabilities,
  portMappings: [{ hostPort: 18_095, containerPort: 80, protocol: "tcp" }],
};

/** CHECK of portmap 1.1.1 looks for the rules of IPv4 among those of IPv6 and never passes. */
function chain(version: string) {
  return { ...list(version, tuned, forwarding), disableCheck: "True" };
}

/** Rules of portmap that send something to the container. */
async function mappings(node: FakeNode): Promise<string[]> {
  const { stdout } = await node.run("iptables", ["-t", "nat", "-S"]);
  return stdout.split("\n").filter((line) => line.includes("--to-destination 10.90.1.200:80"));
}

const spoken = both.filter(([version]) => version !== "1.1.0");

describeWith(
  { ...needs, files: reference, commands: ["iptables"] },
  "chains of ours and the reference",
  () => {
    test.each(spoken)(
      "%s with tuning: added by %s, checked and deleted by %s",
      async (version, first, second) => {
        const node = await startNode();
        writeList(node, list(version, tuned));
        await node.addNamespace("pod");
        const before = await node.snapshot();
        await succeed(node, "add", options(first));
        await succeed(node, "check", options(second));
        await node.run("ip", ["-n", "pod", "link", "set", "eth0", "mtu", "1300"]);
        expect(await runCnitool(node, "check", subject, options(second))).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining("MTU"),
        });
        await succeed(node, "del", options(second));
        const left = leftovers(before, await node.snapshot(), "br-test");
        // The reference's tuning keeps the folder of what it will put back.
        expect(left.filter((line) => !/^\+ files \/ \/run\/cni(\/tuning)?: /.test(line))).toEqual([]);
      },
    );

    test.each(spoken)("%s with portmap: added by %s, deleted by %s", async (version, first, second) => {
      const node = await startNode();
      writeList(node, chain(version));
      await node.addNamespace("pod");
      await succeed(node, "add", options(first, { capabilities: mapped }));
      expect(await cached(node)).toMatchObject({ capabilityArgs: mapped });
      expect(await mappings(node)).toHaveLength(1);
      await succeed(node, "check", options(second, { capabilities: mapped }));
      await succeed(node, "del", options(second, { capabilities: mapped }));
      expect(await mappings(node)).toEqual([]);
      expect(await cachedCount(node)).toBe(0);
    });

    test("what was given to add need not be said again to trestle net, whoever added", async () => {
      const node = await startNode();
      writeList(node, chain("1.0.0"));
      await node.addNamespace("pod");
      await succeed(node, "add", options("cnitool", { capabilities: mapped }));
      await succeed(node, "del", options("trestle net"));
      expect(await mappings(node)).toEqual([]);
    });
  },
);
