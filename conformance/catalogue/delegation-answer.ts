/** DLG-06 to 09: what a plugin makes of what its IPAM plugin prints. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Behaviour } from "../node/delegate.ts";
import { claim, claimMatch, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { FakeIpam, leaseOf } from "./fake-ipam.ts";
import { claimAttached, claimDetached } from "./footprint.ts";
import { addressesIn } from "./result-parts.ts";

const section = "4 Plugin delegation";
const kinds = ["interface"] as const;

export const delegationAnswerClauses: readonly Clause[] = [
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
