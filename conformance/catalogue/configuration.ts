/** CFG: the configuration on standard input; specification section 1. */
import { isJsonObject } from "../../cni/json-object.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { configurationJsonClauses } from "./configuration-json.ts";
import { configurationSpellingClauses } from "./configuration-spelling.ts";
import { claimAttached, claimDetached } from "./footprint.ts";

const section = "1 Network configuration format";

const inputClauses: readonly Clause[] = [
  {
    id: "CFG-01",
    strength: "MUST",
    profile: "spec",
    section,
    isVersionless: true,
    statement: "Standard input is one JSON object.",
    observed:
      "ADD with nothing, half an object, a list, null, a text, two objects and bytes that are no text: code 6 (null may be 7), nothing changed.",
    run: async (trial) => {
      const before = await trial.snapshot();
      const whole = JSON.stringify(trial.configuration());
      for (const stdin of ["", "{", "[]", '"text"', "not json", whole.slice(0, -1), `${whole}${whole}`]) {
        await trial.fail("ADD", { stdin }, { code: 6 });
      }
      await trial.fail("ADD", { stdin: Uint8Array.of(0xff, 0xfe, 0x00) }, { code: 6 });
      await trial.fail("ADD", { stdin: "null" }, { code: [6, 7] });
      await trial.claimUnchanged("a refused ADD changed the host", before);
    },
  },
  {
    id: "CFG-02",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "A configuration has a name, of the same characters as a container id.",
    observed:
      "ADD without a name, with an empty one and with six that are malformed: code 7, nothing changed.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const name of [undefined, "", "-x", "a/b", "../x", "a b", ".hidden", "a\u0000b"]) {
        await trial.fail("ADD", { config: trial.configuration({ name }) }, { code: 7 });
      }
      await trial.claimUnchanged("a refused ADD changed the host", before);
    },
  },
  {
    id: "CFG-03",
    strength: "MUST",
    profile: "spec",
    section,
    until: "0.1.0",
    kinds: ["interface", "ipam", "chained"],
    statement: "A configuration without cniVersion, or with an empty one, means 0.1.0.",
    observed: "ADD without cniVersion: a result with ip4, without ips or interfaces.",
    run: async (trial) => {
      for (const [name, cniVersion] of Object.entries({ two: undefined, three: "" })) {
        const of = await trial.addBox(name);
        const ended = await trial.call("ADD", { of, config: trial.configuration({ cniVersion }) });
        claimSame("the exit code", ended.exitCode, 0);
        claim(isJsonObject(ended.json), "a successful ADD must print one JSON object");
        const { ip4, ips, interfaces } = ended.json;
        claim(isJsonObject(ip4), 'the result must have the shape of 0.1.0, with "ip4"');
        claim(
          ips === undefined && interfaces === undefined,
          'the result must have no "ips" and no "interfaces"',
        );
      }
    },
  },
  {
    id: "CFG-04",
    strength: "MUST",
    profile: "spec",
    section: "Version considerations",
    isVersionless: true,
    statement: "A version that the plugin does not speak is refused with code 1.",
    observed:
      'ADD and DEL with cniVersion "9.9.9", "1.0", "v1.0.0" and "1.1.0 ": code 1 naming the version, nothing changed.',
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const cniVersion of ["9.9.9", "1.0", "v1.0.0", "1.1.0 "]) {
        for (const command of ["ADD", "DEL"]) {
          const config = trial.configuration({ cniVersion });
          await trial.fail(command, { config }, { code: 1, naming: [cniVersion.trim()] });
        }
      }
      await trial.claimUnchanged("a refused call changed the host", before);
    },
  },
  {
    id: "CFG-05",
    strength: "MAY",
    profile: "compat",
    section,
    statement: "Keys that the plugin does not know are passed over, as all reference plugins do.",
    observed:
      "ADD with an unknown key of each JSON type works. Refusing with code 2 that names the key would conform as well.",
    run: async (trial) => {
      const config = trial.configuration({
        zzz: 1,
        "x-list": [null, {}],
        "x-object": { a: "b" },
        "x-flag": true,
      });
      await claimAttached(trial, await trial.add({ config }));
    },
  },
  {
    id: "CFG-06",
    strength: "MUST",
    profile: "spec",
    section: "1 Network configuration format, reserved keys",
    statement: "Keys that belong to the runtime are no fault of a configuration.",
    observed:
      'ADD with "capabilities", "runtimeConfig" and "args" that say nothing to the plugin, and with a key below "cni.dev/" works.',
    run: async (trial) => {
      const config = trial.configuration({
        capabilities: { portMappings: true, somethingNew: true },
        runtimeConfig: { somethingNew: { a: 1 } },
        args: { labels: [{ key: "app", value: "web" }], cni: { somethingNew: "x" } },
        "cni.dev/attachments": [],
        "cni.dev/something-new": 1,
      });
      const added = await trial.add({ config });
      await claimAttached(trial, added);
      await trial.succeed("DEL", { config, ...trial.final(added) });
      await claimDetached(trial);
    },
  },
  {
    id: "CFG-07",
    strength: "SHOULD",
    profile: "spec",
    section: "1 Network configuration format, well-known keys",
    kinds: ["interface"],
    statement: 'The well-known key "dns" of a configuration ends up in the result.',
    observed: "ADD with nameservers, domain, search and options: the result's dns has the four.",
    run: async (trial) => {
      const dns = {
        nameservers: ["10.88.0.53"],
        domain: "example.com",
        search: ["a.example.com"],
        options: ["ndots:2"],
      };
      const added = await trial.add({ config: trial.configuration({ dns }) });
      claimSame("the result's dns", added["dns"], dns);
    },
  },
  {
    id: "CFG-08",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    isVersionless: true,
    statement: "Of several faults the earlier one is told: variables, JSON, name, version.",
    observed:
      "ADD with two faults at a time: bad id before bad JSON, bad JSON before all of the configuration, name before version.",
    run: async (trial) => {
      await trial.fail("ADD", { env: { CNI_CONTAINERID: "a/b" }, stdin: "{" }, { code: 4 });
      await trial.fail("ADD", { stdin: '{"name": "a/b"' }, { code: 6 });
      await trial.fail(
        "ADD",
        { config: trial.configuration({ name: "a/b", cniVersion: "9.9.9" }) },
        { code: 7 },
      );
    },
  },
  {
    id: "CFG-08b",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    isVersionless: true,
    statement: "An unknown command is only told after the configuration was read.",
    observed: "The command FOO with bad JSON: code 6; with a good configuration: code 4.",
    run: async (trial) => {
      await trial.fail("FOO", {}, { code: 4 });
      await trial.fail("FOO", { stdin: "{" }, { code: 6 });
    },
  },
];

/** In the order of their numbers. */
export const configurationClauses: readonly Clause[] = [
  ...inputClauses,
  ...configurationJsonClauses,
  ...configurationSpellingClauses,
];
