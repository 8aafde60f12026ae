/** ADD: making an attachment; specification section 2, "ADD". */
import type { JsonObject } from "../../cni/json-object.ts";
import { addressTexts, links } from "../node/state.ts";
import type { Box } from "../suite/box.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { addFailureClauses } from "./add-failure.ts";
import { claimAddresses, claimAttached, claimDetached, mayChange, mayRemain } from "./footprint.ts";
import { inOrder } from "./in-order.ts";
import { keepsLeases, ownLeases } from "./own-leases.ts";
import { addressesIn } from "./result-parts.ts";

const section = "2 ADD";

/** How many containers come at once. */
const crowd = 20;

const successClauses: readonly Clause[] = [
  {
    id: "ADD-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement:
      "ADD makes the interface CNI_IFNAME in the namespace, or does its part to it, and prints the result.",
    observed: "The container's links before and after; addresses of the result are the kernel's.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      if (trial.subject.kind !== "interface") return;
      claimAddresses(
        "the addresses",
        await addressTexts(trial.node, trial.box.name, trial.box.ifname),
        addressesIn(added),
      );
    },
  },
  {
    id: "ADD-01b",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface"],
    statement: "The interface has the name that was asked for.",
    observed: 'ADD with CNI_IFNAME "net-7.x": the container has exactly that link besides "lo".',
    run: async (trial) => {
      const of = { ...trial.box, ifname: "net-7.x" };
      await trial.add({ of });
      const names = (await links(trial.node, of.name)).map(({ ifname }) => ifname);
      claim(names.includes(of.ifname), `"${of.ifname}" must be in the container, found ${names.join(", ")}`);
      claim(!names.includes("eth0"), "no other name must be used");
    },
  },
  {
    id: "ADD-02",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface"],
    statement: "An interface of that name that is already there is an error, and stays as it is.",
    observed:
      "A container with an eth0 of somebody else's: ADD fails; the link, its address and the leases are as before.",
    run: async (trial) => {
      const { name, ifname } = trial.box;
      const script = `ip -n ${name} link add ${ifname} type veth peer name other; ip -n ${name} addr add 192.0.2.7/24 dev ${ifname}`;
      await trial.node.run("sh", ["-ec", script]);
      const before = (await links(trial.node, name)).map(({ ifname: link, address }) => ({ link, address }));
      await trial.fail("ADD");
      const after = (await links(trial.node, name)).map(({ ifname: link, address }) => ({ link, address }));
      claimSame("the container's links", after, before);
      claimSame("addresses of the interface", await addressTexts(trial.node, name, ifname), ["192.0.2.7/24"]);
      claimSame("leases", await ownLeases(trial), []);
      const other = await trial.addBox("two");
      await claimAttached(trial, await trial.add({ of: other }), other);
    },
  },
  {
    id: "ADD-02b",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface"],
    statement:
      "A second ADD into a name that an attachment has already fails, and leaves that attachment alone.",
    observed:
      "ADD twice, the second time for another container id: it fails, and the first one's address stays.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      const leased = await ownLeases(trial);
      await trial.fail("ADD", { env: { CNI_CONTAINERID: "container-other" } });
      await claimAttached(trial, added);
      const found = await addressTexts(trial.node, "one", trial.box.ifname);
      claimAddresses("the addresses", found, addressesIn(added));
      claimSame("leases", await ownLeases(trial), leased);
    },
  },
  {
    id: "ADD-03",
    strength: "MUST",
    profile: "spec",
    section,
    kinds: ["interface", "ipam"],
    statement: "One container may have several attachments, each under an interface name of its own.",
    observed:
      "ADD eth0 and eth1 of one container, with leases of its own where host-local gives them; DEL of eth1 leaves eth0 and its lease.",
    run: async (trial) => {
      const second = { ...trial.box, ifname: "eth1" };
      const one = await trial.add();
      const leased = await ownLeases(trial);
      const two = await trial.add({ of: second });
      // Another IPAM plugin may give the same again: what "static" gives is in the configuration.
      const shared = addressesIn(one).filter((address) => addressesIn(two).includes(address));
      if (keepsLeases(trial)) claimSame("addresses that both have", shared, []);
      await claimAttached(trial, one);
      await claimAttached(trial, two, second);
      await trial.succeed("DEL", { of: second, ...trial.final(two) });
      await claimAttached(trial, one);
      claimSame("leases", await ownLeases(trial), leased);
    },
  },
  {
    id: "ADD-04",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.3.0",
    kinds: ["interface", "loopback"],
    statement:
      "A plugin can be in a chain: a prevResult of the plugin before it is no error, and is passed on by one that makes no interface.",
    observed:
      "ADD with a prevResult of another interface and address: a result. That of loopback must have the address; whether an interface plugin keeps it is its own affair, because it may modify what it was given.",
    run: async (trial) => {
      const ip = {
        address: "192.0.2.9/24",
        interface: 0,
        ...(trial.isAtLeast("1.0.0") ? {} : { version: "4" }),
      };
      const interfaces = [{ name: "net0", sandbox: trial.box.netns }];
      const previous = { cniVersion: trial.version, interfaces, ips: [ip], dns: {} };
      const added = await trial.add({ previous });
      await claimAttached(trial, added);
      if (trial.subject.kind === "loopback") {
        claim(addressesIn(added).includes(ip.address), `${ip.address} of prevResult must be in the result`);
      }
    },
  },
  {
    id: "ADD-06",
    strength: "MUST",
    profile: "spec",
    section: "3 Execution, lifecycle and ordering",
    statement:
      "Different containers may be attached at the same time; the plugin does the locking that it needs.",
    observed: `Two ADDs one after the other, then ${crowd} at once: all succeed, and no address is given twice if the two had different ones; as many DELs at once leave nothing of any.`,
    run: async (trial) => {
      const calm = [trial.box, await trial.addBox("two")];
      const boxes = [];
      for (let number = 1; number <= crowd; number++) boxes.push(await trial.addBox(`box-${number}`));
      const before = [];
      for (const of of calm) before.push(await trial.add({ of }));
      const added = await Promise.all(boxes.map(async (of) => trial.add({ of })));
      for (const [at, of] of boxes.entries()) await claimAttached(trial, added[at] ?? {}, of);
      // Where even these two have an address in common it comes from the configuration, or there are none.
      const isLeased = givenTwice(before).length === 0;
      if (isLeased && (trial.subject.kind === "interface" || trial.subject.kind === "ipam")) {
        claimSame("addresses that were given twice", givenTwice([...before, ...added]), []);
      }
      const all = [...calm, ...boxes];
      const results = [...before, ...added];
      await Promise.all(
        all.map(async (of, at) => trial.succeed("DEL", { of, ...trial.final(results[at] ?? {}) })),
      );
      for (const box of all) await claimDetached(trial, box);
    },
  },
  {
    id: "ADD-09",
    strength: "MUST",
    profile: "quality",
    section,
    statement: "ADD and DEL leave the host as it was, but for what all containers of a network share.",
    observed:
      "Snapshots around ADD and DEL of one container, then of another, after which nothing may be new: links, addresses, routes, rules, nf_tables, iptables, queues, VLANs, settings, files, mounts, processes.",
    run: async (trial) => {
      const round = async (of: Box): Promise<void> => {
        const added = await trial.add({ of });
        await claimAttached(trial, added, of);
        await trial.succeed("DEL", { of, ...trial.final(added) });
      };
      await trial.claimRepeatable(round, { mayRemain: mayRemain(trial), mayChange: mayChange(trial) });
    },
  },
];

/** In the order of their numbers. */
export const addClauses = inOrder(successClauses, addFailureClauses);

/** Addresses that more than one of these results has. */
function givenTwice(results: readonly JsonObject[]): readonly string[] {
  const all = results.flatMap(addressesIn);
  return [...new Set(all.filter((address, at) => all.indexOf(address) !== at))];
}
