/** BRG-70 to BRG-73: DEL. */
import { addressTexts, leases, link } from "../node/state.ts";
import { claim, claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { destroy, hasLink } from "./footprint.ts";
import {
  bridgeName,
  claimReaches,
  firstText,
  four,
  hostEnd,
  linkNames,
  network,
  shell,
  vethNames,
} from "./bridge-network.ts";

const section = "4 DEL";

export const bridgeRemovalClauses: readonly Clause[] = [
  {
    id: "BRG-70a",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL takes away the container's interface with its other end, and gives the address back.",
    observed: "ADD and DEL; then links of container and host, and leases.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial) });
      await hostEnd(trial);
      await trial.succeed("DEL", { config: network(trial), ...trial.final(result) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      claimNone("leases", await leases(trial.node, "conformance"));
    },
  },
  {
    id: "BRG-70b",
    strength: "MUST",
    profile: "spec",
    section,
    needs: ["ping"],
    statement: "DEL of one attachment leaves the others of its network and of its container working.",
    observed:
      "A container with two interfaces and another one; DEL of one interface: the rest reach the gateway.",
    run: async (trial) => {
      const config = network(trial);
      const result = await trial.add({ config });
      const second = { ...trial.box, ifname: "eth1" };
      await trial.add({ config, of: second });
      await trial.add({ config, of: await trial.addBox("two") });
      await trial.succeed("DEL", { config, ...trial.final(result) });
      claimSame("links of the container", await linkNames(trial, "one"), ["eth1", "lo"]);
      for (const name of ["one", "two"]) await claimReaches(trial, name, four.gateway);
      claimSame("leases", (await leases(trial.node, "conformance")).length, 2);
    },
  },
  {
    id: "BRG-71a",
    strength: "MUST",
    profile: "spec",
    section,
    needs: ["ping"],
    statement: "DEL of an attachment that never was succeeds.",
    observed:
      "DEL of a container beside another that is attached: success, and that one reaches the gateway.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await trial.succeed("DEL", { config: network(trial), of: await trial.addBox("two") });
      await claimReaches(trial, "one", four.gateway);
    },
  },
  {
    id: "BRG-71b",
    strength: "SHOULD",
    profile: "spec",
    section,
    statement: "DEL succeeds when the bridge is gone, and takes the rest away.",
    observed: "ADD, the bridge deleted, DEL: success, no link and no lease left.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial) });
      await shell(trial, `ip link del ${bridgeName}`);
      await trial.succeed("DEL", { config: network(trial), ...trial.final(result) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      claimNone("leases", await leases(trial.node, "conformance"));
    },
  },
  {
    id: "BRG-71c",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL succeeds when the container's interface is gone, and gives the address back.",
    observed: "ADD, the link deleted from inside, DEL: success and no lease.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial) });
      await shell(trial, "ip -n one link del eth0");
      await trial.succeed("DEL", { config: network(trial), ...trial.final(result) });
      claimNone("leases", await leases(trial.node, "conformance"));
    },
  },
  {
    id: "BRG-72a",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ping"],
    statement: "DEL leaves an interface alone that belongs to another container's attachment.",
    observed:
      "ADD, then DEL of another container id with the same namespace and name: success, and the interface reaches the gateway.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await trial.succeed("DEL", { config: network(trial), of: { ...trial.box, containerId: "stranger" } });
      await claimUntouched(trial);
    },
  },
  {
    id: "BRG-72b",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ping"],
    statement: "DEL leaves an interface alone that belongs to another network's attachment.",
    observed:
      "ADD, then DEL of another network with the same container and name: success, and the interface reaches the gateway.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await trial.succeed("DEL", { config: network(trial, { name: "other", bridge: "otherbr0" }) });
      await claimUntouched(trial);
    },
  },
  {
    id: "BRG-72c",
    strength: "MUST",
    profile: "quality",
    section,
    statement: "DEL leaves a link alone that somebody else made in a container that was never attached.",
    observed: "ADD elsewhere; DEL of a container with an eth0 made by hand: success, and that link is there.",
    run: async (trial) => {
      await trial.add({ config: network(trial), of: await trial.addBox("two") });
      await shell(trial, "ip link add theirs0 type veth peer name eth0 netns one");
      const { ifindex } = await link(trial.node, "one", "eth0");
      await trial.succeed("DEL", { config: network(trial) });
      claim(await hasLink(trial, trial.box), "DEL removed a link that is not the plugin's");
      claimSame("the index of eth0", (await link(trial.node, "one", "eth0")).ifindex, ifindex);
    },
  },
  {
    id: "BRG-72d",
    strength: "MUST",
    profile: "quality",
    section,
    statement: "DEL never touches the host's own link of the container's interface name.",
    observed:
      "An eth0 on the host; DEL without CNI_NETNS, then with the namespace deleted: success, the host's eth0 is there and the lease is not.",
    run: async (trial) => {
      const config = network(trial);
      await shell(trial, "ip link add eth0 type veth peer name theirs0");
      const { ifindex } = await link(trial.node, null, "eth0");
      const two = await trial.addBox("two");
      const first = await trial.add({ config });
      const second = await trial.add({ config, of: two });
      await trial.succeed("DEL", { config, env: { CNI_NETNS: undefined }, ...trial.final(first) });
      await destroy(trial, two);
      await trial.succeed("DEL", { config, of: two, ...trial.final(second) });
      claimSame("the index of eth0", (await link(trial.node, null, "eth0")).ifindex, ifindex);
      claimNone("leases", await leases(trial.node, "conformance"));
    },
  },
  {
    id: "BRG-73a",
    strength: "SHOULD",
    profile: "spec",
    section,
    statement: "DEL succeeds when the namespace is gone, and gives the address back.",
    observed: "ADD, the namespace deleted, DEL: success, no pair on the host and no lease.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial) });
      await destroy(trial, trial.box);
      await trial.succeed("DEL", { config: network(trial), ...trial.final(result) });
      claimNone("pairs on the host", await vethNames(trial));
      claimNone("leases", await leases(trial.node, "conformance"));
    },
  },
  {
    id: "BRG-73b",
    strength: "SHOULD",
    profile: "quality",
    section,
    statement: "DEL succeeds when a plain file is where the namespace was, as after a reboot.",
    observed: "ADD, the namespace deleted and an empty file in its place, DEL: success and no lease.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial) });
      await destroy(trial, trial.box);
      await shell(trial, `touch ${trial.box.netns}`);
      await trial.succeed("DEL", { config: network(trial), ...trial.final(result) });
      claimNone("leases", await leases(trial.node, "conformance"));
    },
  },
  {
    id: "BRG-73c",
    strength: "MUST",
    profile: "quality",
    section,
    statement: "DEL without CNI_NETNS takes the host end away all the same.",
    observed: "ADD, DEL without CNI_NETNS while the namespace is there: no pair on the host and no lease.",
    run: async (trial) => {
      const result = await trial.add({ config: network(trial) });
      await hostEnd(trial);
      const env = { CNI_NETNS: undefined };
      await trial.succeed("DEL", { config: network(trial), env, ...trial.final(result) });
      claimNone("leases", await leases(trial.node, "conformance"));
      claimNone("pairs on the host", await vethNames(trial));
    },
  },
];

/** The first container is attached as it was. */
async function claimUntouched(trial: Trial): Promise<void> {
  claim(await hasLink(trial, trial.box), "DEL removed the interface of another attachment");
  claimSame("addresses of eth0", await addressTexts(trial.node, "one", "eth0"), [firstText(four)]);
  await claimReaches(trial, "one", four.gateway);
}
