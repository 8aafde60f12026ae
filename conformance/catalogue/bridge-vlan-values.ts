/** BRG-90: VLAN values that are refused on every kernel. */
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { linkNames, network } from "./bridge-network.ts";

/** Not an id of a VLAN: 0 to 4094, where 0 means none. */
const badIds = [-100, -1, 4095, 5000];

/** Trunks, each with one fault. */
const badTrunks: readonly (readonly [what: string, item: object])[] = [
  ["without maxID", { minID: 100 }],
  ["without minID", { maxID: 100 }],
  ["with a negative minID", { minID: -1, maxID: 100 }],
  ["with a minID of 5000", { minID: 5000, maxID: 5001 }],
  ["with a maxID of 5000", { minID: 100, maxID: 5000 }],
  ["with a negative maxID", { minID: 100, maxID: -1 }],
  ["with an id of 5000", { id: 5000 }],
  ["with a negative id", { id: -1 }],
  ["with minID above maxID", { minID: 200, maxID: 100 }],
];

export const bridgeVlanValueClauses: readonly Clause[] = [
  {
    id: "BRG-90a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: vlan",
    statement: "A vlan outside of 0 to 4094 is refused, and nothing is made.",
    observed:
      "ADD with -100, -1, 4095 and 5000 fails, names the value, and makes no link; without the key it succeeds.",
    run: async (trial) => {
      const before = await linkNames(trial, null);
      for (const vlan of badIds) {
        await trial.fail("ADD", { config: network(trial, { vlan }) }, { naming: [String(vlan)] });
      }
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimSame("links of the host", await linkNames(trial, null), before);
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-90b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: vlanTrunk",
    statement: "A trunk with what is not an id or not a range is refused, and nothing is made.",
    observed: "ADD with nine faulty trunks fails without a link; without the key it succeeds.",
    run: async (trial) => {
      const before = await linkNames(trial, null);
      for (const [, item] of badTrunks) {
        await trial.fail("ADD", { config: network(trial, { vlanTrunk: [item] }) });
      }
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimSame("links of the host", await linkNames(trial, null), before);
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-90c",
    strength: "MUST",
    profile: "compat",
    section: "bridge: vlan",
    statement: "A vlan of 0 is the same as no vlan.",
    observed: "ADD with 0 succeeds.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { vlan: 0 }) });
      claimSame("links of the container", await linkNames(trial, "one"), ["eth0", "lo"]);
    },
  },
];
