/** BRG-42: networks without addresses. */
import { addressTexts, link } from "../node/state.ts";
import { claim, claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  claimReaches,
  four,
  hostEnd,
  isUp,
  layer2,
  linkNames,
  shell,
  vethNames,
} from "./bridge-network.ts";
import { listed } from "./result-parts.ts";

export const bridgeLayer2Clauses: readonly Clause[] = [
  {
    id: "BRG-42a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    needs: ["ping"],
    statement: "Without IPAM the container has an interface that is up and has no address.",
    observed: "ADD without ipam; links, bridge, addresses, and frames between two containers.",
    run: async (trial) => claimLayer2(trial, undefined),
  },
  {
    id: "BRG-42b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    needs: ["ping"],
    statement: "An empty ipam is the same as none.",
    observed: "ADD with an empty object; links, bridge, addresses, and frames between two containers.",
    run: async (trial) => claimLayer2(trial, {}),
  },
  {
    id: "BRG-42c",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    statement: "Keys about addresses mean nothing where there are none.",
    observed: "ADD without ipam, with isGateway, isDefaultGateway and ipMasq: the bridge has no address.",
    run: async (trial) => {
      const keys = { isGateway: true, isDefaultGateway: true, ipMasq: true };
      await trial.add({ config: layer2(trial, keys) });
      claim(isUp(await link(trial.node, "one", "eth0")), "eth0 must be up, and it is down");
      claimNone("addresses of the bridge", await addressTexts(trial.node, null, bridgeName));
    },
  },
  {
    id: "BRG-42d",
    strength: "MUST",
    profile: "spec",
    section: "2 CHECK",
    since: "0.4.0",
    statement: "CHECK works for networks without IPAM.",
    observed: "ADD and CHECK without ipam succeed; with the link deleted CHECK fails.",
    run: async (trial) => {
      const previous = await trial.add({ config: layer2(trial) });
      await trial.succeed("CHECK", { config: layer2(trial), previous });
      await shell(trial, "ip -n one link del eth0");
      await trial.fail("CHECK", { config: layer2(trial), previous });
    },
  },
  {
    id: "BRG-42e",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    statement: "DEL works for networks without IPAM.",
    observed: "ADD and DEL without ipam; then the links of container and host.",
    run: async (trial) => {
      const result = await trial.add({ config: layer2(trial) });
      await hostEnd(trial);
      await trial.succeed("DEL", { config: layer2(trial), ...trial.final(result) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
    },
  },
  {
    id: "BRG-42f",
    strength: "quirk",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    needs: ["ping"],
    statement: "An ipam of which the type is empty is the same as none, whatever else it has.",
    observed:
      "ADD with an empty type and a subnet; links, bridge, addresses, and frames between two containers.",
    run: async (trial) => claimLayer2(trial, { type: "", subnet: four.subnet }),
  },
];

/** Two containers hear each other once they have addresses by hand. */
async function claimLayer2(trial: Trial, ipam: object | undefined): Promise<void> {
  const config = layer2(trial, { ipam });
  const result = await trial.add({ config });
  claimNone(
    "ips of the result",
    listed(result, "ips").map((ip) => JSON.stringify(ip)),
  );
  claimNone("addresses of eth0", await addressTexts(trial.node, "one", "eth0"));
  claim(isUp(await link(trial.node, "one", "eth0")), "eth0 must be up, and it is down");
  claimSame("the bridge of the host end", (await hostEnd(trial)).master, bridgeName);
  await trial.add({ config, of: await trial.addBox("two") });
  await shell(
    trial,
    `ip -n one addr add 192.0.2.1/24 dev eth0
    ip -n two addr add 192.0.2.2/24 dev eth0`,
  );
  await claimReaches(trial, "one", "192.0.2.2");
}
