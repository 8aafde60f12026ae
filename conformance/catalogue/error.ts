/** ERR: codes of errors; specification section 5, "Error". */
import { claim } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { FakeIpam } from "./fake-ipam.ts";
import { leasedNetwork } from "./leased-network.ts";

const section = "5 Types: Error";

/**
 * Codes below 100 that have a meaning: the table of section 5 "Error", 50 and 51 of section 2 "STATUS", and 8 of the Go library, for a
 * bad namespace. Written out, because a mistake in the plugins' own table must not judge itself.
 */
const defined = new Set([1, 2, 3, 4, 5, 6, 7, 8, 11, 50, 51]);

export const errorClauses: readonly Clause[] = [
  {
    id: "ERR-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "An error about the environment has code 4 and names variable or value.",
    observed:
      "ADD with a missing container id and with an impossible interface name: code 4, naming the variable or quoting the value.",
    run: async (trial) => {
      await trial.fail(
        "ADD",
        { env: { CNI_CONTAINERID: undefined } },
        { code: 4, naming: ["CNI_CONTAINERID"] },
      );
      const { msg, ...error } = await trial.fail("ADD", { env: { CNI_IFNAME: "a/b" } }, { code: 4 });
      const text = `${msg} ${JSON.stringify(error)}`;
      claim(/CNI_IFNAME|a\/b|interface name/.test(text), `the error must say what is wrong, found "${text}"`);
    },
  },
  {
    id: "ERR-02",
    strength: "MUST",
    profile: "spec",
    section,
    statement:
      "Codes below 100 belong to the specification: a plugin uses no other of them than those it defines.",
    observed: "Codes of eight different failures: one of the defined ones, or 100 and more.",
    run: async (trial) => {
      const failures = [
        await trial.fail("ADD", { env: { CNI_CONTAINERID: "a b" } }),
        await trial.fail("ADD", { env: { CNI_IFNAME: undefined } }),
        await trial.fail("ADD", { stdin: "[" }),
        await trial.fail("ADD", { config: trial.configuration({ name: "" }) }),
        await trial.fail("ADD", { config: trial.configuration({ name: 5 }) }),
        await trial.fail("ADD", { config: trial.configuration({ cniVersion: "9.9.9" }) }),
        await trial.fail("DEL", { stdin: "" }),
        await trial.fail("FOO"),
      ];
      for (const { code, msg } of failures) {
        claim(defined.has(code) || code >= 100, `${code} is reserved, and used for "${msg}"`);
      }
    },
  },
  {
    id: "ERR-02b",
    strength: "SHOULD",
    profile: "spec",
    section,
    types: ["bridge", "trestle"],
    statement:
      "A configuration that cannot work has the code for that, 7, so that a runtime need not try again.",
    observed:
      "ADD with 10.88.0.300/24 as the subnet, which the IPAM plugin refuses: code 7, naming the value; with a right one it works.",
    run: async (trial) => {
      const config = leasedNetwork(trial, {}, { subnet: "10.88.0.300/24" });
      await trial.fail("ADD", { config }, { code: 7, naming: ["10.88.0.300/24"] });
      await trial.add({ config: leasedNetwork(trial), of: await trial.addBox("two") });
    },
  },
  {
    id: "ERR-03",
    strength: "SHOULD",
    profile: "compat",
    section: "4 Plugin delegation",
    kinds: ["interface"],
    statement: "The error of a delegated plugin keeps its code and its message.",
    observed:
      "An IPAM plugin that fails with code 11, and one with code 123: ADD fails with the same code, and with the message.",
    run: async (trial) => {
      for (const code of [11, 123]) {
        // Each in a namespace of its own: what a failed ADD leaves is another clause's matter.
        const of = await trial.addBox(`code-${code}`);
        const out = { cniVersion: trial.version, code, msg: "no luck today" };
        const ipam = await FakeIpam.install(trial, { ADD: { out, end: "exit 1" } });
        await trial.fail("ADD", { ...ipam.options, of }, { code, naming: ["no luck today"] });
      }
    },
  },
];
