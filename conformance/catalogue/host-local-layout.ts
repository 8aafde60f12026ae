/** HLO-40 to 47: what host-local keeps on disk. Packs are exchanged on running nodes, so files are an interface. */
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimLeases, folderOf, leaseText, modeOf, namesIn, putLeases, textOf } from "./host-local-files.ts";
import { caller, claimLeased, network, subnetOf, types } from "./host-local-network.ts";

const section = "reference host-local, files";
const dual = { ranges: [[{ subnet: "10.1.2.0/24" }], [{ subnet: "2001:DB8:1:0::/64" }]] };

export const layoutClauses: readonly Clause[] = [
  {
    id: "HLO-40a",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement:
      "A lease is a file named by the address that holds the container, CR LF and the interface, without an end of line.",
    observed: "ADD of both families: the bytes of the files 10.1.2.2 and 2001:db8:1::2.",
    run: async (trial) => {
      await trial.add({ of: caller(trial, "dummy", "net1"), config: network(trial, dual) });
      claimSame("the IPv4 lease", textOf(trial, "10.1.2.2"), "dummy\r\nnet1");
      claimSame("the IPv6 lease", textOf(trial, "2001:db8:1::2"), "dummy\r\nnet1");
    },
  },
  {
    id: "HLO-40b",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "The address that a set gave last is the text of last_reserved_ip with the set's number.",
    observed: "Two ADDs of both families: last_reserved_ip.0 and .1, to the byte.",
    run: async (trial) => {
      await claimLeased(trial, network(trial, dual), "first", ["10.1.2.2/24", "2001:db8:1::2/64"]);
      await claimLeased(trial, network(trial, dual), "second", ["10.1.2.3/24", "2001:db8:1::3/64"]);
      const notes = [0, 1].map((set) => textOf(trial, `last_reserved_ip.${set}`));
      claimSame("the last addresses", notes, ["10.1.2.3", "2001:db8:1::3"]);
    },
  },
  {
    id: "HLO-40c",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement:
      "The folder of a network holds leases, last addresses and an empty file lock, and nothing else.",
    observed: "The names in it after ADD and after DEL, and the text of lock.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      await trial.add({ config });
      claimSame("names after ADD", namesIn(trial), ["10.1.2.2", "last_reserved_ip.0", "lock"]);
      claimSame("the lock", textOf(trial, "lock"), "");
      await trial.succeed("DEL", { config });
      claimSame("names after DEL", namesIn(trial), ["last_reserved_ip.0", "lock"]);
    },
  },
  {
    id: "HLO-40d",
    types,
    strength: "SHOULD",
    profile: "compat",
    section,
    isVersionless: true,
    statement: "Leases and last addresses are for root alone, in folders that everybody may look into.",
    observed: "Modes after ADD: 600 for the files, 755 for the folder of the network and the one above.",
    run: async (trial) => {
      await trial.add({ config: subnetOf(trial, "10.1.2.0/24") });
      const paths = ["", "/conformance", "/conformance/10.1.2.2", "/conformance/last_reserved_ip.0"];
      const modes = paths.map((path) => modeOf(trial, `/var/lib/cni/networks${path}`));
      claimSame("modes", modes, ["folder 755", "folder 755", "file 600", "file 600"]);
    },
  },
  {
    id: "HLO-40e",
    types,
    strength: "quirk",
    profile: "compat",
    section,
    isVersionless: true,
    statement: "The file lock may be executed.",
    observed: "Its mode after ADD: 750.",
    run: async (trial) => {
      await trial.add({ config: subnetOf(trial, "10.1.2.0/24") });
      claimSame("mode of the lock", modeOf(trial, `${folderOf()}/lock`), "file 750");
    },
  },
  {
    id: "HLO-41",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "Every network has leases of its own, also where two lease from one subnet.",
    observed: "ADD in two networks of one subnet: the same address in both; DEL in one leaves the other's.",
    run: async (trial) => {
      const [config, other] = ["conformance", "other"].map((name) =>
        subnetOf(trial, "10.1.2.0/24", { name }),
      );
      await claimLeased(trial, config ?? {}, "first", ["10.1.2.2/24"]);
      await claimLeased(trial, other ?? {}, "first", ["10.1.2.2/24"]);
      await trial.succeed("DEL", { of: caller(trial, "first"), config: config ?? {} });
      await claimLeases(trial, "of the network of DEL", []);
      await claimLeases(trial, "of the other network", ["10.1.2.2"], "other");
    },
  },
  {
    id: "HLO-42",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "Every interface of a container has leases of its own.",
    observed:
      "ADD of eth0 and eth1 of one container: two leases with their names; DEL of eth0 leaves that of eth1.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      const [first, second] = ["eth0", "eth1"].map((ifname) => caller(trial, "one", ifname));
      await trial.add({ of: first ?? trial.box, config });
      await trial.add({ of: second ?? trial.box, config });
      const texts = ["10.1.2.2", "10.1.2.3"].map((name) => textOf(trial, name));
      claimSame("the leases", texts, [leaseText("one", "eth0"), leaseText("one", "eth1")]);
      await trial.succeed("DEL", { of: first ?? trial.box, config });
      await claimLeases(trial, "after DEL of eth0", ["10.1.2.3"]);
    },
  },
  {
    id: "HLO-43a",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "DEL takes back a lease of old, which names the container alone.",
    observed:
      "ADD, the file rewritten as old releases wrote it, with and without an end of line: DEL removes it.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      for (const text of ["one", "one\n"]) {
        await trial.add({ of: caller(trial, "one"), config });
        const [name = ""] = namesIn(trial);
        trial.node.write(`${folderOf()}/${name}`, text);
        await trial.succeed("DEL", { of: caller(trial, "one"), config });
        await claimLeases(trial, "after DEL", []);
      }
    },
  },
  {
    id: "HLO-43b",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A lease of old counts as the container's, so that another ADD of it is refused.",
    observed:
      "A lease of old is there: ADD of its container fails and names the address, ADD of another works.",
    run: async (trial) => {
      trial.node.write(`${folderOf()}/10.1.2.9`, "one");
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "other", ["10.1.2.2/24"]);
      await trial.fail("ADD", { of: caller(trial, "one"), config }, { naming: ["10.1.2.9"] });
    },
  },
  {
    id: "HLO-43c",
    types,
    strength: "quirk",
    profile: "compat",
    section,
    isVersionless: true,
    statement: "DEL takes a lease of old only where there is none with the interface's name.",
    observed:
      "ADD, a lease of old of the same container beside it: the first DEL removes the new one, the second the old.",
    run: async (trial) => {
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "one", ["10.1.2.2/24"]);
      trial.node.write(`${folderOf()}/10.1.2.9`, "one");
      await trial.succeed("DEL", { of: caller(trial, "one"), config });
      await claimLeases(trial, "after the first DEL", ["10.1.2.9"]);
      await trial.succeed("DEL", { of: caller(trial, "one"), config });
      await claimLeases(trial, "after the second DEL", []);
    },
  },
  {
    id: "HLO-44",
    types,
    strength: "MUST",
    profile: "compat",
    section,
    statement: "A network that another release of the plugin began is carried on with.",
    observed:
      "A folder with leases and a last address is there: ADD gives the address behind, DEL takes a lease back.",
    run: async (trial) => {
      putLeases(trial, ["10.1.2.7", "10.1.2.8", "10.1.2.9"], { last: "10.1.2.8" });
      const config = subnetOf(trial, "10.1.2.0/24");
      await claimLeased(trial, config, "one", ["10.1.2.10/24"]);
      await trial.succeed("DEL", { of: caller(trial, "somebody"), config });
      await claimLeases(trial, "after DEL of the other", ["10.1.2.10"]);
    },
  },
  {
    id: "HLO-45",
    types,
    strength: "SHOULD",
    profile: "quality",
    section,
    isVersionless: true,
    statement: "The first ADD of a network is no reason to complain that there is no last address.",
    observed: "ADD on a host without any network: nothing on standard error.",
    run: async (trial) => {
      await trial.add({ config: subnetOf(trial, "10.1.2.0/24") });
      claimSame("standard error", trial.calls.at(-1)?.stderr, "");
    },
  },
  {
    id: "HLO-46",
    types,
    strength: "SHOULD",
    profile: "quality",
    section,
    isVersionless: true,
    statement: "DEL makes no folders for a network that is unknown.",
    observed:
      "DEL in a network that was never used: no folder of it; that of a network that was used is there.",
    run: async (trial) => {
      await trial.add({ config: subnetOf(trial, "10.1.2.0/24") });
      await trial.succeed("DEL", { config: subnetOf(trial, "10.1.2.0/24", { name: "unknown" }) });
      claimSame("folders of networks", namesIn(trial, "/var/lib/cni/networks"), ["conformance"]);
      claim(textOf(trial, "10.1.2.2") !== undefined, "the lease of the other network is gone");
    },
  },
];
