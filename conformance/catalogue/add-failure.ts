/** ADD-05, 07 and 08: an ADD that fails. */
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { FakeIpam, leaseOf, masqueradeOf } from "./fake-ipam.ts";
import { claimAttached, mayRemain } from "./footprint.ts";

const section = "2 ADD";

export const addFailureClauses: readonly Clause[] = [
  {
    id: "ADD-05",
    strength: "MUST",
    profile: "quality",
    section,
    kinds: ["interface"],
    statement: "An ADD that finds its interface name in use changes nothing.",
    observed:
      "Snapshots around an ADD into a container that has such a link: only what networks share may be new.",
    run: async (trial) => {
      const { name, ifname } = trial.box;
      await trial.node.run("ip", [
        "-n",
        name,
        "link",
        "add",
        ifname,
        "type",
        "veth",
        "peer",
        "name",
        "other",
      ]);
      const before = await trial.snapshot();
      await trial.fail("ADD");
      await trial.claimUnchanged("a failed ADD changed the host", before, mayRemain(trial));
      const other = await trial.addBox("two");
      await claimAttached(trial, await trial.add({ of: other }), other);
    },
  },
  {
    id: "ADD-07",
    strength: "MUST",
    profile: "quality",
    section,
    kinds: ["interface"],
    needs: ["nf_tables"],
    statement: "An ADD whose IPAM plugin fails leaves nothing behind.",
    observed:
      "An IPAM plugin that fails: no link in the container or on the host but a bridge, no rule, no lease.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, code: 11, msg: "no address today" };
      const ipam = await FakeIpam.install(trial, { ADD: { out, end: "exit 1" } }, masqueradeOf(trial));
      const before = await trial.snapshot();
      await trial.fail("ADD", ipam.options);
      claimSame("the first command to the IPAM plugin", ipam.commands[0], "ADD");
      await trial.claimUnchanged("a failed ADD changed the host", before, mayRemain(trial));
      await claimAttached(trial, await trial.add());
    },
  },
  {
    id: "ADD-07b",
    strength: "MUST",
    profile: "quality",
    section,
    kinds: ["interface"],
    needs: ["nf_tables"],
    statement:
      "An ADD that fails late, after it got an address, leaves nothing behind and gives the address back.",
    observed:
      "An IPAM plugin names a route that the kernel refuses: ADD fails, the host is as before, the IPAM plugin's DEL was called.",
    run: async (trial) => {
      const routes = [{ dst: "10.77.0.0/16", gw: "203.0.113.1" }];
      const ipam = await FakeIpam.install(
        trial,
        { ADD: { out: leaseOf(trial.version, routes) } },
        masqueradeOf(trial),
      );
      const before = await trial.snapshot();
      await trial.fail("ADD", ipam.options);
      await trial.claimUnchanged("a failed ADD changed the host", before, mayRemain(trial));
      claimSame("the commands to the IPAM plugin", ipam.commands, ["ADD", "DEL"]);
    },
  },
  {
    id: "ADD-08",
    strength: "MUST",
    profile: "spec",
    section: "3 Execution, lifecycle and ordering",
    kinds: ["interface"],
    statement:
      "After a failed ADD the runtime calls DEL, which succeeds; then the container can be attached.",
    observed:
      "An IPAM plugin that fails once: ADD fails, DEL succeeds without a prevResult, and the next ADD works.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, code: 11, msg: "no address today" };
      const ipam = await FakeIpam.install(trial, { ADD: { out, end: "exit 1" } });
      await trial.fail("ADD", ipam.options);
      await trial.succeed("DEL", ipam.options);
      await claimAttached(trial, await trial.add());
    },
  },
];
