/** LOO: the plugin loopback, which brings `lo` up. */
import { addressTexts, link } from "../node/state.ts";
import { claim, claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { destroy, isLoopbackUp } from "./footprint.ts";
import { loopbackResultClauses } from "./loopback-result.ts";

const types = ["loopback"] as const;
const documentation = "loopback documentation";
const reference = "reference loopback";

async function claimUp(trial: Trial): Promise<void> {
  claim(await isLoopbackUp(trial, trial.box), '"lo" must be up in the container');
}

async function claimDown(trial: Trial, when: string): Promise<void> {
  claim(!(await isLoopbackUp(trial, trial.box)), `"lo" must be down in the container ${when}`);
}

/** As CNI_NETNS: the namespace that the plugin is started in. */
const ownNamespace = "/proc/self/ns/net";

export const loopbackClauses: readonly Clause[] = [
  {
    id: "LOO-01",
    types,
    strength: "MUST",
    profile: "compat",
    section: documentation,
    needs: ["ping"],
    statement: "ADD brings lo up in the container, so that its programs reach each other.",
    observed: "lo is down; ADD; lo is up and 127.0.0.1 answers inside.",
    run: async (trial) => {
      await claimDown(trial, "before ADD");
      await trial.add();
      await claimUp(trial);
      const { received, output } = await trial.node.ping(trial.box.name, "127.0.0.1");
      claim(received === 1, `127.0.0.1 must answer in the container: ${output}`);
    },
  },
  {
    id: "LOO-02",
    types,
    strength: "MUST",
    profile: "compat",
    section: documentation,
    statement: "ADD acts on lo, whatever CNI_IFNAME says.",
    observed: "A link eth0 that is down is there too; ADD with CNI_IFNAME eth0: lo is up, eth0 stays down.",
    run: async (trial) => {
      const { name } = trial.box;
      await trial.node.run("ip", [
        "-n",
        name,
        "link",
        "add",
        "eth0",
        "type",
        "veth",
        "peer",
        "name",
        "other",
      ]);
      await trial.add();
      await claimUp(trial);
      const { flags } = await link(trial.node, name, "eth0");
      claim(!flags.includes("UP"), '"eth0" must stay down');
    },
  },
  ...loopbackResultClauses,
  {
    id: "LOO-05a",
    types,
    strength: "MUST",
    profile: "compat",
    section: reference,
    statement: "ADD refuses a lo that has an address of another kind, and names it.",
    observed: "ADD works; with 10.7.0.1 on lo it fails and names it.",
    run: async (trial) => {
      await trial.add();
      await trial.node.run("ip", ["-n", trial.box.name, "addr", "add", "10.7.0.1/32", "dev", "lo"]);
      const naming = ["loopback interface found with non-loopback address", "10.7.0.1"];
      await trial.fail("ADD", {}, { naming });
    },
  },
  {
    id: "LOO-05b",
    types,
    strength: "SHOULD",
    profile: "quality",
    section: reference,
    statement: "An ADD that is refused for an address on lo leaves lo down.",
    observed: "10.7.0.1 is on lo: ADD fails and lo is down; without it ADD works.",
    run: async (trial) => {
      const { name } = trial.box;
      await trial.node.run("ip", ["-n", name, "addr", "add", "10.7.0.1/32", "dev", "lo"]);
      await trial.fail("ADD");
      await claimDown(trial, "after the failure");
      await trial.node.run("ip", ["-n", name, "addr", "del", "10.7.0.1/32", "dev", "lo"]);
      await trial.add();
      await claimUp(trial);
    },
  },
  {
    id: "LOO-05c",
    types,
    strength: "SHOULD",
    profile: "compat",
    section: reference,
    statement: "Other addresses of the host itself, of 127.0.0.0/8, may be on lo.",
    observed: "127.0.0.53 is on lo: ADD works and leaves it there.",
    run: async (trial) => {
      const { name } = trial.box;
      await trial.node.run("ip", ["-n", name, "addr", "add", "127.0.0.53/32", "dev", "lo"]);
      await trial.add();
      await claimUp(trial);
      const addresses = await addressTexts(trial.node, name, "lo");
      claim(addresses.includes("127.0.0.53/32"), `lo must keep 127.0.0.53/32, found ${show(addresses)}`);
    },
  },
  {
    id: "LOO-06",
    types,
    strength: "MUST",
    profile: "compat",
    section: reference,
    statement: "ADD works where lo is up already, because runtimes bring it up as well.",
    observed: "ADD twice: the same result, lo is up.",
    run: async (trial) => {
      const first = await trial.add();
      claimSame("the second result", await trial.add(), first);
      await claimUp(trial);
    },
  },
  {
    id: "LOO-07",
    types,
    strength: "SHOULD",
    profile: "compat",
    section: reference,
    statement: "loopback does not read CNI_ARGS.",
    observed: "ADD and DEL with CNI_ARGS that is no list of pairs: lo is up, then down.",
    run: async (trial) => {
      await trial.add({ args: "none" });
      await claimUp(trial);
      await trial.succeed("DEL", { args: "none" });
      await claimDown(trial, "after DEL");
    },
  },
  {
    id: "LOO-08",
    types,
    strength: "MUST",
    profile: "compat",
    section: documentation,
    statement: "DEL takes lo down.",
    observed: "ADD, then DEL three times: lo is down after each.",
    run: async (trial) => {
      await trial.add();
      for (let time = 1; time <= 3; time++) {
        await trial.succeed("DEL");
        await claimDown(trial, "after DEL");
      }
    },
  },
  {
    id: "LOO-09",
    types,
    strength: "SHOULD",
    profile: "spec",
    section: "2 DEL",
    statement: "DEL succeeds when the namespace is gone, and when CNI_NETNS is not set.",
    observed: "ADD; DEL without CNI_NETNS; the namespace is removed; DEL with its path.",
    run: async (trial) => {
      await trial.add();
      await claimUp(trial);
      await trial.succeed("DEL", { env: { CNI_NETNS: undefined } });
      await destroy(trial, trial.box);
      await trial.succeed("DEL");
    },
  },
  {
    id: "LOO-09b",
    types,
    strength: "SHOULD",
    profile: "quality",
    section: "2 CHECK",
    since: "0.4.0",
    statement: "CHECK tells when prevResult is missing or is not a result.",
    observed:
      "After an ADD: CHECK without prevResult, with a number, a text and a list fails with one error object; with its result it succeeds.",
    run: async (trial) => {
      const added = await trial.add();
      for (const prevResult of [undefined, 5, "text", []]) {
        await trial.fail("CHECK", { config: trial.configuration({ prevResult }) });
      }
      await trial.succeed("CHECK", { previous: added });
    },
  },
  {
    id: "LOO-10",
    types,
    strength: "MUST",
    profile: "quality",
    section: reference,
    statement: "A DEL whose CNI_NETNS leads to the host's own namespace leaves the host's lo up.",
    observed:
      "ADD of a container works; DEL with CNI_NETNS of the plugin itself: lo of the host is up, whatever DEL says.",
    run: async (trial) => {
      await trial.add();
      await claimUp(trial);
      await trial.call("DEL", { env: { CNI_NETNS: ownNamespace } });
      const { flags } = await link(trial.node, null, "lo");
      claim(flags.includes("UP"), "lo of the host must stay up");
    },
  },
  {
    id: "LOO-11",
    types,
    strength: "MUST",
    profile: "quality",
    section: reference,
    statement: "ADD and DEL touch nothing but lo of the container.",
    observed: "Snapshots before ADD and after DEL, where lo keeps the address that the kernel gave it.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await trial.add();
      await claimUp(trial);
      await trial.succeed("DEL");
      await trial.claimUnchanged("DEL left something", before, [
        /^. namespaces \/ one \/ .*[ /](lo|::1|127\.0\.0\.[01])[ /:]/,
      ]);
    },
  },
];
