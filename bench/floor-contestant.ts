/** The C floor as a contestant: it takes arguments instead of a configuration, see floor.c. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contestant, Network } from "./contestant.ts";

export function floorContestant(program: string): Contestant {
  const folder = (network: Network) => join(network.stateFolder, network.name);
  const masquerade = (network: Network) => (network.isMasqueraded ? "1" : "0");
  const gateways = (network: Network) => network.subnets.map((subnet) => subnet.gateway);
  return {
    name: "floor",
    description: "bench/floor.c, statically linked",
    leaseFolder: folder,
    prepare: (network) => {
      const script = fileURLToPath(new URL("prepare-floor.sh", import.meta.url));
      return ["sh", script, network.bridge, folder(network), masquerade(network), ...gateways(network)];
    },
    add: (network, { containerId, netns, slot }) => ({
      argv: [
        program,
        "add",
        netns,
        containerId,
        network.bridge,
        folder(network),
        masquerade(network),
        ...gateways(network),
      ],
      env: {},
      save: slot,
    }),
    del: (network, { containerId, slot }) => ({
      argv: [program, "del", containerId, folder(network), masquerade(network)],
      env: {},
      previous: slot,
    }),
  };
}
