/** RES-11 and 12: results that go from one plugin to another. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimAttached } from "./footprint.ts";
import { addressesIn, listed, partsOf } from "./result-parts.ts";

export const resultBetweenClauses: readonly Clause[] = [
  {
    id: "RES-11",
    strength: "MUST",
    profile: "spec",
    section: "2 ADD",
    kinds: ["chained"],
    statement:
      "A chained plugin passes on the result of the plugin before it, changed only where it changed something.",
    observed:
      "ADD with a prevResult: the result has its addresses, its interfaces with their sandboxes, its route and its dns. More may be there.",
    run: async (trial) => {
      const previous = withRoute(trial.previousOf());
      const added = await trial.add({ previous });
      const lost = addressesIn(previous).filter((address) => !addressesIn(added).includes(address));
      claimSame("addresses that were lost", lost, []);
      claimContained("interfaces", added, previous, ({ name, sandbox }) => ({ name, sandbox }));
      claimContained("routes", added, previous, ({ dst, gw }) => ({ dst, gw }));
      claimSame("routes of ip4", partsOf(added, "ip4", "routes"), partsOf(previous, "ip4", "routes"));
      claimSame("dns", added["dns"], previous["dns"]);
    },
  },
  {
    id: "RES-12",
    strength: "MUST",
    profile: "spec",
    section: "4 Plugin delegation, IPAM",
    kinds: ["ipam"],
    statement: "The result of an IPAM plugin has neither interfaces nor indexes into them.",
    observed: "The result of an ADD has an address, no interfaces, and no ips[].interface.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      claimSame("interfaces", listed(added, "interfaces"), []);
      for (const ip of listed(added, "ips")) claimSame("ips[].interface", ip["interface"], undefined);
    },
  },
];

/** With a route and a nameserver as well, in the result's own shape. */
function withRoute(result: JsonObject): JsonObject {
  const routes = [{ dst: "10.99.0.0/16", gw: "10.88.0.1" }];
  const dns = { nameservers: ["10.88.0.53"] };
  const { ip4 } = result;
  return isJsonObject(ip4) ? { ...result, ip4: { ...ip4, routes }, dns } : { ...result, routes, dns };
}

/** Each item of a list of `previous` is in that of `added`, as far as `facts` tells them apart. */
function claimContained(
  key: string,
  added: JsonObject,
  previous: JsonObject,
  facts: (item: JsonObject) => JsonObject,
): void {
  const found = listed(added, key).map((item) => show(facts(item)));
  const lost = listed(previous, key).filter((item) => !found.includes(show(facts(item))));
  claimSame(`${key} of prevResult that were lost`, lost, []);
}
