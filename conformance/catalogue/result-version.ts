/** RES-05, 06, 09 and 10: what the result of each version has. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { resultShape } from "../../cni/version.ts";
import { links } from "../node/state.ts";
import { claim, claimMatch, claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { bridgeName, four, layer2, network, six } from "./bridge-network.ts";
import { claimAttached, mayRemain } from "./footprint.ts";
import { leasedNetwork, leasingTypes } from "./leased-network.ts";
import { addressesIn, listed } from "./result-parts.ts";

const section = "5 Types: Success";

const cidr = /^[0-9a-f.:]+\/\d{1,3}$/;

/** Keys of a result, and of its addresses, in the shape of a version. */
function claimShape(trial: Trial, result: JsonObject): void {
  const shape = resultShape(trial.version);
  if (shape === "ip4/ip6") {
    for (const key of ["ips", "interfaces", "routes"]) {
      claim(
        result[key] === undefined,
        `"${key}" does not exist in ${trial.version}, found ${show(result[key])}`,
      );
    }
    for (const family of [result["ip4"], result["ip6"]]) {
      if (family === undefined) continue;
      claim(isJsonObject(family), '"ip4" and "ip6" must be objects');
      claimMatch("the address", String(family["ip"]), cidr);
    }
    return;
  }
  claim(result["ip4"] === undefined && result["ip6"] === undefined, '"ip4" and "ip6" ended with 0.2.0');
  for (const ip of listed(result, "ips")) {
    claimMatch("an address", String(ip["address"]), cidr);
    const family = String(ip["address"]).includes(":") ? "6" : "4";
    claimSame("ips[].version", ip["version"], shape === "ips" ? undefined : family);
  }
}

export const resultVersionClauses: readonly Clause[] = [
  {
    id: "RES-05",
    strength: "MUST",
    profile: "spec",
    section: "5 Types, of 0.1.0 and 0.2.0",
    until: "0.2.0",
    needs: ["ipv6"],
    types: leasingTypes,
    statement: "0.1.0 and 0.2.0 have room for one address of each family: more is an error.",
    observed: "ADD with two IPv4 range sets: refused; with one IPv4 and one IPv6 set it works.",
    run: async (trial) => {
      const ranges = (...subnets: readonly string[]) =>
        leasedNetwork(trial, {}, { subnet: undefined, ranges: subnets.map((text) => [{ subnet: text }]) });
      await trial.fail("ADD", { config: ranges(four.subnet, "10.89.0.0/24") });
      const added = await trial.add({
        of: await trial.addBox("two"),
        config: ranges(four.subnet, six.subnet),
      });
      claimSame("the addresses", addressesIn(added).length, 2);
    },
  },
  {
    id: "RES-06",
    strength: "SHOULD",
    profile: "quality",
    section,
    since: "1.1.0",
    kinds: ["interface"],
    statement: "From 1.1.0 on an interface of the result tells its MTU.",
    observed: "The mtu of the container's interface in the result is the kernel's.",
    run: async (trial) => {
      const added = await trial.add();
      const own = listed(added, "interfaces").find(({ sandbox }) => sandbox);
      const seen = (await links(trial.node, trial.box.name)).find(
        ({ ifname }) => ifname === trial.box.ifname,
      );
      claim(seen !== undefined, "ADD must make the interface");
      claimSame("its mtu", own?.["mtu"], seen.mtu);
    },
  },
  {
    id: "RES-06b",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.3.0",
    until: "1.0.0",
    kinds: ["interface"],
    statement: "What came with 1.1.0 is not in results of earlier versions.",
    observed: "Interfaces of the result have neither mtu nor socketPath nor pciID.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      for (const link of listed(added, "interfaces")) {
        for (const key of ["mtu", "socketPath", "pciID"]) {
          claim(link[key] === undefined, `"${key}" came with 1.1.0, and ${show(link["name"])} has it`);
        }
      }
    },
  },
  {
    id: "RES-09",
    strength: "MUST",
    profile: "quality",
    section: "5 Types, of 0.1.0 and 0.2.0",
    until: "0.2.0",
    types: ["bridge", "trestle"],
    statement:
      "An attachment without addresses cannot be told in 0.1.0 and 0.2.0, and is refused before anything is made.",
    observed: "ADD without ipam: an error, nothing changed; with ipam it works.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await trial.fail("ADD", { config: layer2(trial) });
      await trial.claimUnchanged("a refused ADD changed the host", before, mayRemain(trial, bridgeName));
      await claimAttached(trial, await trial.add({ config: network(trial) }));
    },
  },
  {
    id: "RES-10",
    strength: "MUST",
    profile: "spec",
    section,
    statement:
      "The result has the shape of its version: ip4 and ip6 up to 0.2.0, ips with a version up to 0.4.0, ips without it since.",
    observed: "Keys of the result and of its addresses; every address has a prefix length.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      claimShape(trial, added);
      if (trial.subject.kind === "loopback") {
        claim(
          addressesIn(added).includes("127.0.0.1/8"),
          `the result must have 127.0.0.1/8, found ${show(added)}`,
        );
      }
    },
  },
];
