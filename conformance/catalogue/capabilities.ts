/** CAP: what a runtime passes for capabilities; CNI conventions, "Dynamic plugin specific fields". */
import { leases, link } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { claimAttached } from "./footprint.ts";
import { leasedNetwork, leasingTypes as types } from "./leased-network.ts";
import { addressesIn } from "./result-parts.ts";

const section = "Conventions, runtimeConfig";

export const capabilityClauses: readonly Clause[] = [
  {
    id: "CAP-01",
    strength: "MUST",
    profile: "compat",
    section,
    types: ["bridge", "trestle"],
    statement: 'The capability "mac": the container\'s interface gets the MAC address of runtimeConfig.',
    observed: "ADD with runtimeConfig.mac: the kernel shows it.",
    run: async (trial) => {
      const mac = "02:00:5e:10:00:21";
      const { name, ifname } = trial.box;
      await trial.add({
        config: leasedNetwork(trial, { capabilities: { mac: true }, runtimeConfig: { mac } }),
      });
      claimSame("the container's MAC address", (await link(trial.node, name, ifname)).address, mac);
    },
  },
  {
    id: "CAP-01b",
    strength: "MUST",
    profile: "compat",
    section,
    types,
    statement: 'The capability "ips": the addresses of runtimeConfig are given.',
    observed:
      "ADD with runtimeConfig.ips as an address, and as an address with a prefix length: the result has it.",
    run: async (trial) => {
      for (const [name, ip] of Object.entries({ two: "10.88.0.70", three: "10.88.0.71/24" })) {
        const of = await trial.addBox(name);
        const added = await trial.add({ of, config: leasedNetwork(trial, { runtimeConfig: { ips: [ip] } }) });
        const expected = `${ip.split("/")[0] ?? ""}/24`;
        claim(addressesIn(added).includes(expected), `the result must have ${expected}`);
      }
    },
  },
  {
    id: "CAP-01c",
    strength: "MUST",
    profile: "compat",
    section,
    types,
    statement: 'The capability "ipRanges": addresses come out of the ranges of runtimeConfig.',
    observed:
      "A configuration without ranges: ADD fails; with runtimeConfig.ipRanges the address is out of them.",
    run: async (trial) => {
      const config = leasedNetwork(trial, {}, { subnet: undefined });
      await trial.fail("ADD", { config });
      const ipRanges = [[{ subnet: "10.89.0.0/24" }]];
      const added = await trial.add({
        of: await trial.addBox("two"),
        config: { ...config, runtimeConfig: { ipRanges } },
      });
      claim(
        addressesIn(added).includes("10.89.0.2/24"),
        "the address must be out of the range of runtimeConfig",
      );
    },
  },
  {
    id: "CAP-02",
    strength: "SHOULD",
    profile: "spec",
    section,
    types,
    statement: "A value of runtimeConfig that cannot be acted on is an error, not passed over.",
    observed:
      'ADD with "10.88.0.300" as an address, of which bridge leaves the judgement to its IPAM plugin, and by bridge with "nonsense" as a MAC address: an error each; without them it works.',
    run: async (trial) => {
      const badMac = trial.subject.type === "host-local" ? [] : [{ mac: "nonsense" }];
      for (const runtimeConfig of [...badMac, { ips: ["10.88.0.300"] }]) {
        await trial.fail("ADD", { config: leasedNetwork(trial, { runtimeConfig }) });
      }
      const of = await trial.addBox("two");
      await claimAttached(trial, await trial.add({ of, config: leasedNetwork(trial) }), of);
    },
  },
  {
    id: "CAP-02b",
    strength: "SHOULD",
    profile: "quality",
    section,
    types,
    statement:
      "An address that was asked for and cannot be given is an error, and nothing else is given in its place.",
    observed:
      "ADD with runtimeConfig.ips out of the range: an error, no lease; the same within the range works.",
    run: async (trial) => {
      await trial.fail("ADD", { config: leasedNetwork(trial, { runtimeConfig: { ips: ["192.0.2.9"] } }) });
      claimSame("leases after a refused ADD", await leases(trial.node, "conformance"), []);
      const of = await trial.addBox("two");
      const added = await trial.add({
        of,
        config: leasedNetwork(trial, { runtimeConfig: { ips: ["10.88.0.9"] } }),
      });
      claim(addressesIn(added).includes("10.88.0.9/24"), "the address that was asked for must be given");
    },
  },
  {
    id: "CAP-03",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "What runtimeConfig has for others is passed over.",
    observed: "ADD with portMappings, bandwidth, aliases and something unknown in runtimeConfig works.",
    types: ["bridge", "trestle", "host-local", "loopback"],
    run: async (trial) => {
      const runtimeConfig = {
        portMappings: [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }],
        bandwidth: { ingressRate: 1000, ingressBurst: 1000 },
        aliases: ["web"],
        somethingNew: [1, { two: 3 }],
      };
      await claimAttached(trial, await trial.add({ config: trial.configuration({ runtimeConfig }) }));
    },
  },
];
