/** HLO-60 to 63: how DEL takes leases back. */
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimLeases, textOf } from "./host-local-files.ts";
import { caller, claimLeased, lease, network, subnetOf, types } from "./host-local-network.ts";

export const releaseClauses: readonly Clause[] = [
  {
    id: "HLO-60",
    types,
    strength: "MUST",
    profile: "spec",
    section: "2 DEL",
    statement:
      "DEL takes back every lease of the attachment, of both families, and succeeds again when there is none.",
    observed: "ADD of both families, three DELs: no lease is left, none fails.",
    run: async (trial) => {
      const config = network(trial, { ranges: [[{ subnet: "10.1.2.0/24" }], [{ subnet: "fd00::/64" }]] });
      await claimLeased(trial, config, "one", ["10.1.2.2/24", "fd00::2/64"]);
      for (let time = 1; time <= 3; time++) {
        await trial.succeed("DEL", { of: caller(trial, "one"), config });
        await claimLeases(trial, "after DEL", []);
      }
    },
  },
  {
    id: "HLO-61",
    types,
    strength: "MUST",
    profile: "compat",
    section: "reference host-local",
    statement:
      "DEL of an attachment that has no lease succeeds and takes nothing from others, however similar their names are.",
    observed:
      "ADD of one container; DEL of others whose names begin like it, of its other interface, of joined names.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "one", ["10.1.2.2/24"]);
      const strangers = [
        ["two"],
        ["on"],
        ["one1"],
        ["ONE"],
        ["one.eth0"],
        ["one", "eth1"],
        ["one", "eth"],
      ] as const;
      for (const [id, ifname] of strangers) {
        await trial.succeed("DEL", { of: caller(trial, id, ifname), config });
      }
      await claimLeases(trial, "after DEL of others", ["10.1.2.2"]);
      await trial.succeed("DEL", { of: caller(trial, "one"), config });
      await claimLeases(trial, "after its own DEL", []);
    },
  },
  {
    id: "HLO-62",
    types,
    strength: "SHOULD",
    profile: "quality",
    section: "reference host-local",
    isVersionless: true,
    statement:
      "DEL takes back what was leased although the ranges have been changed to something invalid since.",
    observed:
      "ADD of three containers, DEL of each with host bits, without ranges and with overlapping ones: no lease is left.",
    run: async (trial) => {
      const broken = [
        { subnet: "10.1.2.9/24" },
        {},
        { subnet: "10.1.2.0/24", ranges: [[{ subnet: "10.1.2.0/25" }]] },
      ];
      for (const [at, ipam] of broken.entries()) {
        await lease(trial, subnetOf(trial, "10.1.2.0/24"), `c${at}`);
        await trial.succeed("DEL", { of: caller(trial, `c${at}`), config: network(trial, ipam) });
        await claimLeases(trial, "after DEL", []);
      }
    },
  },
  {
    id: "HLO-63",
    types,
    strength: "SHOULD",
    profile: "quality",
    section: "reference host-local",
    isVersionless: true,
    statement: "DEL removes leases only, also for a container that is named like an address.",
    observed:
      "ADD and DEL of a container named by the address that it gets: the lease is gone, the last address stays.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "10.1.2.2", ["10.1.2.2/24"]);
      for (let time = 1; time <= 2; time++) {
        await trial.succeed("DEL", { of: caller(trial, "10.1.2.2"), config });
      }
      await claimLeases(trial, "after DEL", []);
      claimSame("the last address", textOf(trial, "last_reserved_ip.0"), "10.1.2.2");
    },
  },
];
