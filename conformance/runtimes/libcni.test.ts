import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, nodesPerTest, pluginFolder, referenceFolder } from "../node/index.ts";
import { buildTools } from "../tools/tools.ts";
import { readAddresses } from "./addresses.ts";
import { type CnitoolOptions, type CnitoolResult, runCnitool, writeList } from "./cnitool.ts";
import { leftovers } from "./leftovers.ts";

const startNode = nodesPerTest();
const bridge = "br-test";
const leases = "/var/lib/cni/networks/net";
const subject = { network: "net", namespace: "pod" };
const ours: CnitoolOptions = { path: [pluginFolder] };

function list({ cniVersion = "1.0.0", ipMasq = true, subnets = ["10.90.1.0/24", "fd90:1::/64"] } = {}) {
  return {
    cniVersion,
    name: "net",
    plugins: [
      {
        type: "bridge",
        bridge,
        isGateway: true,
        ipMasq,
        ipam: {
          type: "host-local",
          routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }].slice(0, subnets.length),
          ranges: subnets.map((subnet) => [{ subnet }]),
        },
        capabilities: { ips: true, mac: true },
      },
    ],
  };
}

/** Names of the leases that the network has. */
async function leased(node: FakeNode): Promise<string[]> {
  const { stdout } = await node.run("ls", [leases]);
  return stdout.split("\n").filter((name) => /^[\da-f]+[.:]/.test(name));
}

async function succeed(result: Promise<CnitoolResult>): Promise<CnitoolResult> {
  const ended = await result;
  expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({ exitCode: 0, stderr: "" });
  return ended;
}

const needs = { lacking: await buildTools(), plugins: ["bridge", "host-local"] };

describeWith({ ...needs, commands: ["nft", "ping"] }, "libcni", () => {
  test.each(["0.4.0", "1.0.0", "1.1.0"])("%s: add, check, del, and del again", async (cniVersion) => {
    const node = await startNode();
    writeList(node, list({ cniVersion }));
    const namespace = await node.addNamespace("pod");
    const before = await node.snapshot();

    const added = await succeed(runCnitool(node, "add", subject, ours));
    expect(added.json?.cniVersion).toBe(cniVersion);
    const inside = await readAddresses(node, namespace, "eth0");
    expect(added.json?.ips?.map(({ address }) => address)).toEqual(inside.addresses);
    expect(added.json?.ips?.map(({ version }) => version)).toEqual(
      cniVersion === "0.4.0" ? ["4", "6"] : [undefined, undefined],
    );
    expect(added.json?.interfaces).toContainEqual(
      expect.objectContaining({ name: "eth0", mac: inside.mac, sandbox: namespace }),
    );
    expect(inside.gateways).toEqual(["10.90.1.1", "fd90:1::1"]);
    expect(await node.ping("pod", "10.90.1.1")).toMatchObject({ received: 1 });
    expect(await node.ping("pod", "fd90:1::1")).toMatchObject({ received: 1 });

    await succeed(runCnitool(node, "check", subject, ours));
    await succeed(runCnitool(node, "del", subject, ours));
    await succeed(runCnitool(node, "del", subject, ours));
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
    expect((await runCnitool(node, "check", subject, ours)).exitCode).not.toBe(0);
  });

  test.each([
    ["the address", "ip -n pod addr del 10.90.1.2/24 dev eth0"],
    ["the IPv6 address", "ip -n pod addr del fd90:1::2/64 dev eth0"],
    ["the default route", "ip -n pod route del default"],
    ["the interface", "ip -n pod link del eth0"],
    ["the host's end from the bridge", "ip link set $(ls /sys/class/net/br-test/brif) nomaster"],
    ["the gateway's address", "ip addr del 10.90.1.1/24 dev br-test"],
    ["the lease", "rm /var/lib/cni/networks/net/10.90.1.2 /var/lib/cni/networks/net/fd90:1::2"],
  ])("check fails after somebody took %s away, and del succeeds all the same", async (_what, command) => {
    const node = await startNode();
    writeList(node, list());
    await node.addNamespace("pod");
    await succeed(runCnitool(node, "add", subject, ours));
    await succeed(runCnitool(node, "check", subject, ours));
    await node.run("sh", ["-ec", command]);
    expect((await runCnitool(node, "check", subject, ours)).exitCode).not.toBe(0);
    await succeed(runCnitool(node, "del", subject, ours));
    expect(await leased(node)).toEqual([]);
  });

  test("the address and the MAC address that a runtime supplies are what the container gets", async () => {
    const node = await startNode();
    writeList(node, list({ subnets: ["10.90.1.0/24"] }));
    const namespace = await node.addNamespace("pod");
    const capabilities = { ips: ["10.90.1.200/24"], mac: "02:00:00:00:90:01" };
    await succeed(runCnitool(node, "add", subject, { ...ours, capabilities }));
    expect(await readAddresses(node, namespace, "eth0")).toEqual({
      mac: "02:00:00:00:90:01",
      addresses: ["10.90.1.200/24"],
      gateways: ["10.90.1.1"],
    });
    await succeed(runCnitool(node, "check", subject, { ...ours, capabilities }));
    await succeed(runCnitool(node, "del", subject, { ...ours, capabilities }));
    expect(await leased(node)).toEqual([]);
  });

  test("a failed add says what is wrong, and leaves nothing", async () => {
    const node = await startNode();
    writeList(node, list({ subnets: ["10.90.9.0/30"] }));
    await node.addNamespace("first");
    await node.addNamespace("pod");
    await succeed(runCnitool(node, "add", { ...subject, namespace: "first" }, ours));
    const before = await node.snapshot();
    const failed = await runCnitool(node, "add", subject, ours);
    expect(failed.exitCode).not.toBe(0);
    expect(`${failed.stdout}${failed.stderr}`).toMatch(/no (free )?(IP )?address.*10\.90\.9\./i);
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });
});

