/** CHK: looking whether an attachment is as it was made; specification section 2, "CHECK". */
import { claim } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { checkDamageClauses, damage } from "./check-damage.ts";
import { codesBefore } from "./early-command.ts";
import { FakeIpam } from "./fake-ipam.ts";
import { claimAttached } from "./footprint.ts";
import { inOrder } from "./in-order.ts";
import { keepsLeases, leaseFolder } from "./own-leases.ts";
import { listed } from "./result-parts.ts";

const section = "2 CHECK";
const since = "0.4.0";

/** What takes away something of an attachment that a plugin of each kind must miss; nothing where it is not known. */
function breakage(trial: Trial): string | undefined {
  const { kind } = trial.subject;
  if (kind === "interface") return 'ip -n "$1" link del "$2"';
  if (kind === "loopback") return 'ip -n "$1" link set lo down';
  return kind === "ipam" && keepsLeases(trial) ? `rm -r ${leaseFolder(trial)}` : undefined;
}

const callClauses: readonly Clause[] = [
  {
    id: "CHK-01",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    kinds: ["interface"],
    statement: "CHECK needs the result of the ADD as prevResult.",
    observed: "After an ADD: CHECK without prevResult fails, with it it succeeds.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      await trial.fail("CHECK", { previous: undefined });
      await trial.succeed("CHECK", { previous: added });
    },
  },
  {
    id: "CHK-02",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "CHECK has the parameters of ADD: container id, namespace and interface name.",
    observed:
      "After an ADD: CHECK without each of them is refused with code 4 and its name, with all it succeeds.",
    run: async (trial) => {
      const added = await trial.add();
      for (const name of ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"]) {
        await trial.fail(
          "CHECK",
          { previous: added, env: { [name]: undefined } },
          { code: 4, naming: [name] },
        );
      }
      await trial.succeed("CHECK", { previous: added });
    },
  },
  {
    id: "CHK-03",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    kinds: ["interface"],
    statement: "What plugins later in the chain changed and told in the final result is no fault.",
    observed:
      "After an ADD somebody gives the interface another MAC address and a route, and the container a second interface; prevResult has that address and that interface: CHECK succeeds.",
    run: async (trial) => {
      const added = await trial.add();
      const mac = "02:00:5e:00:00:77";
      const { netns } = trial.box;
      const { exitCode } = await damage(trial, `ip -n "$1" link set "$2" address ${mac}`, {
        allowFailure: true,
      });
      if (exitCode !== 0) trial.notApplicable("the kernel lets nobody change the interface's MAC address");
      await damage(
        trial,
        `ip -n "$1" route add 10.99.0.0/16 dev "$2"
        ip -n "$1" link add net7 address 02:00:5e:00:00:78 type veth peer name net8`,
      );
      const changed = listed(added, "interfaces").map((link) =>
        link["sandbox"] === netns ? { ...link, mac } : link,
      );
      const interfaces = [...changed, { name: "net7", mac: "02:00:5e:00:00:78", sandbox: netns }];
      await trial.succeed("CHECK", { previous: { ...added, interfaces } });
    },
  },
  {
    id: "CHK-06",
    strength: "MUST",
    profile: "spec",
    section,
    since,
    statement: "CHECK works immediately after ADD, and as often as one likes.",
    observed: "ADD, then CHECK three times at once: all succeed.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      for (let again = 1; again <= 3; again++) await trial.succeed("CHECK", { previous: added });
    },
  },
  {
    id: "CHK-07",
    strength: "SHOULD",
    profile: "spec",
    section: "4 Plugin delegation, CHECK",
    since,
    kinds: ["interface"],
    statement: "CHECK is passed on to the IPAM plugin, and its error is the plugin's error.",
    observed:
      "An IPAM plugin whose CHECK fails: CHECK fails with its message; with one that is content it succeeds.",
    run: async (trial) => {
      const ipam = await FakeIpam.install(trial);
      const added = await trial.add(ipam.options);
      await trial.succeed("CHECK", { ...ipam.options, previous: added });
      claim(
        ipam.commands.includes("CHECK"),
        `the IPAM plugin must be asked, it saw ${ipam.commands.join(", ")}`,
      );
      const out = { cniVersion: trial.version, code: 121, msg: "the lease is lost" };
      const failing = await FakeIpam.install(trial, { CHECK: { out, end: "exit 1" } });
      await trial.fail("CHECK", { ...failing.options, previous: added }, { naming: ["the lease is lost"] });
    },
  },
  {
    id: "CHK-08",
    strength: "MUST",
    profile: "quality",
    section,
    since,
    statement: "CHECK changes nothing, whether it succeeds or fails.",
    observed:
      'Snapshots around a CHECK that succeeds; and around one that fails, because the interface, "lo" being up or the leases are gone.',
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      const before = await trial.snapshot();
      await trial.succeed("CHECK", { previous: added });
      await trial.claimUnchanged("CHECK changed the host", before);
      const script = breakage(trial);
      if (script === undefined) return;
      await damage(trial, script);
      const broken = await trial.snapshot();
      await trial.fail("CHECK", { previous: added });
      await trial.claimUnchanged("a CHECK that fails changed the host", broken);
    },
  },
  {
    id: "CHK-09",
    strength: "MUST",
    profile: "spec",
    section: "Version considerations",
    until: "0.3.1",
    statement: "CHECK came with 0.4.0: in earlier versions it is refused with code 1.",
    observed:
      "ADD, then CHECK with its result: code 1; from a plugin that speaks no version with CHECK also 4, an unknown command.",
    run: async (trial) => {
      const added = await trial.add();
      await trial.fail("CHECK", { previous: added }, { code: await codesBefore(trial, since) });
    },
  },
];

/** In the order of their numbers. */
export const checkClauses = inOrder(callClauses, checkDamageClauses);
