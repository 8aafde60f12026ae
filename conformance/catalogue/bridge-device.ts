/** BRG-01 to BRG-07: the bridge itself, as device of the host. */
import { addressTexts, link, links } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { remainsOf } from "../suite/remains.ts";
import type { Trial } from "../suite/trial.ts";
import { addressesIn } from "./result-parts.ts";
import {
  addAndFindHostEnd,
  bridgeName,
  four,
  gatewayText,
  hostEnd,
  isUp,
  layer2,
  network,
  shell,
} from "./bridge-network.ts";

const section = "bridge: bridge";

export const bridgeDeviceClauses: readonly Clause[] = [
  {
    id: "BRG-01a",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "The bridge that the configuration names is made where it is missing, and it is up.",
    observed: "ADD on a host without that bridge; then kind and flags of the link of its name.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await claimBridge(trial, bridgeName);
    },
  },
  {
    id: "BRG-01b",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "Without a name the bridge is cni0.",
    observed: 'ADD of a configuration without "bridge"; then kind and flags of "cni0".',
    run: async (trial) => {
      await trial.add({ config: network(trial, { bridge: undefined }) });
      await claimBridge(trial, "cni0");
    },
  },
  {
    id: "BRG-02a",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A bridge of that name is used as it is found, whoever made it, and keeps its ports.",
    observed: "ADD beside a bridge made by hand, down, with one port: index and port the same, now up.",
    run: async (trial) => {
      await shell(
        trial,
        `ip link add ${bridgeName} type bridge
        ip link add their0 master ${bridgeName} type veth peer name their1`,
      );
      const before = await link(trial.node, null, bridgeName);
      const host = await addAndFindHostEnd(trial, { config: network(trial) });
      await claimBridge(trial, bridgeName);
      claimSame("the bridge's index", (await link(trial.node, null, bridgeName)).ifindex, before.ifindex);
      for (const port of ["their0", host]) {
        claimSame(`the bridge of "${port}"`, (await link(trial.node, null, port)).master, bridgeName);
      }
    },
  },
  {
    id: "BRG-02b",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "All attachments of a network are ports of one and the same bridge.",
    observed: "Two ADDs: the bridge's index does not change and both host ends are its ports.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const before = await link(trial.node, null, bridgeName);
      const two = await trial.addBox("two");
      await trial.add({ config: network(trial), of: two });
      claimSame("the bridge's index", (await link(trial.node, null, bridgeName)).ifindex, before.ifindex);
      for (const box of [trial.box, two]) {
        claimSame("the bridge of a host end", (await hostEnd(trial, box)).master, bridgeName);
      }
    },
  },
  {
    id: "BRG-03a",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A link of that name that is no bridge is refused.",
    observed: "ADD with a veth of the bridge's name on the host fails; without the veth it succeeds.",
    run: async (trial) => {
      await occupyName(trial);
      await trial.fail("ADD", { config: network(trial) }, { naming: [bridgeName] });
      await shell(trial, `ip link del ${bridgeName}`);
      await trial.add({ config: network(trial) });
      await claimBridge(trial, bridgeName);
    },
  },
  {
    id: "BRG-03b",
    strength: "MUST",
    profile: "quality",
    section,
    statement: "An ADD that is refused for the bridge's name changes nothing.",
    observed: "Host and container before and after such an ADD; then without the obstacle ADD succeeds.",
    run: async (trial) => {
      await occupyName(trial);
      const before = await trial.snapshot();
      await trial.fail("ADD", { config: network(trial) });
      await trial.claimUnchanged("a refused ADD changed the host", before, remainsOf(undefined));
      await shell(trial, `ip link del ${bridgeName}`);
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-04a",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "The MAC address of a bridge that is a gateway does not change as ports come and go.",
    observed: "A second container and a port of a lower MAC address come and go, then the first one goes.",
    run: async (trial) => claimStableMac(trial, network(trial)),
  },
  {
    id: "BRG-04b",
    strength: "SHOULD",
    profile: "quality",
    section,
    statement: "The MAC address of a bridge that was made for layer 2 does not change as ports come and go.",
    observed:
      "A second container and a port of a lower MAC address come and go on a network without addresses.",
    since: "0.3.0",
    run: async (trial) => claimStableMac(trial, layer2(trial)),
  },
  {
    id: "BRG-05",
    strength: "MUST",
    profile: "quality",
    section,
    isVersionless: true,
    statement: "Attachments can be made at the same time, also when the first of them makes the bridge.",
    observed: "20 ADDs at once: all succeed, with 20 addresses, 20 ports and one gateway address.",
    run: async (trial) => {
      const names = Array.from({ length: 20 }, (_, index) => `many${index}`);
      const boxes = await Promise.all(names.map(async (name) => trial.addBox(name)));
      const config = network(trial);
      const results = await Promise.all(boxes.map(async (of) => trial.add({ of, config })));
      claimSame("the number of different addresses", new Set(results.flatMap(addressesIn)).size, 20);
      const ports = (await links(trial.node, null)).filter(({ master }) => master === bridgeName);
      claimSame("the number of ports", ports.length, 20);
      claimSame("addresses of the bridge", await addressTexts(trial.node, null, bridgeName), [
        gatewayText(four),
      ]);
    },
  },
  {
    id: "BRG-06",
    strength: "quirk",
    profile: "compat",
    section,
    statement: "The bridge stays when its last container goes, with its address.",
    observed: "ADD and DEL of one container; then the bridge.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial) });
      await trial.succeed("DEL", { config: network(trial), ...trial.final(result) });
      await claimBridge(trial, bridgeName);
      claimSame("addresses of the bridge", await addressTexts(trial.node, null, bridgeName), [
        gatewayText(four),
      ]);
    },
  },
  {
    id: "BRG-07a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: mtu",
    statement: "The MTU asked for is that of both ends of the pair, and of a bridge that is made.",
    observed: "ADD with mtu 1400; then the MTU of bridge, host end and container's end.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { mtu: 1400 }) });
      claimSame("the bridge's MTU", (await link(trial.node, null, bridgeName)).mtu, 1400);
      await claimPairMtu(trial, 1400);
    },
  },
  {
    id: "BRG-07b",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge: mtu",
    statement: "The MTU of a bridge that is there already is left alone.",
    observed: "ADD with mtu 1400 on a bridge of 1450; then the MTU of bridge and both ends.",
    run: async (trial) => {
      await shell(
        trial,
        `ip link add ${bridgeName} type bridge
        ip link set ${bridgeName} mtu 1450`,
      );
      await trial.add({ config: network(trial, { mtu: 1400 }) });
      claimSame("the bridge's MTU", (await link(trial.node, null, bridgeName)).mtu, 1450);
      await claimPairMtu(trial, 1400);
    },
  },
];

