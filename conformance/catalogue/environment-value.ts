/** ENV-05 to 12: what a container id, an interface name and the path of a namespace may be. */
import { links } from "../node/state.ts";
import { claim } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { claimAttached, mayRemain } from "./footprint.ts";

const section = "2 Parameters";

const unusableIds = ["-x", ".x", "_x", "a/b", "a b", "a:b", "../x", "a\nb", "é"];
const unusableNames = ["sixteen-bytes-16", ".", "..", "a/b", "a:b", "a b", "a\tb"];

export const environmentValueClauses: readonly Clause[] = [
  {
    id: "ENV-05",
    strength: "MUST",
    profile: "spec",
    section,
    statement:
      "A container id starts with a letter or digit and has only letters, digits, dot, underscore and hyphen.",
    observed:
      "ADD with nine ids of other forms: code 4, nothing changed; one with every allowed character works.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const id of unusableIds) await trial.fail("ADD", { env: { CNI_CONTAINERID: id } }, { code: 4 });
      await trial.claimUnchanged("a refused ADD changed the host", before);
      await claimAttached(trial, await trial.add({ env: { CNI_CONTAINERID: "0aZ_.-9" } }));
    },
  },
  {
    id: "ENV-06",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "CNI_IFNAME must be a name that the kernel accepts for an interface.",
    observed:
      "ADD with 16 bytes, '.', '..', slash, colon, blank and tab: code 4, nothing changed; 15 bytes are accepted.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const name of unusableNames) await trial.fail("ADD", { env: { CNI_IFNAME: name } }, { code: 4 });
      await trial.claimUnchanged("a refused ADD changed the host", before);
      if (trial.isChained) return;
      const box = { ...(await trial.addBox("two")), ifname: "fifteen-bytes15" };
      await claimAttached(trial, await trial.add({ of: box }), box);
    },
  },
  {
    id: "ENV-06b",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    isVersionless: true,
    statement: "Blanks of other scripts are not accepted in CNI_IFNAME either.",
    observed:
      "ADD with a no-break space, an em space and an ideographic space in the name: code 4, nothing changed; with another character beyond ASCII it works.",
    kinds: ["interface", "loopback", "ipam"],
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const blank of ["\u00a0", "\u2003", "\u3000"]) {
        await trial.fail("ADD", { env: { CNI_IFNAME: `a${blank}b` } }, { code: 4 });
      }
      await trial.claimUnchanged("a refused ADD changed the host", before);
      const of = { ...trial.box, ifname: "net-\u00fc" };
      await claimAttached(trial, await trial.add({ of }), of);
    },
  },
  {
    id: "ENV-08",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface", "loopback"],
    statement: "CNI_NETNS is the path of a network namespace; anything else is refused.",
    observed:
      "ADD with a path that does not exist, a plain file, a folder and /dev/null: an error, nothing changed; a real one works.",
    run: async (trial) => {
      trial.node.write("/var/lib/node/plain", "no namespace");
      const before = await trial.snapshot();
      for (const path of ["/nowhere/netns", "/var/lib/node/plain", "/var/lib/node", "/dev/null"]) {
        await trial.fail("ADD", { env: { CNI_NETNS: path } });
      }
      const ignore = mayRemain(trial);
      await trial.claimUnchanged("a refused ADD changed the host", before, ignore);
      await claimAttached(trial, await trial.add());
    },
  },
  {
    id: "ENV-11",
    strength: "quirk",
    profile: "compat",
    section: "Go library, since 1.2.0",
    kinds: ["interface"],
    isVersionless: true,
    statement: "CNI_NETNS_OVERRIDE=1 lets a container have the plugin's own namespace.",
    observed:
      "ADD with the host's own namespace and the override gives a result, and the interface is there.",
    run: async (trial) => {
      const env = { CNI_NETNS: `/proc/self/ns/net`, CNI_NETNS_OVERRIDE: "1" };
      await trial.add({ env });
      claim(await hasOnHost(trial), `"${trial.box.ifname}" must be on the host`);
      await trial.call("DEL", { env });
    },
  },
  {
    id: "ENV-12",
    strength: "MUST",
    profile: "quality",
    section: "Go library, since 1.2.0",
    kinds: ["interface", "loopback"],
    statement:
      "The plugin's own namespace is refused before anything is changed: it is the host's, not a container's.",
    observed:
      "ADD and DEL with CNI_NETNS=/proc/self/ns/net: one error object, nothing changed; an ADD into a real container works after it.",
    run: async (trial) => {
      const before = await trial.snapshot();
      const env = { CNI_NETNS: "/proc/self/ns/net" };
      await trial.fail("ADD", { env });
      await trial.fail("DEL", { env });
      await trial.claimUnchanged("the host's own network was changed", before);
      await claimAttached(trial, await trial.add());
    },
  },
];

async function hasOnHost(trial: Trial): Promise<boolean> {
  return (await links(trial.node, null)).some(({ ifname }) => ifname === trial.box.ifname);
}
