/** `trestle show` where bridges filter by VLAN: compared with bridge(8), and drawn. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { attach } from "../../kernel/attachment.ts";
import { bridgeNetwork, hostLocal, plainBridge } from "../../kernel/network.ts";
import { describeWith, type FakeNode, nodesPerTest, pluginFolder } from "../../node/index.ts";

const startNode = nodesPerTest();
const trestle = join(pluginFolder, "trestle");

interface VlanRange {
  readonly first: number;
  readonly last: number;
  readonly pvid: boolean;
  readonly untagged: boolean;
}

interface Port {
  readonly name: string;
  readonly vlans: readonly VlanRange[];
  readonly learned: readonly { readonly mac: string; readonly vlan?: number }[];
}

interface Bridge extends Port {
  readonly ports: readonly Port[];
}

async function bridges(node: FakeNode): Promise<readonly Bridge[]> {
  const { stdout } = await node.run(trestle, ["show", "--json"]);
  const description: { readonly bridges: readonly Bridge[] } = JSON.parse(stdout);
  return description.bridges;
}

/** VLANs one by one, as bridge(8) writes them. */
function asBridgeTool({ first, last, pvid, untagged }: VlanRange) {
  const flags = [...(pvid ? ["PVID"] : []), ...(untagged ? ["Egress Untagged"] : [])];
  const ids = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return ids.map((vlan) => ({ vlan, ...(flags.length === 0 ? {} : { flags }) }));
}

/** Two containers in VLAN 10, one in VLAN 20, one with both as tags, and a trunk that leads out. */
async function world(): Promise<FakeNode> {
  const node = await startNode();
  await node.run("sh", [
    "-ec",
    `ip link add br0 type bridge vlan_filtering 1; ip link set br0 up
    ip link add trunk0 type veth peer name trunk1; ip link set trunk1 up; ip link set trunk0 master br0 up
    bridge vlan del dev trunk0 vid 1; bridge vlan add dev trunk0 vid 10; bridge vlan add dev trunk0 vid 20
    bridge vlan add dev trunk0 vid 100-199`,
  ]);
  const ten = bridgeNetwork({ name: "ten", vlan: 10, ipam: hostLocal("10.10.0.0/24") });
  const networks = [
    ["one", ten],
    ["two", ten],
    ["three", bridgeNetwork({ name: "twenty", vlan: 20, ipam: hostLocal("10.20.0.0/24") })],
    ["four", plainBridge({ name: "both", vlan: 10, vlanTrunk: [{ minID: 20, maxID: 29 }] })],
  ] as const;
  for (const [name, config] of networks) {
    await node.addNamespace(name);
    await attach(node, config, { netns: name, containerId: name });
  }
  return node;
}

describeWith(
  { plugins: ["trestle", "bridge", "host-local"], commands: ["bridge", "ping"] },
  "show in the lab",
  () => {
    test("tells of the same VLANs as bridge(8), of ports and of the bridge itself", async () => {
      const node = await world();
      const [br0] = await bridges(node);
      const { stdout } = await node.run("bridge", ["-j", "vlan", "show"]);
      const known: readonly { ifname: string; vlans: readonly object[] }[] = JSON.parse(stdout);
      const told = [br0, ...(br0?.ports ?? [])].map((each) => ({
        ifname: each?.name,
        vlans: each?.vlans.flatMap(asBridgeTool),
      }));
      const byName = <T extends { readonly ifname?: string | undefined }>(items: readonly T[]) =>
        items.toSorted((one, other) => (one.ifname ?? "").localeCompare(other.ifname ?? ""));
      expect(byName(told)).toEqual(byName(known.map(({ ifname, vlans }) => ({ ifname, vlans }))));
      expect(br0).toMatchObject({
        vlanFiltering: true,
        defaultVlan: 1,
        gateways: [
          { name: "br0.10", vlan: 10, isOurs: true, addresses: ["10.10.0.1/24"] },
          { name: "br0.20", vlan: 20, isOurs: true, addresses: ["10.20.0.1/24"] },
        ],
      });
    });

    test("tells of the same learned MAC addresses as bridge(8), and in which VLAN", async () => {
      const node = await world();
      expect(await node.ping("one", "10.10.0.3")).toMatchObject({ received: 1 });
      const [br0] = await bridges(node);
      const { stdout } = await node.run("bridge", ["-j", "fdb", "show", "br", "br0"]);
      const known: readonly { mac: string; ifname: string; vlan?: number; state: string; master?: string }[] =
        JSON.parse(stdout);
      const learned = known
        .filter(({ state, master }) => state === "" && master !== undefined)
        .map(({ ifname, mac, vlan }) => `${ifname} ${mac} ${vlan}`);
      const told = br0?.ports.flatMap((port) =>
        port.learned.map(({ mac, vlan }) => `${port.name} ${mac} ${vlan}`),
      );
      expect(told?.toSorted()).toEqual(learned.toSorted());
      expect(told?.filter((text) => text.endsWith(" 10")).length).toBeGreaterThanOrEqual(2);
    });

    test("draws a line for each VLAN, and who is in it", async () => {
      const node = await world();
      const { stdout: dot } = await node.run(trestle, ["show", "--graph", "dot"]);
      const lane = (label: string) => new RegExp(`(\\w+) \\[label="VLAN ${label}"`).exec(dot)?.[1];
      const station = (title: string) => new RegExp(`(\\w+) \\[label="${title}`).exec(dot)?.[1];
      for (const [title, label] of [
        ["one", "10"],
        ["two", "10"],
        ["three", "20"],
        ["four", "10"],
        ["four", "20"],
      ] as const)
        expect(dot).toContain(` ${station(title)} -- ${lane(label)} `);
      expect(dot).not.toContain(` ${station("one")} -- ${lane("20")} `);
      expect(lane("100-199")).toBeDefined();
      const { stdout: svg } = await node.run(trestle, ["show", "--graph", "svg", "--host", "lab"]);
      expect(svg).toContain(">VLAN 10</text>");
    });
  },
);
