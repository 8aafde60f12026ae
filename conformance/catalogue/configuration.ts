/** CFG: the configuration on standard input; specification section 1. */
import { isJsonObject } from "../../cni/json-object.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimAttached, claimDetached } from "./footprint.ts";

const section = "1 Network configuration format";

export const configurationClauses: readonly Clause[] = [
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
  {
    id: "CFG-09a",
    strength: "MUST",
    profile: "compat",
    section: "Go's JSON decoder",
    statement: "Keys are matched in whatever case they come.",
    observed: 'ADD with "CNIVERSION", "Name" and "Type" works in the version that was asked for.',
    run: async (trial) => {
      const { cniVersion, name, type, ...others } = trial.configuration();
      const ended = await trial.call("ADD", {
        config: { CNIVERSION: cniVersion, Name: name, Type: type, ...others },
      });
      claimSame("the exit code", ended.exitCode, 0);
      claim(isJsonObject(ended.json), "a successful ADD must print one JSON object");
      claimSame("the result's cniVersion", ended.json["cniVersion"], trial.version);
    },
  },
  {
    id: "CFG-09b",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON decoder",
    statement: "Of a key that comes twice the last one counts.",
    observed:
      "ADD with an unknown cniVersion before the right one works; the other way round it is refused with code 1.",
    run: async (trial) => {
      const { cniVersion, ...others } = trial.configuration(
        trial.isChained ? { prevResult: trial.previousOf() } : {},
      );
      const rest = JSON.stringify(others).slice(1);
      const [right, wrong] = [`"cniVersion":"${String(cniVersion)}"`, '"cniVersion":"9.9.9"'];
      await trial.fail("ADD", { stdin: `{${right},${wrong},${rest}` }, { code: 1 });
      const ended = await trial.call("ADD", { stdin: `{${wrong},${right},${rest}` });
      claimSame("the exit code", ended.exitCode, 0);
      claim(isJsonObject(ended.json), "a successful ADD must print one JSON object");
    },
  },
  {
    id: "CFG-09c",
    strength: "MUST",
    profile: "compat",
    section: "Go's JSON decoder",
    statement: "null means the same as a key that is not there.",
    observed:
      'ADD with null for "args", "runtimeConfig", "dns" and "capabilities" works; null for the name is refused with code 7.',
    run: async (trial) => {
      const config = trial.configuration({ args: null, runtimeConfig: null, dns: null, capabilities: null });
      await claimAttached(trial, await trial.add({ config }));
      await trial.fail("ADD", { config: trial.configuration({ name: null }) }, { code: 7 });
    },
  },
  {
    id: "CFG-09d",
    strength: "MUST",
    profile: "quality",
    section: "Go's JSON decoder",
    isVersionless: true,
    statement: "A value of the wrong JSON type is refused before anything happens.",
    observed:
      'ADD with a number for "name" and for "cniVersion", and a list for "name": an error, nothing changed.',
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const change of [{ name: 5 }, { cniVersion: 1 }, { name: ["a"] }]) {
        await trial.fail("ADD", { config: trial.configuration(change) });
      }
      await trial.claimUnchanged("a refused ADD changed the host", before);
    },
  },
  {
    id: "CFG-09e",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON decoder",
    types: ["bridge", "trestle"],
    isVersionless: true,
    statement: "A whole number must be written as one: no text, no fraction, no exponent, in range.",
    observed: 'ADD with "mtu" as "1500", 1500.5, 1e30 and -1e30: refused; with 1400 it works.',
    run: async (trial) => {
      for (const mtu of ['"1500"', "1500.5", "1e30", "-1e30"]) {
        const stdin = JSON.stringify(trial.configuration({ mtu: "MTU" })).replace('"MTU"', mtu);
        await trial.fail("ADD", { stdin });
      }
      await claimAttached(trial, await trial.add({ config: trial.configuration({ mtu: 1400 }) }));
    },
  },
  {
    id: "CFG-09f",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON decoder",
    types: ["bridge", "trestle"],
    isVersionless: true,
    statement: "A whole number with a fraction of zero is refused.",
    observed: 'ADD with "mtu": 1400.0 is refused, with 1400 it works.',
    run: async (trial) => {
      const stdin = JSON.stringify(trial.configuration({ mtu: "MTU" }));
      await trial.fail("ADD", { stdin: stdin.replace('"MTU"', "1400.0") });
      await trial.add({ stdin: stdin.replace('"MTU"', "1400") });
    },
  },
  {
    id: "CFG-10",
    strength: "MUST",
    profile: "compat",
    section: "host-local",
    types: ["host-local"],
    statement: "Addresses are read in every usual spelling and printed in the canonical one of RFC 5952.",
    observed:
      "A range with an IPv6 subnet in upper case and long form: the result has the short lower-case form; 10.88.00.0/24 is refused.",
    run: async (trial) => {
      const subnet = "FD00:0088:0000:0000:0000:0000:0000:0000/64";
      const added = await trial.add({ config: trial.withIpam({ subnet }) });
      claim(
        JSON.stringify(added).includes('"fd00:88::2/64"'),
        "the address must be printed as fd00:88::2/64",
      );
      await trial.fail("ADD", {
        of: await trial.addBox("two"),
        config: trial.withIpam({ subnet: "10.88.00.0/24" }),
      });
    },
  },
  {
    id: "CFG-11",
    strength: "MUST",
    profile: "compat",
    section: "bridge",
    types: ["bridge", "trestle"],
    statement: "MAC addresses are read with colons, hyphens or dots, and printed with colons in lower case.",
    observed:
      'runtimeConfig.mac as "02-00-5E-10-00-0A" and as "0200.5e10.000b": the container and the result have it with colons.',
    since: "0.3.0",
    run: async (trial) => {
      const spellings = {
        two: ["02-00-5E-10-00-0A", "02:00:5e:10:00:0a"],
        three: ["0200.5e10.000b", "02:00:5e:10:00:0b"],
      };
      for (const [name, [given, printed]] of Object.entries(spellings)) {
        const of = await trial.addBox(name);
        const added = await trial.add({ of, config: trial.configuration({ runtimeConfig: { mac: given } }) });
        claim(
          JSON.stringify(added).includes(`"${printed}"`),
          `the result must have the MAC address ${printed}`,
        );
        const { stdout } = await trial.node.inNamespace(
          name,
          "cat",
          [`/sys/class/net/${of.ifname}/address`],
          { allowFailure: true },
        );
        const { stdout: shown } = await trial.node.inNamespace(name, "ip", [
          "link",
          "show",
          "dev",
          of.ifname,
        ]);
        claim(
          `${stdout} ${shown}`.includes(String(printed)),
          `the container's interface must have ${printed}`,
        );
      }
    },
  },
];
