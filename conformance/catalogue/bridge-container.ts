/** BRG-09 to BRG-12: how the container's end comes up. */
import { addresses, addressTexts, link, setting } from "../node/state.ts";
import { claim, claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { remainsOf } from "../suite/remains.ts";
import type { Trial } from "../suite/trial.ts";
import {
  asking,
  bridgeName,
  claimReaches,
  four,
  hostLocal,
  isUp,
  layer2,
  network,
  shell,
  six,
} from "./bridge-network.ts";

export const bridgeContainerClauses: readonly Clause[] = [
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
    needs: ["tcpdump"],
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
    needs: ["ipv6", "tcpdump"],
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
    needs: ["ping", "tcpdump"],
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
];

async function claimNotTentative(trial: Trial): Promise<void> {
  const found = await addresses(trial.node, "one", "eth0");
  claimSame("the number of addresses", found.length, 1);
  const tentative = found.filter((address) => address.tentative === true).map(({ local }) => local);
  claimNone("addresses that cannot be used yet", tentative);
}
