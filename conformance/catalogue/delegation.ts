/** DLG: running an IPAM plugin; specification section 4, "Plugin delegation". */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import type { Behaviour } from "../node/delegate.ts";
import { claim, claimMatch, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { FakeIpam, leaseOf } from "./fake-ipam.ts";
import { claimAttached, claimDetached } from "./footprint.ts";
import { addressesIn } from "./result-parts.ts";

const section = "4 Plugin delegation";
const kinds = ["interface"] as const;

export const delegationClauses: readonly Clause[] = [
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
        const { containerId, ifname } = trial.box;
        await pass("GC", { "cni.dev/valid-attachments": [{ containerID: containerId, ifname }] });
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
  {
    id: "DLG-06",
    strength: "MUST",
    profile: "quality",
    section,
    kinds,
    statement:
      "An IPAM plugin that dies without an error object still gives an error that can be understood.",
    observed:
      "One that exits with 3 in silence, one that only uses standard error, one that prints nonsense, one that is killed: each time an error object with a code other than 0.",
    run: async (trial) => {
      const deaths: Readonly<Record<string, Behaviour>> = {
        silent: { out: "", end: "exit 3" },
        wordy: { out: "", err: "boom\n", end: "exit 1" },
        nonsense: { out: "oops", end: "exit 1" },
        killed: { out: "", end: "kill -9 $$" },
      };
      for (const [name, ADD] of Object.entries(deaths)) {
        const of = await trial.addBox(name);
        const { options } = await FakeIpam.install(trial, { ADD });
        const { code, msg } = await trial.fail("ADD", { ...options, of });
        claim(code !== 0, `the code of "${msg}" must not be 0`);
        if (name === "wordy") claimMatch("the message", msg, /boom/);
      }
    },
  },
  {
    id: "DLG-07",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    kinds,
    statement:
      "A result of the IPAM plugin that does not say its version is taken for one of the configuration's.",
    observed: "An IPAM plugin that leaves out cniVersion: ADD works, with its address.",
    run: async (trial) => {
      const { cniVersion: _version, ...out } = leaseOf(trial.version);
      const { options } = await FakeIpam.install(trial, { ADD: { out } });
      const added = await trial.add(options);
      claimSame("the addresses", addressesIn(added), ["10.88.0.2/24"]);
      await trial.succeed("DEL", { ...options, ...trial.final(added) });
      await claimDetached(trial);
    },
  },
  {
    id: "DLG-07b",
    strength: "MUST",
    profile: "quality",
    section,
    kinds,
    statement: "What the IPAM plugin prints is not believed blindly.",
    observed:
      "Success with nonsense, with a list, with two documents, with an address without a length and with an unknown version: each time an error.",
    run: async (trial) => {
      const lies = {
        nonsense: "hello",
        list: [],
        two: `${JSON.stringify(leaseOf(trial.version))}{}`,
        address: JSON.parse(
          JSON.stringify(leaseOf(trial.version)).replaceAll("10.88.0.2/24", "10.88.0.2"),
        ) as JsonObject,
        version: { ...leaseOf(trial.version), cniVersion: "7.7.7" },
      };
      for (const [name, out] of Object.entries(lies)) {
        const of = await trial.addBox(name);
        const { options } = await FakeIpam.install(trial, { ADD: { out } });
        await trial.fail("ADD", { ...options, of });
      }
      const { options } = await FakeIpam.install(trial);
      await claimAttached(trial, await trial.add(options));
    },
  },
  {
    id: "DLG-07c",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    kinds,
    statement: "null from the IPAM plugin is read like a result without anything in it.",
    observed:
      "ADD with an IPAM plugin that prints null, and with one that prints an empty object: the same error; with one that gives an address it works.",
    run: async (trial) => {
      const empty = await FakeIpam.install(trial, { ADD: { out: {} } });
      const expected = await trial.fail("ADD", empty.options);
      const nothing = await FakeIpam.install(trial, { ADD: { out: "null" } });
      const of = await trial.addBox("two");
      const { code, msg } = await trial.fail("ADD", { ...nothing.options, of });
      claimSame("code and message", { code, msg }, { code: expected.code, msg: expected.msg });
      const content = await FakeIpam.install(trial);
      const three = await trial.addBox("three");
      await claimAttached(trial, await trial.add({ ...content.options, of: three }), three);
    },
  },
  {
    id: "DLG-08",
    strength: "MUST",
    profile: "compat",
    section: "reference plugins",
    kinds,
    statement: "An IPAM plugin that gives no address at all is an error.",
    observed: "A result without addresses: ADD fails; with one it works.",
    run: async (trial) => {
      const empty = { cniVersion: trial.version, dns: {} };
      const { options } = await FakeIpam.install(trial, { ADD: { out: empty } });
      await trial.fail("ADD", options);
      const content = await FakeIpam.install(trial);
      await claimAttached(trial, await trial.add({ ...content.options, of: await trial.addBox("two") }), {
        ...trial.box,
        name: "two",
      });
    },
  },
  {
    id: "DLG-08b",
    strength: "MUST",
    profile: "quality",
    section,
    kinds,
    statement:
      "An IPAM plugin whose answer has no address may have kept something all the same: its DEL is called.",
    observed: "A result without addresses: ADD fails, and the IPAM plugin has seen ADD and DEL.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, dns: {} };
      const ipam = await FakeIpam.install(trial, { ADD: { out } });
      await trial.fail("ADD", ipam.options);
      claimSame("the commands to the IPAM plugin", ipam.commands, ["ADD", "DEL"]);
    },
  },
  {
    id: "DLG-09",
    strength: "SHOULD",
    profile: "compat",
    section: "reference plugins, bridge and ptp",
    types: ["bridge", "ptp", "trestle"],
    statement:
      "The dns of the IPAM plugin is passed on, unless the configuration has one of its own, which replaces it whole.",
    observed:
      "An IPAM plugin that gives a nameserver: it is in the result; with a domain in the configuration only that is.",
    run: async (trial) => {
      const dns = { nameservers: ["10.88.0.53"] };
      const behaviour = { ADD: { out: { ...leaseOf(trial.version), dns } } };
      const plain = await FakeIpam.install(trial, behaviour);
      claimSame("dns", (await trial.add(plain.options))["dns"], dns);
      const own = await FakeIpam.install(trial, behaviour, { dns: { domain: "example.com" } });
      const added = await trial.add({ ...own.options, of: await trial.addBox("two") });
      claimSame("dns", added["dns"], { domain: "example.com" });
    },
  },
];

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
