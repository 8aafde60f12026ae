/** BRG-81: what CHECK finds. */
import type { Clause, Profile, Strength } from "../suite/clause.ts";
import { bridgeName, fullNetwork, fullNetworkNeeds, hostEnd, network, shell } from "./bridge-network.ts";

const section = "4 CHECK";
const since = "0.4.0";

/** What happens to an attachment that CHECK must find. */
interface Damage {
  readonly id: string;
  readonly strength: Strength;
  readonly profile: Profile;
  /** What CHECK finds: "the container's interface deleted". */
  readonly what: string;
  /** Shell commands; `$host` is the name of the host end. */
  readonly script: string;
}

const damages: readonly Damage[] = [
  {
    id: "BRG-81a",
    strength: "SHOULD",
    profile: "spec",
    what: "the container's interface deleted",
    script: "ip -n one link del eth0",
  },
  {
    id: "BRG-81b",
    strength: "SHOULD",
    profile: "spec",
    what: "the container's interface down",
    script: "ip -n one link set eth0 down",
  },
  {
    id: "BRG-81c",
    strength: "SHOULD",
    profile: "spec",
    what: "an IPv4 address removed",
    script: "ip -n one addr del 10.88.0.2/24 dev eth0",
  },
  {
    id: "BRG-81d",
    strength: "SHOULD",
    profile: "spec",
    what: "an IPv6 address removed",
    script: "ip -n one addr del fd00:88::2/64 dev eth0",
  },
  {
    id: "BRG-81e",
    strength: "SHOULD",
    profile: "spec",
    what: "the default route removed",
    script: "ip -n one route del default",
  },
  {
    id: "BRG-81f",
    strength: "SHOULD",
    profile: "spec",
    what: "another route removed",
    script: "ip -n one route del 10.9.0.0/16",
  },
  {
    id: "BRG-81g",
    strength: "SHOULD",
    profile: "spec",
    what: "the bridge deleted",
    script: `ip link del ${bridgeName}`,
  },
  {
    id: "BRG-81h",
    strength: "SHOULD",
    profile: "spec",
    what: "the host end taken off the bridge",
    script: "ip link set $host nomaster",
  },
  {
    id: "BRG-81i",
    strength: "SHOULD",
    profile: "spec",
    what: "the masquerade removed",
    script: `for tables in iptables ip6tables; do
      ! command -v $tables > /dev/null || { $tables -t nat -F; $tables -t nat -X; }
    done
    ! command -v nft > /dev/null || nft flush ruleset`,
  },
  {
    id: "BRG-81j",
    strength: "SHOULD",
    profile: "quality",
    what: "the gateway's address taken off the bridge",
    script: `ip addr del 10.88.0.1/24 dev ${bridgeName}`,
  },
  {
    id: "BRG-81k",
    strength: "SHOULD",
    profile: "quality",
    what: "the host end down",
    script: "ip link set $host down",
  },
  {
    id: "BRG-81l",
    strength: "SHOULD",
    profile: "quality",
    what: "the bridge down",
    script: `ip link set ${bridgeName} down`,
  },
  {
    id: "BRG-81m",
    strength: "SHOULD",
    profile: "quality",
    what: "forwarding switched off",
    script: "echo 0 > /proc/sys/net/ipv4/ip_forward",
  },
  {
    id: "BRG-81n",
    strength: "SHOULD",
    profile: "spec",
    what: "a link of another kind in the place of the container's interface",
    script: "ip -n one link del eth0; ip -n one link add eth0 type bridge",
  },
  {
    id: "BRG-81o",
    strength: "SHOULD",
    profile: "compat",
    what: "another MAC address of the bridge",
    script: `ip link set ${bridgeName} address 02:00:00:00:00:97`,
  },
];

export const bridgeDamageClauses: readonly Clause[] = [
  ...damages.map(({ id, strength, profile, what, script }): Clause => ({
    id,
    strength,
    profile,
    section,
    since,
    needs: fullNetworkNeeds,
    statement: `CHECK finds ${what}.`,
    observed: `ADD and CHECK succeed; with ${what} by hand CHECK fails.`,
    run: async (trial) => {
      const config = fullNetwork(trial);
      const previous = await trial.add({ config });
      await trial.succeed("CHECK", { config, previous });
      await shell(trial, `host=${(await hostEnd(trial)).ifname}; ${script}`);
      await trial.fail("CHECK", { config, previous });
    },
  })),
  {
    id: "BRG-81p",
    strength: "SHOULD",
    profile: "compat",
    section,
    since,
    statement: "CHECK finds that the bridge is not promiscuous any more where promiscMode asks for it.",
    observed: "ADD and CHECK with the key succeed; with the flag taken away by hand CHECK fails.",
    run: async (trial) => {
      const config = network(trial, { promiscMode: true });
      const previous = await trial.add({ config });
      await trial.succeed("CHECK", { config, previous });
      await shell(trial, `ip link set ${bridgeName} promisc off`);
      await trial.fail("CHECK", { config, previous });
    },
  },
];
