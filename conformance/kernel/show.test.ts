/** `trestle show` on a real kernel: what it tells is what ip(8), bridge(8) and nft(8) tell, and looking changes nothing. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { elementsOf } from "../formats/read-markup.ts";
import { type FakeNode, describeWith, diff, nodesPerTest, pluginFolder } from "../node/index.ts";
import type { CommandResult } from "../node/command.ts";
import { addressTexts, link } from "../node/state.ts";
import { attach } from "./attachment.ts";
import { bridgeNetwork, fullNetwork, hostLocal } from "./network.ts";

const startNode = nodesPerTest();
const trestle = join(pluginFolder, "trestle");

async function show(node: FakeNode, ...args: readonly string[]): Promise<CommandResult> {
  return node.run(trestle, ["show", ...args], { allowFailure: true });
}

/** As much of the JSON as the tests look at; docs/show.md has all of it. */
interface Shown {
  readonly networks: readonly unknown[];
  readonly bridges: readonly {
    readonly name: string;
    readonly mac: string;
    readonly addresses: readonly string[];
    readonly ports: readonly ShownPort[];
  }[];
  readonly interfaces: readonly { readonly name: string }[];
  readonly unreadable: readonly { readonly source: string }[];
}

interface ShownPort {
  readonly name: string;
  readonly role: string;
  readonly learned: readonly { readonly mac: string }[];
  readonly owner?: { readonly containerId: string };
  readonly endpoint?: { readonly mac: string; readonly addresses: readonly string[] };
}

