/** ENV: parameters in the environment; specification section 2, "Parameters". */
import { claim } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { environmentDelegateClauses } from "./environment-delegate.ts";
import { environmentValueClauses } from "./environment-value.ts";
import { claimAttached, claimDetached } from "./footprint.ts";
import { inOrder } from "./in-order.ts";
import { listKey } from "./stranded.ts";

const section = "2 Parameters";

/** Variables that a command cannot do without, in the order in which the Go library lists them. */
const required = {
  ADD: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  CHECK: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
} as const;

/** Commands with parameters that the trial's version has. */
function commandsOf(trial: Trial): readonly (keyof typeof required)[] {
  return trial.isAtLeast("0.4.0") ? ["ADD", "CHECK", "DEL"] : ["ADD", "DEL"];
}

const variableClauses: readonly Clause[] = [
  {
    id: "ENV-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "CNI_COMMAND says what to do; a command that the plugin does not know is refused.",
    observed:
      "FOO, add in lower case and ADD with a blank behind it, with everything else in order: code 4, nothing changed.",
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
      "ADD, CHECK and DEL with each required variable unset, then empty: code 4 and its name, nothing changed.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const command of commandsOf(trial)) {
        for (const name of required[command]) {
          for (const value of [undefined, ""]) {
            await trial.fail(command, { env: { [name]: value } }, { code: 4, naming: [name] });
          }
        }
      }
      await trial.claimUnchanged("a refused command changed the host", before);
    },
  },
  {
    id: "ENV-02b",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL needs no namespace: CNI_NETNS may be empty or not set at all.",
    observed: "ADD, then DEL without CNI_NETNS, then again with it empty: both succeed; leases are gone.",
    kinds: ["interface", "ipam", "chained"],
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      for (const value of [undefined, ""]) {
        await trial.succeed("DEL", { ...trial.final(added), env: { CNI_NETNS: value } });
      }
      if (trial.subject.kind === "ipam") await claimDetached(trial);
    },
  },
  {
    id: "ENV-02c",
    strength: "MUST",
    profile: "spec",
    section,
    since: "1.1.0",
    statement: "GC and STATUS need no attachment: container id, namespace and interface name may be missing.",
    observed:
      "GC and STATUS with only CNI_COMMAND and CNI_PATH succeed silently, and an ADD after them works.",
    run: async (trial) => {
      const env = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined };
      await trial.succeed("GC", { env, config: trial.configuration({ [listKey]: [] }) });
      await trial.succeed("STATUS", { env });
      await claimAttached(trial, await trial.add());
    },
  },
  {
    id: "ENV-03",
    strength: "MUST",
    profile: "spec",
    section: "5 Error",
    statement: "All variables that are missing are told in one error.",
    observed:
      "ADD without container id, namespace and interface name: one error of code 4 that names the three.",
    run: async (trial) => {
      const env = Object.fromEntries(required.ADD.map((name) => [name, undefined]));
      await trial.fail("ADD", { env }, { code: 4, naming: required.ADD });
    },
  },
  {
    id: "ENV-04",
    strength: "quirk",
    profile: "compat",
    section,
    statement:
      "Without CNI_PATH a plugin either works, where it needs no other, or says that the variable is missing.",
    observed: "ADD without CNI_PATH: a result, or code 4 that names CNI_PATH.",
    run: async (trial) => {
      const options = { env: { CNI_PATH: undefined } };
      const ended = await trial.call("ADD", options);
      if (ended.exitCode === 0)
        await claimAttached(trial, await trial.add({ of: await trial.addBox("two"), ...options }));
      else await trial.fail("ADD", options, { code: 4, naming: ["CNI_PATH"] });
    },
  },
  {
    id: "ENV-07",
    strength: "quirk",
    profile: "compat",
    section,
    since: "1.1.0",
    statement: "Only the variables that a command needs are looked at.",
    observed:
      "GC with an impossible interface name and container id succeeds; ADD with these two is refused.",
    run: async (trial) => {
      const env = { CNI_IFNAME: "a/b", CNI_CONTAINERID: "-" };
      await trial.succeed("GC", { env, config: trial.configuration({ [listKey]: [] }) });
      await trial.fail("ADD", { env }, { code: 4 });
    },
  },
  {
    id: "ENV-07b",
    strength: "quirk",
    profile: "compat",
    section,
    isVersionless: true,
    statement: "A malformed variable is told before missing ones.",
    observed:
      "ADD with a bad container id and without an interface name: code 4, and the message is about the id alone.",
    run: async (trial) => {
      const env = { CNI_CONTAINERID: "a/b", CNI_IFNAME: undefined };
      const error = await trial.fail("ADD", { env }, { code: 4, naming: ["a/b"] });
      claim(
        !error.msg.includes("CNI_IFNAME"),
        `the message must be about the id alone, found "${error.msg}"`,
      );
    },
  },
  {
    id: "ENV-09",
    strength: "MAY",
    profile: "spec",
    section,
    statement: "CNI_ARGS may be empty.",
    observed: "ADD and DEL with CNI_ARGS set to nothing work.",
    run: async (trial) => {
      const added = await trial.add({ args: "" });
      await claimAttached(trial, added);
      await trial.succeed("DEL", { args: "", ...trial.final(added) });
      await claimDetached(trial);
    },
  },
];

/** In the order of their numbers. */
export const environmentClauses = inOrder(
  variableClauses,
  environmentValueClauses,
  environmentDelegateClauses,
);