/** Which pack's plugins are used, told apart by the folder that comes first. */
type Pack = "ours" | "the reference";

/** A folder inside the node with one plugin of each kind, out of either pack. */
async function mixed(node: FakeNode, plugins: { bridge: Pack; ipam: Pack }): Promise<CnitoolOptions> {
  const folder = `${node.folder}/${plugins.bridge}-${plugins.ipam}`.replaceAll(" ", "-");
  const source = (pack: Pack): string => (pack === "ours" ? pluginFolder : referenceFolder);
  await node.run("mkdir", ["-p", folder]);
  await node.run("ln", [
    "-sf",
    `${source(plugins.bridge)}/bridge`,
    `${source(plugins.ipam)}/host-local`,
    folder,
  ]);
  return { path: [folder] };
}

const packs = ["ours", "the reference"] as const;
const pairs = packs.flatMap((first) => packs.map((ipam): [Pack, Pack] => [first, ipam]));
const moves = pairs
  .flatMap((adding) => pairs.map((deleting): [Pack, Pack, Pack, Pack] => [...adding, ...deleting]))
  .filter((used) => new Set(used).size === 2);

const reference = ["bridge", "host-local"].map((name) => `${referenceFolder}/${name}`);

describeWith({ ...needs, files: reference }, "libcni with the reference plugins on the other side", () => {
  test.each(moves)(
    "added by bridge of %s with host-local of %s, deleted by bridge of %s with host-local of %s",
    async (addBridge, addIpam, delBridge, delIpam) => {
      const node = await startNode();
      // Each pack keeps its own firewall rules, so the test leaves them out.
      writeList(node, list({ ipMasq: false }));
      await node.addNamespace("pod");
      const before = await node.snapshot();
      const adding = await mixed(node, { bridge: addBridge, ipam: addIpam });
      const deleting = await mixed(node, { bridge: delBridge, ipam: delIpam });
      await succeed(runCnitool(node, "add", subject, adding));
      expect(await leased(node)).toEqual(["10.90.1.2", "fd90:1::2"]);
      await succeed(runCnitool(node, "check", subject, adding));
      await succeed(runCnitool(node, "check", subject, deleting));
      await succeed(runCnitool(node, "del", subject, deleting));
      expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
    },
  );

  test("both count on in each other's leases, whoever comes next", async () => {
    const node = await startNode();
    writeList(node, list({ ipMasq: false, subnets: ["10.90.1.0/24"] }));
    const given: unknown[] = [];
    for (const [index, pack] of (["ours", "the reference", "ours", "the reference"] as const).entries()) {
      const namespace = `pod${index}`;
      await node.addNamespace(namespace);
      const { json } = await succeed(
        runCnitool(node, "add", { ...subject, namespace }, await mixed(node, { bridge: pack, ipam: pack })),
      );
      given.push(json?.ips?.[0]?.address);
    }
    expect(given).toEqual(["10.90.1.2/24", "10.90.1.3/24", "10.90.1.4/24", "10.90.1.5/24"]);
  });

  test("both at once, with many containers, never give one address twice", async () => {
    const node = await startNode();
    writeList(node, list({ ipMasq: false, subnets: ["10.90.1.0/24"] }));
    const [one, two] = await Promise.all([
      mixed(node, { bridge: "ours", ipam: "ours" }),
      mixed(node, { bridge: "the reference", ipam: "the reference" }),
    ]);
    const namespaces = Array.from({ length: 20 }, (_, index) => `pod${index}`);
    for (const namespace of namespaces) {
      await node.addNamespace(namespace);
    }
    const added = await Promise.all(
      namespaces.map((namespace, index) =>
        succeed(runCnitool(node, "add", { ...subject, namespace }, index % 2 === 0 ? one : two)),
      ),
    );
    expect(new Set(added.map(({ json }) => json?.ips?.[0]?.address)).size).toBe(20);
    expect(await leased(node)).toHaveLength(20);
    // Each is released by the other pack.
    await Promise.all(
      namespaces.map((namespace, index) =>
        succeed(runCnitool(node, "del", { ...subject, namespace }, index % 2 === 0 ? two : one)),
      ),
    );
    expect(await leased(node)).toEqual([]);
  });
});