async function shown(node: FakeNode, ...args: readonly string[]): Promise<Shown> {
  const { exitCode, stdout, stderr } = await show(node, "--json", ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const description: Shown = JSON.parse(stdout);
  return description;
}

function portNamed({ bridges }: Shown, containerId: string): ShownPort | undefined {
  const ports = bridges.flatMap((bridge) => bridge.ports);
  return ports.find(({ owner }) => JSON.stringify(owner)?.includes(`"${containerId}"`));
}

/** Two containers with everything, and one on a bridge of another network. */
async function world(): Promise<FakeNode> {
  const node = await startNode();
  await node.addOutsideHost();
  const other = bridgeNetwork({
    name: "other",
    bridge: "br1",
    ipam: hostLocal("10.2.0.0/24"),
    portIsolation: true,
  });
  const networks = [
    ["one", fullNetwork({ macspoofchk: true, hairpinMode: true })],
    ["two", fullNetwork()],
    ["three", other],
  ] as const;
  for (const [name, config] of networks) {
    await node.addNamespace(name);
    await attach(node, config, { netns: name, containerId: name });
  }
  return node;
}

const needs = {
  plugins: ["trestle", "bridge", "host-local", "macvlan", "tap", "ptp"],
  commands: ["ping", "bridge", "setpriv"],
};

describeWith(needs, "trestle show", () => {
  test("tells of bridges, ports and containers what ip(8) and bridge(8) tell", async () => {
    const node = await world();
    const description = await shown(node);
    expect(description.bridges.map(({ name }) => name)).toEqual(["br0", "br1"]);
    for (const { name, mac, addresses, ports } of description.bridges) {
      expect(mac).toBe((await link(node, null, name)).address);
      expect(addresses).toEqual(await addressTexts(node, null, name));
      const { stdout } = await node.run("bridge", ["-j", "link"]);
      const known: readonly { ifname: string; master: string }[] = JSON.parse(stdout);
      expect(ports.map((port) => port.name)).toEqual(
        known.filter(({ master }) => master === name).map(({ ifname }) => ifname),
      );
    }
    for (const containerId of ["one", "two", "three"]) {
      const port = portNamed(description, containerId);
      const inside = await link(node, containerId, "eth0");
      expect(port).toMatchObject({
        role: "container",
        owner: { network: containerId === "three" ? "other" : "net", containerId, ifname: "eth0" },
        endpoint: {
          namespace: containerId,
          interface: "eth0",
          mac: inside.address,
          addresses: await addressTexts(node, containerId, "eth0"),
        },
      });
      expect((await link(node, null, port?.name ?? "")).ifindex).toBe(inside.link_index);
    }
    expect([portNamed(description, "one"), portNamed(description, "three")]).toMatchObject([
      { hairpin: true, macGuard: true, isolated: false },
      { hairpin: false, macGuard: false, isolated: true },
    ]);
  });

  test("tells of learned MAC addresses, leases, masquerade and the way out", async () => {
    const node = await world();
    await node.ping("one", "10.1.0.3");
    const description = await shown(node);
    const port = portNamed(description, "one");
    expect(port?.learned).toEqual([{ mac: port?.endpoint?.mac }]);
    expect(description).toMatchObject({
      forwarding: { ipv4: true, ipv6: true },
      interfaces: [{ addresses: expect.arrayContaining([expect.stringMatching(/\./)]) }],
      defaultRoutes: expect.arrayContaining([expect.objectContaining({ family: "ipv4" })]),
      leases: expect.arrayContaining([
        { network: "net", address: "10.1.0.2", containerId: "one", ifname: "eth0", isUsed: true },
        { network: "other", address: "10.2.0.2", containerId: "three", ifname: "eth0", isUsed: true },
      ]),
      masquerade: [
        { address: "10.1.0.2", interface: "br0", direct: ["10.1.0.0/24"], owner: { containerId: "one" } },
        { address: "10.1.0.3", owner: { containerId: "two" } },
        { address: "fd00:1::2", direct: ["fd00:1::/64"], owner: { containerId: "one" } },
        { address: "fd00:1::3", owner: { containerId: "two" } },
      ],
      unreadable: [],
    });
  });

  test("tells which networks there are, also those that only a lease is left of", async () => {
    const node = await world();
    node.write("/var/lib/cni/networks/past/10.9.0.2", "gone\r\neth0");
    const nothing = { masters: [], vlans: [] };
    expect((await shown(node)).networks).toEqual([
      { ...nothing, name: "net", bridges: ["br0"], attachments: 2, leases: 4 },
      { ...nothing, name: "other", bridges: ["br1"], attachments: 1, leases: 1 },
      { ...nothing, name: "past", bridges: [], attachments: 0, leases: 1 },
    ]);
    expect((await show(node)).stdout).toMatch(
      /^networks\n.*\n +net +br0 +2 +4\n +other +br1 +1 +1\n +past +0 +1$/m,
    );
  });

  test("tells the ids of containers that people know by their namespaces", async () => {
    const node = await startNode();
    await node.addNamespace("one");
    const network = { cniVersion: "1.1.0", name: "net", plugins: [{ type: "bridge", bridge: "br0" }] };
    node.write("/etc/cni/net.d/net.conflist", JSON.stringify(network));
    await node.run(trestle, ["net", "add", "net", "/run/netns/one"], { env: { CNI_PATH: pluginFolder } });
    const [port] = (await shown(node)).bridges.flatMap(({ ports }) => ports);
    const { containerId = "" } = port?.owner ?? {};
    expect(containerId).toMatch(/^cnitool-/);
    expect((await show(node)).stdout).toMatch(new RegExp(` one +${containerId} +eth0 `));
    expect((await show(node, "--graph", "svg")).stdout).toContain(`>id ${containerId}<`);
  });

  test("changes nothing", async () => {
    const node = await world();
    const before = await node.snapshot();
    for (const args of [[], ["--json"], ["--graph", "svg"]])
      expect((await show(node, ...args)).exitCode).toBe(0);
    expect(diff(before, await node.snapshot())).toEqual([]);
  });

  test("finds the other end without a name, guests, and what containers have on the host's interfaces", async () => {
    const node = await startNode();
    await node.addNamespace("direct");
    const isElsewhere = '[ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]';
    const unnamed = `unshare --net sleep 600 & until ${isElsewhere}; do sleep 0.01; done; ip link set v1 netns $!`;
    await node.run("sh", [
      "-ec",
      `ip link add br0 type bridge; ip link set br0 up
      ip link add v0 type veth peer name v1; ip link set v0 master br0 up; { ${unnamed}; } > /dev/null 2>&1
      ip tuntap add tap0 mode tap; ip link set tap0 master br0 up
      ip link add up0 type veth peer name up1; ip link set up0 up
      ip link add mv0 link up0 netns direct type macvlan mode private
      ip -n direct addr add 192.0.2.9/24 dev mv0; ip -n direct link set mv0 up`,
    ]);
    expect(await shown(node)).toMatchObject({
      bridges: [
        {
          ports: [
            { name: "v0", role: "container", isOurs: false, endpoint: { interface: "v1", addresses: [] } },
            { name: "tap0", role: "guest", state: "no-carrier" },
          ],
        },
      ],
      children: [
        {
          kind: "macvlan",
          mode: "private",
          lower: { name: "up0" },
          endpoint: { namespace: "direct", interface: "mv0", addresses: ["192.0.2.9/24"] },
        },
      ],
    });
  });

  test("tells of guests on taps, and of containers on cables of their own", async () => {
    const node = await startNode();
    const tap = bridgeNetwork({ type: "tap", name: "guests" });
    await attach(node, tap, { netns: "/proc/self/ns/net", containerId: "vm-1", ifname: "tap0" });
    await node.addNamespace("one");
    const cable = { cniVersion: "1.1.0", name: "cables", type: "ptp", ipam: hostLocal("10.3.0.0/24") };
    await attach(node, cable, { netns: "one", containerId: "c1" });
    const description = await shown(node);
    expect(description).toMatchObject({
      bridges: [
        {
          ports: [
            {
              name: "tap0",
              role: "guest",
              isOurs: true,
              owner: { network: "guests", containerId: "vm-1", ifname: "tap0" },
              endpoint: { addresses: ["10.1.0.2/24"] },
            },
          ],
        },
      ],
      interfaces: [
        {
          kind: "veth",
          owner: { network: "cables", containerId: "c1", ifname: "eth0" },
          endpoint: {
            namespace: "one",
            interface: "eth0",
            addresses: await addressTexts(node, "one", "eth0"),
          },
        },
      ],
      leases: [
        { network: "cables", isUsed: true },
        { network: "guests", isUsed: true },
      ],
    });
  });

  test("tells whose interfaces on one of the host's are, though no runtime remembers them", async () => {
    const node = await startNode();
    const { uplink: master } = await node.addOutsideHost();
    await node.addNamespace("one");
    const network = {
      cniVersion: "1.1.0",
      name: "direct",
      type: "macvlan",
      master,
      ipam: hostLocal("10.4.0.0/24"),
    };
    await attach(node, network, { netns: "one", containerId: "c1" });
    const owner = { network: "direct", containerId: "c1", ifname: "eth0" };
    expect(await shown(node)).toMatchObject({
      children: [{ kind: "macvlan", owner }],
      leases: [{ isUsed: true }],
    });
    expect((await show(node)).stdout).toMatch(
      /^ +c1 +eth0 +macvlan bridge +\S+ +10\.4\.0\.2\/24 .* direct$/m,
    );
  });

  test("names leases and masquerade of nobody", async () => {
    const node = await world();
    const { name = "" } = portNamed(await shown(node), "one") ?? {};
    await node.run("ip", ["link", "del", name]);
    const description = await shown(node);
    expect(description).toMatchObject({
      leases: expect.arrayContaining([expect.objectContaining({ containerId: "one", isUsed: false })]),
      masquerade: expect.arrayContaining([expect.objectContaining({ address: "10.1.0.2", isUsed: false })]),
    });
    expect((await show(node)).stdout).toContain("nobody of that name was found");
  });

  test("tells what it can to those who may not read everything", async () => {
    const node = await world();
    const rest = [
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      trestle,
      "show",
      "--json",
    ] as const;
    const { stdout, exitCode } = await node.run("env", rest, { allowFailure: true });
    expect(exitCode).toBe(0);
    const description: Shown = JSON.parse(stdout);
    expect(description.bridges.map(({ ports }) => ports.length)).toEqual([2, 1]);
    expect(portNamed(description, "one")).toMatchObject({ owner: { network: "net" } });
    expect(description.unreadable.map(({ source }) => source)).toEqual(
      expect.arrayContaining(["nf_tables", "network namespaces"]),
    );
  });

  test("tells of a host without anything", async () => {
    const node = await startNode();
    const description = await shown(node);
    expect(description).toMatchObject({ bridges: [], interfaces: [], leases: [], unreadable: [] });
    expect((await show(node)).stdout).toMatch(/^host .*no bridge$/);
    expect(elementsOf((await show(node, "--graph", "svg")).stdout)).toContain("svg");
  });

  test("takes aliases, names and files for what they are: somebody's text", async () => {
    const node = await startNode();
    const evil = "<script>\u001B[31m\u202E";
    node.write(`/var/lib/cni/networks/${evil.replace("/", "")}/10.1.0.2`, `${evil}\r\n${evil}`);
    node.write("/var/lib/cni/results/net-c1-eth0", `{"kind":"cniCacheV1","netns":"/dev/null\u0000"`);
    node.write("/run/netns/not-a-namespace", "");
    node.write("/etc/cni/net.d/evil.conflist", '{"plugins":[{"ipam":{"dataDir":{"a":1}}},7,null]}');
    await node.run("sh", [
      "-ec",
      `ip link add '<b>"&' type bridge; ip link set dev '<b>"&' alias "$1"; ip link set '<b>"&' up
       ip link add name "$(printf 'a\\033[1mb')" type veth peer name v1; ip link set v1 master '<b>"&'`,
      "sh",
      `net c1 ${evil}`,
    ]);
    const table = await show(node);
    expect(table).toMatchObject({ exitCode: 0, stderr: "" });
    expect(table.stdout).not.toMatch(/[^\P{C}\n]/u);
    expect((await shown(node)).bridges.map(({ name }) => name)).toEqual(['<b>"&']);
    const svg = (await show(node, "--graph", "svg")).stdout;
    expect(elementsOf(svg)).not.toContain("script");
    expect(svg).not.toMatch(/[^\P{C}\n]/u);
  });

  test("draws the same world in three languages, narrowed to a bridge and under another name", async () => {
    const node = await world();
    const options = ["--bridge", "br1", "--host", "elsewhere"];
    for (const [format, start] of [
      ["svg", /^<svg /],
      ["mermaid", /^flowchart LR\n/],
      ["dot", /^graph network \{\n/],
    ] as const) {
      const { stdout, exitCode } = await show(node, "--graph", format, ...options);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(start);
      expect(stdout).toContain("elsewhere");
      expect(stdout).toContain("10.2.0.2/24");
      expect(stdout).not.toContain("10.1.0.2");
    }
    expect((await shown(node, ...options)).bridges.map(({ name }) => name)).toEqual(["br1"]);
  });

  test("draws several hosts from what it printed on each", async () => {
    const node = await startNode();
    await node.run("sh", [
      "-ec",
      "ip link add eth1 type veth peer name far1; ip link set eth1 up; ip link set far1 up",
    ]);
    const folder = "/var/lib/node";
    for (const host of ["one", "two"])
      node.write(`${folder}/${host}.json`, (await show(node, "--json", "--host", host)).stdout);
    const files = [`${folder}/one.json`, `${folder}/two.json`];
    const drawn = await show(node, "--graph", "svg", "--cable", "one/eth1=two/eth1", ...files);
    expect(drawn).toMatchObject({ exitCode: 0, stderr: "" });
    for (const text of ["one", "two", "cable"]) expect(drawn.stdout).toContain(`>${text}</text>`);
    expect(await show(node, "--graph", "svg", "--cable", "one/eth1=two/eth9", ...files)).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^trestle show: no way out of a host is called "two\/eth9"; there are .*one\/eth1/,
      ),
    });
    expect(await show(node, "--graph", "svg", `${folder}/none.json`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`"${folder}/none.json": no such file or directory`),
    });
  });

  test("refuses what it does not understand", async () => {
    const node = await startNode();
    expect(await show(node, "--graph", "png")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'trestle show: --graph is "png": it takes svg, mermaid, dot; trestle show --help has the usage',
    });
    expect(await show(node, "--bridge", "br0")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: 'trestle show: no bridge "br0"; there is none',
    });
    expect((await show(node, "--help")).stdout).toContain("Usage:");
  });
});
