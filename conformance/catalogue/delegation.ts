/** DLG: running an IPAM plugin; specification section 4, "Plugin delegation". */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { claimMatch, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { delegationAnswerClauses } from "./delegation-answer.ts";
import { FakeIpam, leaseOf } from "./fake-ipam.ts";
import { claimAttached } from "./footprint.ts";
import { listKey, valid } from "./stranded.ts";

const section = "4 Plugin delegation";
const kinds = ["interface"] as const;

const callClauses: readonly Clause[] = [
  {
    id: "DLG-01",
    strength: "MUST",
    profile: "spec",
    section,
    kinds,
    statement: "An IPAM plugin that is not in CNI_PATH, or whose name is a path, is refused.",
    observed:
      "ADD with an unknown type: an error that names it; with a path to a program: an error, and the program is not run.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const unknown = "no-such-ipam-plugin";
      await trial.fail(
        "ADD",
        { ...ipam.options, config: trial.configuration({ ipam: { type: unknown } }) },
        { naming: [unknown] },
      );
      const path = "../ipam/conformance-ipam";
      await trial.fail("ADD", {
        ...ipam.options,
        of: await trial.addBox("two"),
        config: trial.configuration({ ipam: { type: path } }),
      });
      claimSame("the commands to the IPAM plugin", ipam.commands, []);
      const three = await trial.addBox("three");
      await claimAttached(trial, await trial.add({ ...ipam.options, of: three }), three);
    },
  },
  {
    id: "DLG-01b",
    strength: "MUST",
    profile: "spec",
    section,
    kinds,
    statement: "Without a folder in CNI_PATH there is no IPAM plugin to be found: an error.",
    observed:
      "ADD with an IPAM plugin and an empty CNI_PATH: an error; with its folder in it the plugin works.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      await trial.fail("ADD", { ...ipam.options, path: "" });
      claimSame("the commands to the IPAM plugin", ipam.commands, []);
      const of = await trial.addBox("two");
      await claimAttached(trial, await trial.add({ ...ipam.options, of }), of);
    },
  },
  {
    id: "DLG-02",
    strength: "MUST",
    profile: "spec",
    section,
    kinds,
    statement:
      "The IPAM plugin gets the complete configuration on standard input, with keys that the main plugin does not know.",
    observed:
      "ADD and DEL: what the IPAM plugin reads is, as JSON, what the main plugin read, runtimeConfig and args among it, and an unknown key unless the plugin refuses such with code 2.",
    run: async (trial) => {
      const changes = { runtimeConfig: { somethingNew: [1, "<&>"] }, args: { cni: { x: "y" } } };
      const unknown = { zzz: { deep: [null, 1.5, "<&>"] } };
      const isStrict = await refusesKeys(trial, unknown);
      const ipam = await FakeIpam.install(trial, {}, { ...changes, ...(isStrict ? {} : unknown) });
      const added = await trial.add(ipam.options);
      await trial.succeed("DEL", { ...ipam.options, ...trial.final(added) });
      const { previous } = trial.final(added);
      const [add, del] = ipam.calls;
      claimSame("the input of its ADD", parse(add?.input), { ...ipam.options.config });
      claimSame("the input of its DEL", parse(del?.input), {
        ...ipam.options.config,
        ...(previous === undefined ? {} : { prevResult: previous }),
      });
    },
  },
  {
    id: "DLG-03",
    strength: "MUST",
    profile: "spec",
    section,
    kinds,
    statement: "What the IPAM plugin writes to standard error comes out on the main plugin's.",
    observed:
      "An IPAM plugin that says something there and succeeds: ADD succeeds, and standard error has it.",
    run: async (trial) => {
      const behaviour = { ADD: { out: leaseOf(trial.version), err: "the range is getting full\n" } };
      const { options } = await FakeIpam.install(trial, behaviour);
      const ended = await trial.call("ADD", options);
      claimSame("the exit code", ended.exitCode, 0);
      claimMatch("standard error", ended.stderr, /the range is getting full/);
    },
  },
  {
    id: "DLG-04",
    strength: "MUST",
    profile: "spec",
    section,
    kinds,
    statement: "Every command but VERSION is passed on to the IPAM plugin.",
    observed:
      "ADD, CHECK, GC, STATUS and DEL, as far as the version has them: the IPAM plugin sees each, in order.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const { options } = ipam;
      const added = await trial.add(options);
      const expected = ["ADD"];
      const pass = async (command: string, changes: JsonObject = {}) => {
        await trial.succeed(command, { ...options, config: { ...options.config, ...changes } });
        expected.push(command);
      };
      if (trial.isAtLeast("0.4.0")) await pass("CHECK", { prevResult: added });
      if (trial.isAtLeast("1.1.0")) {
        await pass("GC", { [listKey]: valid(trial.box) });
        await pass("STATUS");
      }
      await pass("DEL");
      claimSame("the commands to the IPAM plugin", ipam.commands, expected);
    },
  },
  {
    id: "DLG-05",
    strength: "SHOULD",
    profile: "spec",
    section: "4 Plugin delegation, ADD",
    kinds,
    statement: "When the IPAM plugin's ADD fails, its DEL is called before the main plugin returns.",
    observed: "An IPAM plugin that fails: it sees ADD, then DEL.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, code: 11, msg: "half done" };
      const ipam = await FakeIpam.install(trial, { ADD: { out, end: "exit 1" } });
      await trial.fail("ADD", ipam.options);
      claimSame("the commands to the IPAM plugin", ipam.commands, ["ADD", "DEL"]);
    },
  },
];

export const delegationClauses: readonly Clause[] = [...callClauses, ...delegationAnswerClauses];

function parse(text: string | undefined): unknown {
  return JSON.parse(text ?? "null") as unknown;
}

/** Whether an ADD with these keys is refused with code 2, as a plugin may do with what it does not know. */
async function refusesKeys(trial: Trial, keys: JsonObject): Promise<boolean> {
  const ipam = await FakeIpam.install(trial, {}, keys);
  const options = { ...ipam.options, of: await trial.addBox("strict") };
  const { json } = await trial.call("ADD", options);
  // Its address is the one that the case itself gets.
  await trial.call("DEL", options);
  return isJsonObject(json) && json["code"] === 2;
}
