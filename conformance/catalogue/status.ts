/** STA: could an ADD be served; specification section 2, "STATUS". */
import { claim } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { bridgeName } from "./bridge-network.ts";
import { codesBefore } from "./early-command.ts";
import { FakeIpam } from "./fake-ipam.ts";
import { claimAttached, claimDetached } from "./footprint.ts";
import { leasedNetwork, leasingTypes } from "./leased-network.ts";

const section = "2 STATUS";
const since = "1.1.0";
/** No ADD can be served; and existing containers may be impaired as well: section 2 "STATUS". */
const notReady = [50, 51];

export const statusClauses: readonly Clause[] = [
  {
    id: "STA-01",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "STATUS succeeds silently when an ADD can be served.",
    observed: "STATUS before and after an ADD that succeeds.",
    run: async (trial) => {
      await trial.succeed("STATUS");
      await claimAttached(trial, await trial.add());
      await trial.succeed("STATUS");
    },
  },
  {
    id: "STA-02",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    types: leasingTypes,
    statement: "STATUS fails with code 50 or 51 when an ADD cannot be served.",
    observed:
      "A range of one address: STATUS succeeds; after the ADD that takes it STATUS is 50 or 51, and an ADD fails indeed; after DEL it succeeds.",
    run: async (trial) => {
      const config = leasedNetwork(trial, {}, { subnet: "10.88.0.0/30" });
      await trial.succeed("STATUS", { config });
      const added = await trial.add({ config });
      await trial.fail("STATUS", { config }, { code: notReady });
      await trial.fail("ADD", { of: await trial.addBox("two"), config });
      await trial.succeed("DEL", { config, previous: added });
      await trial.succeed("STATUS", { config });
    },
  },
  {
    id: "STA-02b",
    strength: "SHOULD",
    profile: "quality",
    section,
    since,
    types: ["bridge", "trestle"],
    statement: "STATUS tells when the bridge's name belongs to something else.",
    observed:
      "A link of that name that is no bridge: STATUS is 50 or 51 and names it, and an ADD fails indeed.",
    run: async (trial) => {
      const config = leasedNetwork(trial);
      await trial.succeed("STATUS", { config });
      await trial.node.run("ip", ["link", "add", bridgeName, "type", "veth", "peer", "name", "other"]);
      await trial.fail("STATUS", { config }, { code: notReady, naming: [bridgeName] });
      await trial.fail("ADD", { config });
    },
  },
  {
    id: "STA-02c",
    strength: "SHOULD",
    profile: "quality",
    section,
    since,
    types: leasingTypes,
    statement: "STATUS tells when leases cannot be kept.",
    observed:
      "A plain file where the folder of leases should be: STATUS is 50 or 51, and an ADD fails indeed.",
    run: async (trial) => {
      await trial.succeed("STATUS", { config: leasedNetwork(trial) });
      trial.node.write("/var/lib/node/plain", "no folder");
      const config = leasedNetwork(trial, {}, { dataDir: "/var/lib/node/plain" });
      await trial.fail("STATUS", { config }, { code: notReady });
      await trial.fail("ADD", { config });
    },
  },
  {
    id: "STA-03",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    kinds: ["interface"],
    statement: "The other commands are served whatever STATUS says.",
    observed: "An IPAM plugin whose STATUS fails: STATUS fails, and ADD, CHECK and DEL succeed.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, code: 50, msg: "out for lunch" };
      const { options } = await FakeIpam.install(trial, { STATUS: { out, end: "exit 1" } });
      await trial.fail("STATUS", options);
      const added = await trial.add(options);
      await trial.succeed("CHECK", { ...options, previous: added });
      await trial.succeed("DEL", { ...options, previous: added });
      await claimDetached(trial);
    },
  },
  {
    id: "STA-04",
    strength: "MUST",
    profile: "spec",
    section: "4 Plugin delegation, STATUS",
    since,
    kinds: ["interface"],
    statement: "STATUS is passed on to the IPAM plugin, and its error is the plugin's error.",
    observed:
      "An IPAM plugin whose STATUS fails with 50, then with 51: STATUS fails with the same code and message; when it succeeds, STATUS does.",
    run: async (trial) => {
      for (const code of notReady) {
        const out = { cniVersion: trial.version, code, msg: `out for lunch ${code}` };
        const { options } = await FakeIpam.install(trial, { STATUS: { out, end: "exit 1" } });
        await trial.fail("STATUS", options, { code, naming: [`out for lunch ${code}`] });
      }
      const content = await FakeIpam.install(trial);
      await trial.succeed("STATUS", content.options);
      claim(content.commands.includes("STATUS"), "the IPAM plugin must be asked");
    },
  },
  {
    id: "STA-05",
    strength: "MUST",
    profile: "spec",
    section: "Version considerations",
    until: "1.0.0",
    statement: "STATUS came with 1.1.0: in earlier versions it is refused with code 1.",
    observed:
      "STATUS with a configuration that an ADD is served with: code 1; from a plugin that speaks no version with STATUS also 4, an unknown command.",
    run: async (trial) => {
      await trial.fail("STATUS", {}, { code: await codesBefore(trial, since) });
      await claimAttached(trial, await trial.add());
    },
  },
  {
    id: "STA-06",
    strength: "MUST",
    profile: "quality",
    section,
    since,
    statement: "STATUS changes nothing.",
    observed:
      "Snapshots around a STATUS on a fresh host, and around one with an attachment; the ADD between them works.",
    run: async (trial) => {
      const fresh = await trial.snapshot();
      await trial.succeed("STATUS");
      await trial.claimUnchanged("STATUS changed a fresh host", fresh);
      await claimAttached(trial, await trial.add());
      const used = await trial.snapshot();
      await trial.succeed("STATUS");
      await trial.claimUnchanged("STATUS changed the host", used);
    },
  },
  {
    id: "STA-07",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "STATUS is asked without an attachment, and without what the runtime adds for one.",
    observed:
      "STATUS with no variable but CNI_COMMAND and CNI_PATH, and no prevResult or runtimeConfig, succeeds; so does the ADD after it.",
    run: async (trial) => {
      const names = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS"];
      const env = Object.fromEntries(names.map((name) => [name, undefined]));
      await trial.succeed("STATUS", { env, previous: undefined });
      await claimAttached(trial, await trial.add());
    },
  },
];
