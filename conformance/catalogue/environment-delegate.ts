/** ENV-10 to 14: where a delegated plugin is searched for, and the environment that it gets. */
import { delegateFolder, installDelegate } from "../node/delegate.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { FakeIpam, fakeIpamType, leaseOf } from "./fake-ipam.ts";
import { claimAttached } from "./footprint.ts";

const section = "2 Parameters";

export const environmentDelegateClauses: readonly Clause[] = [
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
    id: "ENV-10b",
    strength: "MUST",
    profile: "compat",
    section: "Go library",
    kinds: ["interface"],
    statement: "A folder that has the delegated plugin's name is not the plugin: the search goes on.",
    observed: "CNI_PATH with such a folder in its first place: the IPAM plugin in the second one is used.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const folder = "/var/lib/node/folders";
      await trial.node.run("mkdir", ["-p", `${folder}/${fakeIpamType}`]);
      const path = `${folder}:${ipam.options.path ?? ""}`;
      await claimAttached(trial, await trial.add({ ...ipam.options, path }));
      claimSame("the commands to the IPAM plugin", ipam.commands, ["ADD"]);
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
    profile: "quality",
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
