/** CHN: prevResult; specification section 3, "Execution of network configurations". */
import { claim } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimAttached, claimDetached } from "./footprint.ts";

/** Plugins of the reference pack that work on what another one made, all but those that can do without. */
const dependents = ["bandwidth", "firewall", "portmap", "sbr", "tuning", "vrf"];

const section = "3 Execution, prevResult";

export const chainingClauses: readonly Clause[] = [
  {
    id: "CHN-01",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    since: "0.4.0",
    kinds: ["interface"],
    statement: "A prevResult of a version with another shape than the configuration's is refused.",
    observed:
      "CHECK with the ADD's result labelled as one of 0.2.0: an error; with its own version it succeeds.",
    run: async (trial) => {
      const added = await trial.add();
      await trial.succeed("CHECK", { previous: added });
      await trial.fail("CHECK", { previous: { ...added, cniVersion: "0.2.0" } });
    },
  },
  {
    id: "CHN-01b",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    since: "0.4.0",
    kinds: ["interface"],
    statement:
      "Results of 0.3 and 0.4 are not those of 1.0 and later: as prevResult each is refused in the other.",
    observed:
      "CHECK with the ADD's result labelled as one of the other family, 0.4.0 or 1.0.0: an error; with its own version it succeeds.",
    run: async (trial) => {
      const added = await trial.add();
      await trial.succeed("CHECK", { previous: added });
      const cniVersion = trial.isAtLeast("1.0.0") ? "0.4.0" : "1.0.0";
      await trial.fail("CHECK", { previous: { ...added, cniVersion } });
    },
  },
  {
    id: "CHN-02",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    since: "0.4.0",
    statement: "A prevResult that does not say its version is taken for one of the configuration's.",
    observed: "ADD, then CHECK and DEL with its result without cniVersion: both succeed.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      const { cniVersion: _version, ...previous } = added;
      await trial.succeed("CHECK", { previous });
      await trial.succeed("DEL", { previous });
      await claimDetached(trial);
    },
  },
  {
    id: "CHN-03",
    strength: "MUST",
    profile: "compat",
    section: "reference plugins",
    types: dependents,
    statement: "A plugin that works on what another made says so when it is called first.",
    observed: "ADD without prevResult: an error, nothing changed; with it, it works.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await trial.fail("ADD", { previous: undefined });
      await trial.claimUnchanged("a refused ADD changed the host", before);
      await claimAttached(trial, await trial.add());
    },
  },
  {
    id: "CHN-04",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["chained"],
    statement: "DEL of such a plugin succeeds without prevResult.",
    observed: "ADD, then DEL without prevResult, and DEL of what was never added: both succeed.",
    run: async (trial) => {
      await claimAttached(trial, await trial.add());
      await trial.succeed("DEL", { previous: undefined });
      await trial.succeed("DEL", { of: await trial.addBox("two"), previous: undefined });
    },
  },
  {
    id: "CHN-05",
    strength: "MUST",
    profile: "quality",
    section,
    since: "0.4.0",
    kinds: ["interface"],
    statement: "A prevResult that is not a result is told as an error; the plugin does not crash.",
    observed:
      "After an ADD: CHECK with a number, a text, a list, and objects with broken ips: each fails with one error object; with its result it succeeds.",
    run: async (trial) => {
      const added = await trial.add();
      const { cniVersion } = added;
      const broken = [5, "text", [], { cniVersion, ips: 7 }, { cniVersion, ips: [{ address: "nonsense" }] }];
      for (const prevResult of broken)
        await trial.fail("CHECK", { config: trial.configuration({ prevResult }) });
      await trial.succeed("CHECK", { previous: added });
    },
  },
  {
    id: "CHN-06",
    strength: "MUST",
    profile: "quality",
    section,
    since: "0.4.0",
    statement: "A prevResult that is not a result does not keep DEL from removing the attachment.",
    observed:
      "ADD, then DEL with a prevResult of broken addresses, and without one if that fails: the attachment is gone.",
    run: async (trial) => {
      await claimAttached(trial, await trial.add());
      const previous = {
        cniVersion: trial.version,
        interfaces: [],
        ips: [{ address: "nonsense", interface: 9 }],
      };
      const ended = await trial.call("DEL", { previous });
      claim(ended.exitCode === 0 || ended.stdout !== "", "DEL must succeed or say why it does not");
      if (ended.exitCode !== 0) await trial.succeed("DEL", { previous: undefined });
      await claimDetached(trial);
    },
  },
];
