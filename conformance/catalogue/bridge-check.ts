/** BRG-80 to BRG-83: CHECK. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  four,
  fullNetwork,
  fullNetworkNeeds,
  hostEnd,
  hostLocal,
  network,
  shell,
  six,
  type Subnet,
} from "./bridge-network.ts";
import { listed } from "./result-parts.ts";

const section = "4 CHECK";
const since = "0.4.0";

/** Results of an ADD with something in them that is not so. */
const lies: readonly {
  readonly id: string;
  readonly what: string;
  readonly tell: (result: JsonObject) => JsonObject;
}[] = [
  {
    id: "BRG-82a",
    what: "an address that the container does not have",
    tell: (result) => ({
      ...result,
      ips: listed(result, "ips").map((ip) => ({ ...ip, address: "10.88.0.77/24" })),
    }),
  },
  {
    id: "BRG-82b",
    what: "the namespace of another container",
    tell: (result) =>
      withInterfaces(result, (item) => (isInside(item) ? { ...item, sandbox: "/run/netns/two" } : item)),
  },
  {
    id: "BRG-82c",
    what: "another MAC address of the container's interface",
    tell: (result) =>
      withInterfaces(result, (item) => (isInside(item) ? { ...item, mac: "02:00:00:00:00:99" } : item)),
  },
  {
    id: "BRG-82d",
    what: "a route that the container does not have",
    tell: (result) => ({
      ...result,
      routes: [...listed(result, "routes"), { dst: "10.77.0.0/16", gw: four.gateway }],
    }),
  },
];

export const bridgeCheckClauses: readonly Clause[] = [
  {
    id: "BRG-80a",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "CHECK right after ADD succeeds.",
    observed: "ADD and CHECK with a subnet of IPv4; without the container's link CHECK fails.",
    run: async (trial) => claimHealthy(trial, [four]),
  },
  {
    id: "BRG-80b",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    needs: ["ipv6"],
    statement: "CHECK right after ADD succeeds with IPv6.",
    observed: "ADD and CHECK with a subnet of IPv6; without the container's link CHECK fails.",
    run: async (trial) => claimHealthy(trial, [six]),
  },
  {
    id: "BRG-80c",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    needs: ["ipv6"],
    statement: "CHECK right after ADD succeeds with both families.",
    observed: "ADD and CHECK with a subnet of each; without the container's link CHECK fails.",
    run: async (trial) => claimHealthy(trial, [four, six]),
  },
  {
    id: "BRG-80d",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "CHECK right after ADD succeeds where a route of IPAM names no gateway.",
    observed: "ADD and CHECK with such a route; without the route CHECK fails.",
    run: async (trial) => {
      const config = network(trial, { ipam: hostLocal([four], { routes: [{ dst: "10.9.0.0/16" }] }) });
      const previous = await trial.add({ config });
      await trial.succeed("CHECK", { config, previous });
      await shell(trial, "ip -n one route del 10.9.0.0/16");
      await trial.fail("CHECK", { config, previous });
    },
  },
  ...lies.map(({ id, what, tell }): Clause => ({
    id,
    strength: "SHOULD",
    profile: "spec",
    section,
    since,
    needs: fullNetworkNeeds,
    statement: `CHECK fails with a prevResult that tells ${what}.`,
    observed: "CHECK with the result of ADD succeeds; with that change it fails.",
    run: async (trial) => {
      const config = fullNetwork(trial);
      const previous = await trial.add({ config });
      await trial.addBox("two");
      await trial.succeed("CHECK", { config, previous });
      await trial.fail("CHECK", { config, previous: tell(previous) });
    },
  })),
  {
    id: "BRG-83a",
    strength: "SHOULD",
    profile: "quality",
    section,
    since,
    needs: fullNetworkNeeds,
    statement: "CHECK does not mind that somebody listens on the bridge.",
    observed:
      "CHECK while the bridge is promiscuous by hand succeeds; without the container's link it fails.",
    run: async (trial) => claimTolerated(trial, `ip link set ${bridgeName} promisc on`),
  },
  {
    id: "BRG-83b",
    strength: "SHOULD",
    profile: "quality",
    section,
    since,
    needs: fullNetworkNeeds,
    statement: "CHECK does not mind that the host end has another MAC address, which udev may have given it.",
    observed: "CHECK after that by hand succeeds; without the container's link it fails.",
    run: async (trial) => claimTolerated(trial, "ip link set $host address 02:00:00:00:00:98"),
  },
  {
    id: "BRG-83c",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    needs: fullNetworkNeeds,
    statement: "CHECK does not mind what plugins later in the chain have added.",
    observed:
      "CHECK with another address and another route made by hand succeeds; without the container's link it fails.",
    run: async (trial) => {
      const script = `ip -n one addr add 192.0.2.7/24 dev eth0
        ip -n one route add 10.77.0.0/16 via ${four.gateway}`;
      await claimTolerated(trial, script);
    },
  },
  {
    id: "BRG-83d",
    strength: "MUST",
    profile: "quality",
    section,
    since,
    needs: fullNetworkNeeds,
    statement: "CHECK changes nothing, neither where all is well nor where something is missing.",
    observed: "Host and container before and after CHECK, and before and after one that fails.",
    run: async (trial) => {
      const config = fullNetwork(trial);
      const previous = await trial.add({ config });
      const healthy = await trial.snapshot();
      await trial.succeed("CHECK", { config, previous });
      await trial.claimUnchanged("CHECK changed the host", healthy);
      await shell(trial, "ip -n one route del default");
      const broken = await trial.snapshot();
      await trial.fail("CHECK", { config, previous });
      await trial.claimUnchanged("a failed CHECK changed the host", broken);
    },
  },
];

async function claimHealthy(trial: Trial, subnets: readonly Subnet[]): Promise<void> {
  const config = network(trial, { isDefaultGateway: true, ipam: hostLocal(subnets) });
  const previous = await trial.add({ config });
  await trial.succeed("CHECK", { config, previous });
  await shell(trial, "ip -n one link del eth0");
  await trial.fail("CHECK", { config, previous });
}

async function claimTolerated(trial: Trial, script: string): Promise<void> {
  const config = fullNetwork(trial);
  const previous = await trial.add({ config });
  await shell(trial, `host=${(await hostEnd(trial)).ifname}; ${script}`);
  await trial.succeed("CHECK", { config, previous });
  await shell(trial, "ip -n one link del eth0");
  await trial.fail("CHECK", { config, previous });
}

function isInside({ sandbox }: JsonObject): boolean {
  return typeof sandbox === "string" && sandbox !== "";
}

function withInterfaces(result: JsonObject, change: (item: JsonObject) => JsonObject): JsonObject {
  return { ...result, interfaces: listed(result, "interfaces").map(change) };
}