async function claimBridge(trial: Trial, name: string): Promise<void> {
  const found = await link(trial.node, null, name);
  claimSame(`the kind of "${name}"`, found.linkinfo?.info_kind, "bridge");
  claim(isUp(found), `"${name}" must be up, and it is down`);
}

async function occupyName(trial: Trial): Promise<void> {
  await shell(trial, `ip link add ${bridgeName} type veth peer name other0`);
}

async function claimStableMac(trial: Trial, config: ReturnType<typeof network>): Promise<void> {
  const result = await trial.add({ config });
  const { address } = await link(trial.node, null, bridgeName);
  const claimSameMac = async (when: string): Promise<void> => {
    claimSame(
      `the bridge's MAC address ${when}`,
      (await link(trial.node, null, bridgeName)).address,
      address,
    );
  };
  const two = await trial.addBox("two");
  const second = await trial.add({ config, of: two });
  await claimSameMac("with a second container");
  const lowest = "address 00:00:00:00:00:01";
  await shell(trial, `ip link add low0 ${lowest} master ${bridgeName} type veth peer name low1`);
  await claimSameMac("with a port of a lower one");
  await shell(trial, "ip link del low0");
  await trial.succeed("DEL", { config, of: two, ...trial.final(second) });
  await claimSameMac("after DEL of the second container");
  await trial.succeed("DEL", { config, ...trial.final(result) });
  await claimSameMac("after DEL of the last container");
}

async function claimPairMtu(trial: Trial, mtu: number): Promise<void> {
  const { box, node } = trial;
  claimSame("the MTU of the container's end", (await link(node, box.name, box.ifname)).mtu, mtu);
  claimSame("the MTU of the host end", (await hostEnd(trial)).mtu, mtu);
}
