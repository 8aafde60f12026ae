/** ARG: CNI_ARGS; specification section 2, "Parameters", and the reference plugins' way with it. */
import { link } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimAttached, claimDetached } from "./footprint.ts";
import { leasedNetwork } from "./leased-network.ts";
import { addressesIn } from "./result-parts.ts";

/** Plugins of the reference pack that read CNI_ARGS at all. */
const readers = ["bridge", "trestle", "host-local", "macvlan", "tap", "tuning", "static"];
const section = "2 Parameters, CNI_ARGS";

export const argumentClauses: readonly Clause[] = [
  {
    id: "ARG-01",
    strength: "quirk",
    profile: "compat",
    section,
    types: readers,
    statement: "CNI_ARGS are pairs of a key and a value, joined by semicolons; anything else is refused.",
    observed:
      "ADD with a key without a value, with two equals signs, and with a semicolon at the end: an error; a well-formed one works.",
    run: async (trial) => {
      for (const args of ["IgnoreUnknown", "IgnoreUnknown=1;A=b=c", "IgnoreUnknown=1;"])
        await trial.fail("ADD", { args });
      await claimAttached(trial, await trial.add({ args: "IgnoreUnknown=1;A=b" }));
    },
  },
  {
    id: "ARG-02",
    strength: "quirk",
    profile: "compat",
    section,
    types: ["host-local"],
    statement: "Keys of CNI_ARGS are case-sensitive.",
    observed: "ADD with ip=10.88.0.77 is refused as unknown; with IP=10.88.0.77 that address is given.",
    run: async (trial) => {
      const config = leasedNetwork(trial);
      await trial.fail("ADD", { config, args: "ip=10.88.0.77" });
      const added = await trial.add({ config, args: "IP=10.88.0.77" });
      claim(addressesIn(added).includes("10.88.0.77/24"), "the address that was asked for must be given");
    },
  },
  {
    id: "ARG-02b",
    strength: "quirk",
    profile: "compat",
    section,
    types: ["bridge", "trestle"],
    statement: "The key MAC of CNI_ARGS is case-sensitive.",
    observed:
      "ADD with mac=… is refused as unknown; with IgnoreUnknown it has no effect, while MAC=… gives the interface that address.",
    run: async (trial) => {
      const config = leasedNetwork(trial);
      const mac = "02:00:5e:10:00:08";
      await trial.fail("ADD", { config, args: `mac=${mac}` });
      const [two, three] = [await trial.addBox("two"), await trial.addBox("three")];
      await trial.add({ of: two, config, args: `IgnoreUnknown=1;mac=${mac}` });
      await trial.add({ of: three, config, args: `IgnoreUnknown=1;MAC=${mac}` });
      const found = [
        await link(trial.node, "two", two.ifname),
        await link(trial.node, "three", three.ifname),
      ];
      claimSame(
        "who has the MAC address",
        found.map(({ address }) => address === mac),
        [false, true],
      );
    },
  },
  {
    id: "ARG-03",
    strength: "quirk",
    profile: "compat",
    section,
    types: readers,
    statement: "An unknown key is refused at ADD unless IgnoreUnknown says otherwise.",
    observed:
      "ADD with FOO=BAR: an error that names it; with IgnoreUnknown as 1, true and TRUE, in either order, it works.",
    run: async (trial) => {
      await trial.fail("ADD", { args: "FOO=BAR" }, { naming: ["FOO"] });
      await trial.fail("ADD", { args: "FOO=BAR;IgnoreUnknown=0" }, { naming: ["FOO"] });
      const accepted = [
        "IgnoreUnknown=1;FOO=BAR",
        "FOO=BAR;IgnoreUnknown=true",
        "FOO=BAR;IgnoreUnknown=TRUE",
      ];
      for (const [at, args] of accepted.entries()) {
        const of = await trial.addBox(`box-${at}`);
        await claimAttached(trial, await trial.add({ of, args }), of);
      }
    },
  },
  {
    id: "ARG-04",
    strength: "quirk",
    profile: "compat",
    section,
    types: ["bridge", "trestle"],
    statement: "A key of the IPAM plugin is unknown to the main plugin, and the other way round.",
    observed:
      "ADD with IP=… alone is refused; with IgnoreUnknown the container gets that address, and with MAC=… that MAC address.",
    run: async (trial) => {
      const config = leasedNetwork(trial);
      await trial.fail("ADD", { config, args: "IP=10.88.0.77" });
      const of = await trial.addBox("two");
      const mac = "02:00:5e:10:00:07";
      const added = await trial.add({ of, config, args: `IgnoreUnknown=1;IP=10.88.0.77;MAC=${mac}` });
      claim(addressesIn(added).includes("10.88.0.77/24"), "the address that was asked for must be given");
      claimSame("the container's MAC address", (await link(trial.node, of.name, of.ifname)).address, mac);
    },
  },
  {
    id: "ARG-06",
    strength: "MUST",
    profile: "compat",
    section,
    statement: "The arguments of a Kubernetes runtime work with every plugin.",
    observed: "ADD and DEL with IgnoreUnknown=1 and the four K8S_* keys.",
    run: async (trial) => {
      const args =
        "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_INFRA_CONTAINER_ID=0123456789abcdef;K8S_POD_UID=00000000-0000-4000-8000-000000000000";
      const added = await trial.add({ args });
      await claimAttached(trial, added);
      await trial.succeed("DEL", { args, ...trial.final(added) });
      await claimDetached(trial);
    },
  },
  {
    id: "ARG-07",
    strength: "SHOULD",
    profile: "compat",
    section: "Conventions, args in network configuration",
    types: ["bridge", "trestle"],
    statement:
      'A MAC address in runtimeConfig counts more than one in "args", and that more than one in CNI_ARGS.',
    observed: "ADD with one source, with two and with all three: the kernel shows the one that counts.",
    run: async (trial) => {
      const [low, middle, high] = ["02:00:5e:10:00:01", "02:00:5e:10:00:02", "02:00:5e:10:00:03"];
      const args = `IgnoreUnknown=1;MAC=${low}`;
      const inArgs = { args: { cni: { mac: middle } } };
      const cases = {
        low: [{}, low],
        middle: [inArgs, middle],
        high: [{ ...inArgs, runtimeConfig: { mac: high } }, high],
      } as const;
      for (const [name, [changes, expected]] of Object.entries(cases)) {
        const of = await trial.addBox(name);
        await trial.add({ of, args, config: leasedNetwork(trial, changes) });
        const { address } = await link(trial.node, name, of.ifname);
        claimSame("the container's MAC address", address, expected);
      }
    },
  },
  {
    id: "ARG-07b",
    strength: "quirk",
    profile: "compat",
    section: "Conventions, args in network configuration",
    types: ["host-local"],
    statement: "host-local lets no source of requested addresses go before another: all are asked for.",
    observed:
      'ADD with an address in CNI_ARGS and another one in "args", where there is room for one: refused; each alone is given.',
    run: async (trial) => {
      const inArgs = leasedNetwork(trial, { args: { cni: { ips: ["10.88.0.78"] } } });
      await trial.fail("ADD", { config: inArgs, args: "IP=10.88.0.77" });
      const added = await trial.add({ config: inArgs });
      claim(addressesIn(added).includes("10.88.0.78/24"), 'the address in "args" must be given');
      const of = await trial.addBox("two");
      const other = await trial.add({ of, config: leasedNetwork(trial), args: "IP=10.88.0.77" });
      claim(addressesIn(other).includes("10.88.0.77/24"), "the address in CNI_ARGS must be given");
    },
  },
];
