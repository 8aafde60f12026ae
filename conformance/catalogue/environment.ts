/** ENV: parameters in the environment; specification section 2, "Parameters". */
import { delegateFolder, installDelegate } from "../node/delegate.ts";
import { links } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { FakeIpam, fakeIpamType, leaseOf } from "./fake-ipam.ts";
import { claimAttached, claimDetached, mayRemain } from "./footprint.ts";

const section = "2 Parameters";

/** Variables that a command cannot do without, in the order in which the Go library lists them. */
const required = {
  ADD: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  CHECK: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
} as const;

/** Commands with parameters that the trial's version has. */
function commandsOf(trial: Trial): readonly (keyof typeof required)[] {
  return trial.isAtLeast("0.4.0") ? ["ADD", "CHECK", "DEL"] : ["ADD", "DEL"];
}

const unusableIds = ["-x", ".x", "_x", "a/b", "a b", "a:b", "../x", "a\nb", "é"];
const unusableNames = ["sixteen-bytes-16", ".", "..", "a/b", "a:b", "a b", "a\tb"];

export const environmentClauses: readonly Clause[] = [
  {
    id: "ENV-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "CNI_COMMAND says what to do; a command that the plugin does not know is refused.",
    observed:
      "FOO, add in lower case and ADD with a blank behind it, with everything else in order: code 4, nothing changed.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const command of ["FOO", "add", "ADD "]) await trial.fail(command, {}, { code: 4 });
      await trial.claimUnchanged("a refused command changed the host", before);
    },
  },
  {
    id: "ENV-02",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "A command whose required variable is not set is refused, naming the variable.",
    observed:
      "ADD, CHECK and DEL with each required variable unset, then empty: code 4 and its name, nothing changed.",
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const command of commandsOf(trial)) {
        for (const name of required[command]) {
          for (const value of [undefined, ""]) {
            await trial.fail(command, { env: { [name]: value } }, { code: 4, naming: [name] });
          }
        }
      }
      await trial.claimUnchanged("a refused command changed the host", before);
    },
  },
  {
    id: "ENV-02b",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL needs no namespace: CNI_NETNS may be empty or not set at all.",
    observed: "ADD, then DEL without CNI_NETNS, then again with it empty: both succeed; leases are gone.",
    kinds: ["interface", "ipam", "chained"],
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      for (const value of [undefined, ""]) {
        await trial.succeed("DEL", { ...trial.final(added), env: { CNI_NETNS: value } });
      }
      if (trial.subject.kind === "ipam") await claimDetached(trial);
    },
  },
  {
    id: "ENV-02c",
    strength: "MUST",
    profile: "spec",
    section,
    since: "1.1.0",
    statement: "GC and STATUS need no attachment: container id, namespace and interface name may be missing.",
    observed:
      "GC and STATUS with only CNI_COMMAND and CNI_PATH succeed silently, and an ADD after them works.",
    run: async (trial) => {
      const env = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined };
      await trial.succeed("GC", { env, config: trial.configuration({ "cni.dev/valid-attachments": [] }) });
      await trial.succeed("STATUS", { env });
      await claimAttached(trial, await trial.add());
    },
  },
  {
    id: "ENV-03",
    strength: "MUST",
    profile: "spec",
    section: "5 Error",
    statement: "All variables that are missing are told in one error.",
    observed:
      "ADD without container id, namespace and interface name: one error of code 4 that names the three.",
    run: async (trial) => {
      const env = Object.fromEntries(required.ADD.map((name) => [name, undefined]));
      await trial.fail("ADD", { env }, { code: 4, naming: required.ADD });
    },
  },
  {
    id: "ENV-04",
    strength: "quirk",
    profile: "compat",
    section,
    statement:
      "Without CNI_PATH a plugin either works, where it needs no other, or says that the variable is missing.",
    observed: "ADD without CNI_PATH: a result, or code 4 that names CNI_PATH.",
    run: async (trial) => {
      const options = { env: { CNI_PATH: undefined } };
      const ended = await trial.call("ADD", options);
      if (ended.exitCode === 0)
        await claimAttached(trial, await trial.add({ of: await trial.addBox("two"), ...options }));
      else await trial.fail("ADD", options, { code: 4, naming: ["CNI_PATH"] });
    },
  },
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
    id: "ENV-07",
    strength: "quirk",
    profile: "compat",
    section,
    since: "1.1.0",
    statement: "Only the variables that a command needs are looked at.",
    observed:
      "GC with an impossible interface name and container id succeeds; ADD with these two is refused.",
    run: async (trial) => {
      const env = { CNI_IFNAME: "a/b", CNI_CONTAINERID: "-" };
      await trial.succeed("GC", { env, config: trial.configuration({ "cni.dev/valid-attachments": [] }) });
      await trial.fail("ADD", { env }, { code: 4 });
    },
  },
  {
    id: "ENV-07b",
    strength: "quirk",
    profile: "compat",
    section,
    isVersionless: true,
    statement: "A malformed variable is told before missing ones.",
    observed:
      "ADD with a bad container id and without an interface name: code 4, and the message is about the id alone.",
    run: async (trial) => {
      const env = { CNI_CONTAINERID: "a/b", CNI_IFNAME: undefined };
      const error = await trial.fail("ADD", { env }, { code: 4, naming: ["a/b"] });
      claim(
        !error.msg.includes("CNI_IFNAME"),
        `the message must be about the id alone, found "${error.msg}"`,
      );
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
    id: "ENV-09",
    strength: "MAY",
    profile: "spec",
    section,
    statement: "CNI_ARGS may be empty.",
    observed: "ADD and DEL with CNI_ARGS set to nothing work.",
    run: async (trial) => {
      const added = await trial.add({ args: "" });
      await claimAttached(trial, added);
      await trial.succeed("DEL", { args: "", ...trial.final(added) });
      await claimDetached(trial);
    },
  },
  {
    id: "ENV-10",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface"],
    statement: "CNI_PATH is a list of folders, searched in order for delegated plugins.",
    observed:
      "Two folders with an IPAM plugin of one name: the first one's address is used; as the only one, the second's; a link to a program counts.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const other = "/var/lib/node/other";
      await installDelegate(
        trial.node,
        fakeIpamType,
        { ADD: { out: leaseOf(trial.version, [], "10.88.0.99") } },
        other,
      );
      // The second folder has a link to the program; what tells the program how to behave lies beside either name.
      for (const name of [fakeIpamType, `${fakeIpamType}.d`]) {
        await trial.node.run("ln", ["-s", `${other}/${name}`, `/var/lib/node/${name}`]);
      }
      const paths = {
        "10.88.0.2": `/nowhere:${delegateFolder}:${other}`,
        "10.88.0.99": `/var/lib/node:${delegateFolder}`,
      };
      for (const [address, path] of Object.entries(paths)) {
        const added = await trial.add({ ...ipam.options, path });
        claim(
          JSON.stringify(added).includes(`"${address}/24"`),
          `the first plugin in ${path} must be used for ${address}`,
        );
        await trial.succeed("DEL", { ...ipam.options, path, ...trial.final(added) });
      }
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
  {
    id: "ENV-13",
    strength: "SHOULD",
    profile: "spec",
    section: "4 Plugin delegation",
    kinds: ["interface"],
    statement: "A delegated plugin gets the environment of the plugin that runs it.",
    observed: "An IPAM plugin sees every CNI_* variable of the ADD and one of the runtime's own, unchanged.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const args = "IgnoreUnknown=1;A=B";
      await trial.add({ ...ipam.options, args, env: { RUNTIMES_OWN: "kept" } });
      const seen = ipam.calls[0]?.environment ?? [];
      const { containerId, netns, ifname } = trial.box;
      const expected = {
        CNI_COMMAND: "ADD",
        CNI_CONTAINERID: containerId,
        CNI_NETNS: netns,
        CNI_IFNAME: ifname,
        CNI_ARGS: args,
        CNI_PATH: ipam.options.path,
        RUNTIMES_OWN: "kept",
      };
      for (const [name, value] of Object.entries(expected)) {
        claimSame(
          `the delegate's ${name}`,
          seen.find((line) => line.startsWith(`${name}=`)),
          `${name}=${value}`,
        );
      }
    },
  },
  {
    id: "ENV-14",
    strength: "SHOULD",
    profile: "spec",
    section: "Go library, not yet released",
    kinds: ["interface"],
    isVersionless: true,
    statement: "Variables of a traced runtime are tolerated and passed on.",
    observed: "ADD with TRACEPARENT, TRACESTATE and BAGGAGE works, and the IPAM plugin sees the three.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const env = {
        TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        TRACESTATE: "a=b",
        BAGGAGE: "c=d",
      };
      await claimAttached(trial, await trial.add({ ...ipam.options, env }));
      const seen = ipam.calls[0]?.environment ?? [];
      for (const [name, value] of Object.entries(env)) {
        claim(seen.includes(`${name}=${value}`), `${name} must reach the IPAM plugin`);
      }
    },
  },
];

async function hasOnHost(trial: Trial): Promise<boolean> {
  return (await links(trial.node, null)).some(({ ifname }) => ifname === trial.box.ifname);
}
