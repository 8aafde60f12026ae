/** OUT: exit code and standard output; specification section 2, "Success" and "Error". */
import { isJsonObject } from "../../cni/json-object.ts";
import { claim, claimMatch, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { readError, said, type Trial } from "../suite/trial.ts";
import { claimAttached } from "./footprint.ts";
import { listed } from "./result-parts.ts";
import { listKey, valid } from "./stranded.ts";

const section = "2 Execution protocol";

/** Calls that must fail, for whatever plugin: environment, JSON, name, version. */
async function failures(trial: Trial) {
  return [
    await trial.call("ADD", { env: { CNI_CONTAINERID: undefined } }),
    await trial.call("ADD", { stdin: "{" }),
    await trial.call("ADD", { config: trial.configuration({ name: "" }) }),
    await trial.call("DEL", { config: trial.configuration({ cniVersion: "9.9.9" }) }),
    await trial.call("FOO"),
  ];
}

export const outputClauses: readonly Clause[] = [
  {
    id: "OUT-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "The exit code is 0 for a success, and any other for a failure.",
    observed: "A valid ADD and DEL exit with 0; five calls with a fault each exit with something else.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      await trial.succeed("DEL", trial.final(added));
      for (const ended of await failures(trial)) {
        claim(ended.exitCode !== 0, `a failure must not exit with 0, found ${said(ended)}`);
      }
    },
  },
  {
    id: "OUT-02",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "A successful ADD prints its result, one JSON object, and nothing else.",
    observed:
      "All of standard output of an ADD is read as one JSON value, which must be an object with cniVersion.",
    run: async (trial) => {
      const ended = await trial.call("ADD");
      claimSame("the exit code", ended.exitCode, 0);
      claim(isJsonObject(ended.json), `standard output must be one JSON object, found ${said(ended)}`);
      claimSame("its cniVersion", ended.json["cniVersion"], trial.version);
    },
  },
  {
    id: "OUT-03",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL, CHECK, GC and STATUS print nothing when they succeed.",
    observed:
      "After an ADD each of the commands that the version has: exit 0 and not one byte on standard output.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      if (trial.isAtLeast("0.4.0")) await trial.succeed("CHECK", trial.final(added));
      if (trial.isAtLeast("1.1.0")) {
        const kept = { [listKey]: valid(trial.box) };
        await trial.succeed("GC", { config: trial.configuration(kept) });
        await trial.succeed("STATUS");
      }
      await trial.succeed("DEL", trial.final(added));
    },
  },
  {
    id: "OUT-04",
    strength: "MUST",
    profile: "spec",
    section: "2 Execution protocol and 5 Error",
    statement: "A failure prints one error object, with a code and a message, on standard output.",
    observed:
      "Five calls with a fault each: standard output is one JSON object with a number code and a text msg.",
    run: async (trial) => {
      for (const ended of await failures(trial)) {
        claim(ended.exitCode !== 0, `a faulty call must fail, found ${said(ended)}`);
        readError(ended);
      }
    },
  },
  {
    id: "OUT-05",
    strength: "SHOULD",
    profile: "spec",
    section: "5 Error",
    statement: "An error object says which version it is in.",
    observed:
      "The error of an ADD with a missing variable, and of one with a bad name, has the configuration's cniVersion or another known one.",
    run: async (trial) => {
      for (const options of [
        { env: { CNI_IFNAME: undefined } },
        { config: trial.configuration({ name: "" }) },
      ]) {
        const error = await trial.fail("ADD", options);
        claimMatch("the error's cniVersion", String(error["cniVersion"]), /^(0\.[1-4]\.[01]|1\.[01]\.0)$/);
      }
    },
  },
  {
    id: "OUT-06",
    strength: "MUST",
    profile: "quality",
    section: "2 Execution protocol",
    statement: "An error can be understood from its object alone, whatever is on standard error.",
    observed:
      "Five calls with a fault each: msg has at least two words, and details, if there, is a text that is not empty.",
    run: async (trial) => {
      for (const ended of await failures(trial)) {
        const error = readError(ended);
        claimMatch("msg", error.msg, /\S\s+\S/);
        const details = error["details"];
        if (details !== undefined)
          claimMatch("details", typeof details === "string" ? details : undefined, /\S/);
      }
    },
  },
  {
    id: "OUT-07",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    isVersionless: true,
    statement: "Results and errors are indented by four spaces and end without a newline.",
    observed: "The bytes of a result and of an error.",
    run: async (trial) => {
      const failed = await trial.call("ADD", { env: { CNI_IFNAME: undefined } });
      for (const { stdout } of [await trial.call("ADD"), failed]) {
        claimSame("standard output", stdout, JSON.stringify(JSON.parse(stdout), undefined, 4));
      }
    },
  },
  {
    id: "OUT-08",
    strength: "quirk",
    profile: "compat",
    section: "Go library, since 1.2.1",
    since: "1.0.0",
    statement: "The keys of a result come in alphabetical order, and an empty dns is left out.",
    observed: "The order of the result's keys, and of the keys of its addresses.",
    run: async (trial) => {
      const added = await trial.add();
      for (const object of [added, ...listed(added, "ips")]) {
        claimSame("the order of keys", Object.keys(object), Object.keys(object).toSorted());
      }
      claim(JSON.stringify(added["dns"]) !== "{}", "an empty dns must be left out");
    },
  },
  {
    id: "OUT-09",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON encoder",
    isVersionless: true,
    statement: "The characters <, > and & are escaped in what is printed.",
    observed: 'The bytes of an error that quotes the container id "<&>": without the characters themselves.',
    run: async (trial) => {
      await trial.fail("ADD", { env: { CNI_CONTAINERID: "<&>" } }, { code: 4, naming: ["<&>"] });
      const { stdout } = await trial.call("ADD", { env: { CNI_CONTAINERID: "<&>" } });
      claim(!/[<>&]/.test(stdout), `they must be escaped, found ${stdout}`);
    },
  },
  {
    id: "OUT-10",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface", "loopback"],
    statement: "There is never more than one document: a failure prints no result.",
    observed:
      "ADD into the plugin's own namespace, which may be refused late: all of standard output is one error object, or with exit 0 one result.",
    run: async (trial) => {
      await claimAttached(trial, await trial.add());
      const ended = await trial.call("ADD", { env: { CNI_NETNS: "/proc/self/ns/net" } });
      if (ended.exitCode !== 0) readError(ended);
      else claim(isJsonObject(ended.json), `standard output must be one JSON object, found ${said(ended)}`);
    },
  },
  {
    id: "OUT-11",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    isVersionless: true,
    statement: "Started without CNI_COMMAND a plugin tells people its version and the protocol's versions.",
    observed:
      "Nothing on standard output, exit 0, and on standard error the two lines that packaging tests read.",
    run: async (trial) => {
      const { exitCode, stdout, stderr } = await trial.call("", { env: { CNI_COMMAND: undefined } });
      claimSame("the exit code", exitCode, 0);
      claimSame("standard output", stdout, "");
      claimMatch("standard error", stderr, /^CNI \S+ plugin \S+/m);
      claimMatch("standard error", stderr, /^CNI protocol versions supported: .*\b\d+\.\d+\.\d+/m);
    },
  },
];
