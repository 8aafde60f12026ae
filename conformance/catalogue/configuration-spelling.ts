/** CFG-10 and 11: spellings of addresses. */
import { link } from "../node/state.ts";
import { claim, claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { grantsIn } from "./host-local-network.ts";
import { leasedNetwork } from "./leased-network.ts";
import { listed } from "./result-parts.ts";

export const configurationSpellingClauses: readonly Clause[] = [
  {
    id: "CFG-10",
    strength: "MUST",
    profile: "compat",
    section: "host-local",
    types: ["host-local"],
    statement: "Addresses are read in every usual spelling and printed in the canonical one of RFC 5952.",
    observed:
      "A range with an IPv6 subnet in upper case and long form: the result has the short lower-case form; 10.88.00.0/24 is refused.",
    run: async (trial) => {
      const subnet = "FD00:0088:0000:0000:0000:0000:0000:0000/64";
      const added = await trial.add({ config: leasedNetwork(trial, {}, { subnet }) });
      claim(
        JSON.stringify(added).includes('"fd00:88::2/64"'),
        "the address must be printed as fd00:88::2/64",
      );
      await trial.fail("ADD", {
        of: await trial.addBox("two"),
        config: leasedNetwork(trial, {}, { subnet: "10.88.00.0/24" }),
      });
    },
  },
  {
    id: "CFG-10b",
    strength: "quirk",
    profile: "compat",
    section: "host-local",
    types: ["host-local"],
    isVersionless: true,
    statement: "An IPv4 address that is written as one of IPv6 is the IPv4 address.",
    observed:
      'A gateway of "::ffff:10.88.0.9" and an address of "::ffff:10.88.0.70" that is asked for: the result has 10.88.0.9 and 10.88.0.70/24.',
    run: async (trial) => {
      const runtimeConfig = { ips: ["::ffff:10.88.0.70"] };
      const added = await trial.add({
        config: leasedNetwork(trial, { runtimeConfig }, { gateway: "::ffff:10.88.0.9" }),
      });
      claimSame("what is given", grantsIn(added), [{ address: "10.88.0.70/24", gateway: "10.88.0.9" }]);
    },
  },
  {
    id: "CFG-11",
    strength: "MUST",
    profile: "compat",
    section: "bridge",
    types: ["bridge", "trestle"],
    statement: "MAC addresses are read with colons, hyphens or dots, and printed with colons in lower case.",
    observed:
      'runtimeConfig.mac as "02-00-5E-10-00-0A" and as "0200.5e10.000b": the container and the result have it with colons.',
    since: "0.3.0",
    run: async (trial) => {
      const spellings: Readonly<Record<string, readonly [given: string, printed: string]>> = {
        two: ["02-00-5E-10-00-0A", "02:00:5e:10:00:0a"],
        three: ["0200.5e10.000b", "02:00:5e:10:00:0b"],
      };
      for (const [name, [given, printed]] of Object.entries(spellings)) {
        const of = await trial.addBox(name);
        const added = await trial.add({
          of,
          config: leasedNetwork(trial, { runtimeConfig: { mac: given } }),
        });
        const macs = listed(added, "interfaces").map(({ mac }) => mac);
        claim(macs.includes(printed), `the result must have the MAC address ${printed}, found ${show(macs)}`);
        const { address } = await link(trial.node, name, of.ifname);
        claimSame("the container's MAC address", address, printed);
      }
    },
  },
];
