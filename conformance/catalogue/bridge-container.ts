/** BRG-08 to BRG-13: the container's end. */
import type { JsonObject } from "../../cni/configuration.ts";
import { addresses, addressTexts, leases, link, setting } from "../node/state.ts";
import { claim, claimMatch, claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { remainsOf } from "../suite/remains.ts";
import type { CallOptions, Trial } from "../suite/trial.ts";
import {
  asking,
  addAndFindHostEnd,
  bridgeName,
  claimReaches,
  firstText,
  four,
  hostLocal,
  isUp,
  layer2,
  linkNames,
  listed,
  network,
  shell,
  six,
  vethNames,
} from "./bridge-network.ts";

const mac = {
  fromRuntime: "02:00:00:00:00:a1",
  fromArgs: "02:00:00:00:00:a2",
  fromVariable: "02:00:00:00:00:a3",
};
const variable = { args: `IgnoreUnknown=1;MAC=${mac.fromVariable}` };
const inArgs = { args: { cni: { mac: mac.fromArgs } } };
const runtimeConfig = { mac: mac.fromRuntime };

export const bridgeContainerClauses: readonly Clause[] = [
  {
    id: "BRG-08a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: CNI_ARGS MAC",
    statement: "The container's interface gets the MAC address that CNI_ARGS asks for.",
    observed: "ADD with MAC in CNI_ARGS; then the container's link and the result.",
    run: async (trial) => claimMac(trial, { config: network(trial), ...variable }, mac.fromVariable),
  },
  {
    id: "BRG-08b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: args.cni.mac",
    statement: "A MAC address in args.cni is obeyed, and goes before that of CNI_ARGS.",
    observed: "ADD with both; then the container's link and the result.",
    run: async (trial) => claimMac(trial, { config: network(trial, inArgs), ...variable }, mac.fromArgs),
  },
  {
    id: "BRG-08c",
    strength: "MUST",
    profile: "compat",
    section: "bridge: runtimeConfig.mac",
    statement: "A MAC address in runtimeConfig is obeyed, and goes before all others.",
    observed: "ADD with all three; then the container's link and the result.",
    run: async (trial) => {
      await claimMac(
        trial,
        { config: network(trial, { ...inArgs, runtimeConfig }), ...variable },
        mac.fromRuntime,
      );
    },
  },
  {
    id: "BRG-08d",
    strength: "MUST",
    profile: "compat",
    section: "bridge: runtimeConfig.mac",
    statement: "A MAC address that is none is refused, wherever it comes from.",
    observed: "ADD with a bad one in each of the three places fails; with a good one it succeeds.",
    run: async (trial) => {
      for (const options of badMacs(trial)) await trial.fail("ADD", options);
      await claimMac(trial, { config: network(trial, { runtimeConfig }) }, mac.fromRuntime);
    },
  },
  {
    id: "BRG-08e",
    strength: "MUST",
    profile: "quality",
    section: "bridge: runtimeConfig.mac",
    statement: "An ADD that is refused for its MAC address leaves no link and no lease.",
    observed: "Links and leases after ADDs with a bad one in each place; then a good one succeeds.",
    run: async (trial) => {
      const inside = await linkNames(trial, trial.box.name);
      for (const options of badMacs(trial)) {
        await trial.fail("ADD", options);
        claimSame("links in the container", await linkNames(trial, trial.box.name), inside);
        claimNone("a refused ADD left links on the host", await vethNames(trial));
        claimNone("a refused ADD left leases", await leases(trial.node, "conformance"));
      }
      await claimMac(trial, { config: network(trial, { runtimeConfig }) }, mac.fromRuntime);
    },
  },
  {
    id: "BRG-09a",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge: enabledad",
    needs: ["ipv6"],
    statement: "Without enabledad addresses of IPv6 can be used at once, without looking for duplicates.",
    observed: "ADD; then the container's accept_dad is 0 and none of its addresses is tentative.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { ipam: hostLocal([six]) }) });
      claimSame(
        "accept_dad in the container",
        await setting(trial.node, "one", "ipv6/conf/eth0/accept_dad"),
        "0",
      );
      await claimNotTentative(trial);
    },
  },
  {
    id: "BRG-09b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: enabledad",
    isVersionless: true,
    needs: ["ipv6"],
    statement: "With enabledad an address of IPv6 that somebody else has is found out, and ADD fails.",
    observed:
      "ADD of an address that another container has added by hand fails, without the key it succeeds. ADD of a free one succeeds, with accept_dad 1 and no tentative address.",
    run: async (trial) => {
      const config = network(trial, { enabledad: true, ipam: hostLocal([six]) });
      const other = await trial.addBox("other");
      await trial.add({ config: network(trial, { ipam: hostLocal([six]) }), of: other });
      await shell(trial, "ip -n other addr add fd00:88::77/64 dev eth0 nodad");
      const args = asking("fd00:88::77");
      await trial.fail("ADD", { config, of: await trial.addBox("taken"), args });
      const careless = network(trial, { ipam: hostLocal([six]) });
      await trial.add({ config: careless, of: await trial.addBox("careless"), args });
      await trial.add({ config });
      claimSame(
        "accept_dad in the container",
        await setting(trial.node, "one", "ipv6/conf/eth0/accept_dad"),
        "1",
      );
      await claimNotTentative(trial);
    },
  },
  {
    id: "BRG-10a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: disableContainerInterface",
    since: "0.3.0",
    statement: "With disableContainerInterface the container's end is there and down.",
    observed: "ADD without IPAM, with the key and without it; then flags of both containers' ends.",
    run: async (trial) => {
      await trial.add({ config: layer2(trial, { disableContainerInterface: true }) });
      const down = await link(trial.node, "one", "eth0");
      claim(!isUp(down), "the container's end must be down, and it is up");
      const two = await trial.addBox("two");
      await trial.add({ config: layer2(trial), of: two });
      claim(isUp(await link(trial.node, "two", "eth0")), "without the key the container's end must be up");
    },
  },
  {
    id: "BRG-10b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: disableContainerInterface",
    statement: "disableContainerInterface together with IPAM is refused.",
    observed: "ADD with both fails; without the key it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: network(trial, { disableContainerInterface: true }) });
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-10c",
    strength: "MUST",
    profile: "quality",
    section: "bridge: disableContainerInterface",
    statement: "What is refused for disableContainerInterface together with IPAM changes nothing.",
    observed: "Host and container before and after; then ADD without the key succeeds.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await trial.fail("ADD", { config: network(trial, { disableContainerInterface: true }) });
      await trial.claimUnchanged("a refused ADD changed the host", before);
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-10d",
    strength: "SHOULD",
    profile: "quality",
    section: "bridge: disableContainerInterface",
    since: "0.4.0",
    statement: "CHECK knows that an interface is down because it was asked for.",
    observed: "ADD without IPAM and with the key; CHECK succeeds, and fails when the link is deleted.",
    run: async (trial) => {
      const config = layer2(trial, { disableContainerInterface: true });
      const previous = await trial.add({ config });
      await trial.succeed("CHECK", { config, previous });
      await shell(trial, "ip -n one link del eth0");
      await trial.fail("CHECK", { config, previous });
    },
  },
  {
    id: "BRG-11a",
    strength: "SHOULD",
    profile: "quality",
    section: "bridge",
    isVersionless: true,
    statement: "A new container announces its IPv4 address, so that neighbours forget a former owner.",
    observed: "ADD beside another container, which hears an ARP packet about the new address from its owner.",
    run: async (trial) => {
      const config = network(trial);
      await trial.add({ config, of: await trial.addBox("first") });
      await using capture = await trial.node.capture("eth0", "arp", { namespace: "first", seconds: 5 });
      await trial.add({ config });
      const { address } = await link(trial.node, "one", "eth0");
      await capture.waitFor(
        new RegExp(`^${address} > ff:.*(who-has ${four.second} .*tell|Reply) ${four.second}`),
      );
    },
  },
  {
    id: "BRG-11b",
    strength: "SHOULD",
    profile: "quality",
    section: "bridge",
    isVersionless: true,
    needs: ["ipv6"],
    statement: "A new container announces its IPv6 address as well.",
    observed: "ADD beside another container, which hears a neighbour advertisement of the new address.",
    run: async (trial) => {
      const config = network(trial, { ipam: hostLocal([six]) });
      await trial.add({ config, of: await trial.addBox("first") });
      const advertisement = "icmp6 and ip6[40] == 136";
      await using capture = await trial.node.capture("eth0", advertisement, {
        namespace: "first",
        seconds: 5,
      });
      await trial.add({ config });
      await capture.waitFor(new RegExp(`tgt is ${six.second}`));
    },
  },
  {
    id: "BRG-11c",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge",
    isVersionless: true,
    statement: "A container announces its IPv4 address when its MAC address changes.",
    observed: "ADD; with another MAC address by hand the bridge hears an ARP packet about the address.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await claimReaches(trial, "one", four.gateway);
      await using capture = await trial.node.capture(bridgeName, "arp", { seconds: 5 });
      await shell(trial, "ip -n one link set eth0 address 02:00:00:00:00:77");
      await capture.waitFor(/^02:00:00:00:00:77 > ff:.*(who-has 10.88.0.2 .*tell|Reply) 10.88.0.2/);
    },
  },
  {
    id: "BRG-12",
    strength: "MUST",
    profile: "spec",
    section: "4 ADD",
    statement: "A name that the container already has an interface of is refused, and that interface stays.",
    observed: "ADD with an eth0 made by hand fails and leaves it as it is; under another name it succeeds.",
    run: async (trial) => {
      await shell(
        trial,
        `ip link add theirs0 type veth peer name eth0 netns one
        ip -n one addr add 192.0.2.9/24 dev eth0`,
      );
      const before = await trial.snapshot();
      await trial.fail("ADD", { config: network(trial) });
      await trial.claimUnchanged("a refused ADD changed the host", before, remainsOf(bridgeName));
      await trial.add({ config: network(trial), of: { ...trial.box, ifname: "eth1" } });
      claimSame("addresses of eth1", (await addressTexts(trial.node, "one", "eth1")).length, 1);
    },
  },
  {
    id: "BRG-13a",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge",
    needs: ["ipv6"],
    statement: "Addresses of IPv6 stay when the container's link goes down and up again.",
    observed: "ADD; the link set down and up by hand; then its addresses.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { ipam: hostLocal([six]) }) });
      await shell(trial, "ip -n one link set eth0 down; ip -n one link set eth0 up");
      claimSame("addresses of eth0", await addressTexts(trial.node, "one", "eth0"), [firstText(six)]);
    },
  },
  {
    id: "BRG-13b",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge",
    needs: ["ipv6"],
    statement: "Router advertisements of containers change nothing on the host.",
    observed: "ADD; then accept_ra of the bridge is 0.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const value = await setting(trial.node, null, `ipv6/conf/${bridgeName}/accept_ra`);
      claimSame("accept_ra of the bridge", value, "0");
    },
  },
  {
    id: "BRG-13e",
    strength: "quirk",
    profile: "compat",
    section: "bridge",
    needs: ["ipv6"],
    statement: "The host end takes no router advertisements, also when it is taken off the bridge.",
    observed: "ADD; then accept_ra of the host end is 0.",
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: network(trial) });
      claimSame(
        "accept_ra of the host end",
        await setting(trial.node, null, `ipv6/conf/${host}/accept_ra`),
        "0",
      );
    },
  },
  {
    id: "BRG-13c",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge",
    statement: "An IPv4 address has the broadcast address of its subnet.",
    observed: "ADD; then what ip(8) says about the container's address.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const [address] = await addresses(trial.node, "one", "eth0");
      claimMatch("the broadcast address", address?.broadcast, /^10\.88\.0\.255$/);
    },
  },
  {
    id: "BRG-13d",
    strength: "quirk",
    profile: "compat",
    section: "bridge",
    statement: "The container's loopback interface is left as it was found.",
    observed: "ADD in a namespace whose lo is down; lo is still down, and the gateway is reached.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      claim(!isUp(await link(trial.node, "one", "lo")), "lo must be down as before, and it is up");
      await claimReaches(trial, "one", four.gateway);
    },
  },
];

async function claimMac(trial: Trial, options: CallOptions, expected: string): Promise<void> {
  const result = await trial.add(options);
  claimSame(
    "the MAC address of the container's end",
    (await link(trial.node, "one", "eth0")).address,
    expected,
  );
  if (trial.isAtLeast("0.3.0")) {
    claimSame("the result's MAC address", macOf(result), expected);
  }
}

function macOf(result: JsonObject): unknown {
  return listed(result, "interfaces").find(({ sandbox }) => sandbox !== undefined && sandbox !== "")?.["mac"];
}

function badMacs(trial: Trial): readonly CallOptions[] {
  const bad = "02:00:00:00:00";
  return [
    { config: network(trial), args: `IgnoreUnknown=1;MAC=${bad}` },
    { config: network(trial, { args: { cni: { mac: bad } } }) },
    { config: network(trial, { runtimeConfig: { mac: bad } }) },
  ];
}

async function claimNotTentative(trial: Trial): Promise<void> {
  const found = await addresses(trial.node, "one", "eth0");
  claimSame("the number of addresses", found.length, 1);
  const tentative = found.filter((address) => address.tentative === true).map(({ local }) => local);
  claimNone("addresses that cannot be used yet", tentative);
}
