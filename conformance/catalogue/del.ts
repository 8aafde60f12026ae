/** DEL: taking an attachment away; specification section 2, "DEL". */
import { links } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { bridgeName } from "./bridge-network.ts";
import { delMissingClauses } from "./del-missing.ts";
import { FakeIpam } from "./fake-ipam.ts";
import { claimAttached, claimDetached, destroy, hasLink, mayRemain } from "./footprint.ts";
import { inOrder } from "./in-order.ts";
import { leasedNetwork } from "./leased-network.ts";
import { keepsLeases, ownLeases } from "./own-leases.ts";
import { leaseNames, listed } from "./result-parts.ts";

const section = "2 DEL";

const orderlyClauses: readonly Clause[] = [
  {
    id: "DEL-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL may be repeated: what is gone already is no error.",
    observed: "ADD, then DEL three times: all succeed silently, and the attachment is gone after the first.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      await trial.succeed("DEL", trial.final(added));
      await claimDetached(trial);
      for (let again = 2; again <= 3; again++) await trial.succeed("DEL", trial.final(added));
    },
  },
  {
    id: "DEL-01b",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL of what was never added succeeds, and touches nobody else's.",
    observed:
      "ADD of one container, DEL of another that has nothing: success; the first one's attachment is as it was.",
    run: async (trial) => {
      const added = await trial.add();
      const leased = await ownLeases(trial);
      const never = { ...(await trial.addBox("two")), containerId: "container-never" };
      await trial.succeed("DEL", { of: never });
      await claimAttached(trial, added);
      claimSame("leases", await ownLeases(trial), leased);
    },
  },
  {
    id: "DEL-02c",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "DEL succeeds without a prevResult.",
    observed: "ADD, then DEL without prevResult: success, the attachment is gone.",
    run: async (trial) => {
      await claimAttached(trial, await trial.add());
      await trial.succeed("DEL", { previous: undefined });
      await claimDetached(trial);
    },
  },
  {
    id: "DEL-03",
    strength: "SHOULD",
    profile: "spec",
    section: "4 Plugin delegation, DEL",
    types: ["bridge", "trestle"],
    needs: ["nf_tables"],
    statement:
      "With the namespace gone DEL also removes what the plugin made on the host, rules of the firewall among it.",
    observed:
      "ADD with ipMasq and macspoofchk, the namespace is removed, DEL without prevResult: no rule or set element of the container is left.",
    run: async (trial) => {
      const config = leasedNetwork(trial, { ipMasq: true, macspoofchk: true });
      const before = await trial.snapshot();
      await claimAttached(trial, await trial.add({ config }));
      const box = trial.box.name;
      await destroy(trial, trial.box);
      await trial.succeed("DEL", { config });
      // The namespace went with its own links and settings, and with its file.
      const own = new RegExp(`^- (namespaces / ${box}|files / /run/netns/${box}|mounts / /run/netns/${box})`);
      await trial.claimUnchanged("something stayed", before, [own, ...mayRemain(trial, bridgeName)]);
    },
  },
  {
    id: "DEL-04",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.4.0",
    statement: "The prevResult of a DEL is the final result of the chain, with what later plugins added.",
    observed:
      "ADD, then DEL with the result to which another plugin added an interface and an address: success, the attachment is gone.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      const interfaces = [...listed(added, "interfaces"), { name: "net9", sandbox: trial.box.netns }];
      const extra = { address: "192.0.2.9/24", interface: interfaces.length - 1 };
      const ips = [...listed(added, "ips"), trial.isAtLeast("1.0.0") ? extra : { version: "4", ...extra }];
      await trial.succeed("DEL", { previous: { ...added, interfaces, ips } });
      await claimDetached(trial);
    },
  },
  {
    id: "DEL-05",
    strength: "MUST",
    profile: "spec",
    section: "4 Plugin delegation, DEL",
    kinds: ["interface"],
    statement: "DEL is passed on to the IPAM plugin, and its error is the plugin's error.",
    observed:
      "An IPAM plugin whose DEL fails: DEL fails with its message; when it works again, DEL succeeds.",
    run: async (trial) => {
      const out = { cniVersion: trial.version, code: 122, msg: "cannot give it back" };
      const ipam = await FakeIpam.install(trial, { DEL: { out, end: "exit 1" } });
      await claimAttached(trial, await trial.add(ipam.options));
      await trial.fail("DEL", ipam.options, { naming: ["cannot give it back"] });
      const mended = await FakeIpam.install(trial);
      await trial.succeed("DEL", mended.options);
      claimSame("the commands to the IPAM plugin", mended.commands, ["DEL"]);
    },
  },
  {
    id: "DEL-05b",
    strength: "MUST",
    profile: "quality",
    section: "4 Plugin delegation, DEL",
    kinds: ["interface"],
    statement: "A failing IPAM plugin does not keep DEL from removing everything else.",
    observed: "An IPAM plugin whose DEL fails: the container's interface is gone all the same.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial, { DEL: { end: "exit 1" } });
      await claimAttached(trial, await trial.add(ipam.options));
      await trial.fail("DEL", ipam.options);
      claim(!(await hasLink(trial, trial.box)), "the interface must be gone");
    },
  },
  {
    id: "DEL-06",
    strength: "SHOULD",
    profile: "quality",
    section: "Conventions, CNI_ARGS",
    statement: "An argument that the plugin does not know is no reason to leave an attachment behind.",
    observed: "ADD, then DEL with CNI_ARGS of an unknown key: success, the attachment is gone.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      await trial.succeed("DEL", { args: "SOMETHING=else", ...trial.final(added) });
      await claimDetached(trial);
    },
  },
  {
    id: "DEL-07",
    strength: "MUST",
    profile: "quality",
    section,
    kinds: ["interface", "ipam"],
    statement: "DEL of one container leaves every other's attachment alone.",
    observed:
      "Two containers are attached, one is taken away: the other's link, address and lease are as they were.",
    run: async (trial) => {
      const other = await trial.addBox("two");
      const [one, two] = [await trial.add(), await trial.add({ of: other })];
      await trial.succeed("DEL", trial.final(one));
      await claimAttached(trial, two, other);
      if (keepsLeases(trial)) claimSame("leases", await ownLeases(trial), leaseNames(two));
      if (trial.isAtLeast("0.4.0")) await trial.succeed("CHECK", { of: other, previous: two });
    },
  },
  {
    id: "DEL-08",
    strength: "MUST",
    profile: "quality",
    section,
    kinds: ["interface"],
    statement: "Nothing of an attachment stays on the host after DEL, in whatever order things went away.",
    observed:
      "Three containers; DEL of one, the namespace of another is removed before its DEL, and the third's DEL has no CNI_NETNS: no link is left but a bridge.",
    run: async (trial) => {
      const before = new Set((await links(trial.node, null)).map(({ ifname }) => ifname));
      const [two, three] = [await trial.addBox("two"), await trial.addBox("three")];
      for (const box of [trial.box, two, three])
        await claimAttached(trial, await trial.add({ of: box }), box);
      await trial.succeed("DEL");
      await destroy(trial, two);
      await trial.succeed("DEL", { of: two });
      await trial.succeed("DEL", { of: three, env: { CNI_NETNS: undefined } });
      await destroy(trial, three);
      const left = (await links(trial.node, null)).filter(
        ({ ifname, linkinfo }) => !before.has(ifname) && linkinfo?.info_kind !== "bridge",
      );
      claimSame(
        "links on the host",
        left.map(({ ifname }) => ifname),
        [],
      );
      claimSame("leases", await ownLeases(trial), []);
    },
  },
];

/** In the order of their numbers. */
export const delClauses = inOrder(orderlyClauses, delMissingClauses);
