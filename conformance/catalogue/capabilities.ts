/** CAP: what a runtime passes for capabilities; CNI conventions, "Dynamic plugin specific fields". */
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { addressesIn, claimAttached } from "./footprint.ts";

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
      await trial.add({
        config: trial.configuration({ capabilities: { mac: true }, runtimeConfig: { mac } }),
      });
      const { stdout } = await trial.node.inNamespace(trial.box.name, "ip", [
        "link",
        "show",
        "dev",
        trial.box.ifname,
      ]);
      claim(stdout.includes(mac), `the container's MAC address must be ${mac}, found ${stdout}`);
    },
  },
  {
    id: "CAP-01b",
    strength: "MUST",
    profile: "compat",
    section,
    types: ["bridge", "trestle", "host-local"],
    statement: 'The capability "ips": the addresses of runtimeConfig are given.',
    observed:
      "ADD with runtimeConfig.ips as an address, and as an address with a prefix length: the result has it.",
    run: async (trial) => {
      for (const [name, ip] of Object.entries({ two: "10.88.0.70", three: "10.88.0.71/24" })) {
        const of = await trial.addBox(name);
        const added = await trial.add({ of, config: trial.configuration({ runtimeConfig: { ips: [ip] } }) });
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
    types: ["bridge", "trestle", "host-local"],
    statement: 'The capability "ipRanges": addresses come out of the ranges of runtimeConfig.',
    observed:
      "A configuration without ranges: ADD fails; with runtimeConfig.ipRanges the address is out of them.",
    run: async (trial) => {
      const config = trial.withIpam({ subnet: undefined });
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
    types: ["bridge", "trestle", "host-local"],
    statement: "A value of runtimeConfig that cannot be acted on is an error, not passed over.",
    observed: "ADD with a MAC address and an IP address that are none: an error; without them it works.",
    run: async (trial) => {
      const bad = trial.subject.type === "host-local" ? { ips: ["10.88.0.300"] } : { mac: "nonsense" };
      await trial.fail("ADD", { config: trial.configuration({ runtimeConfig: bad }) });
      const other = await trial.addBox("two");
      await claimAttached(trial, await trial.add({ of: other }), other);
    },
  },
  {
    id: "CAP-02b",
    strength: "SHOULD",
    profile: "quality",
    section,
    types: ["bridge", "trestle", "host-local"],
    statement:
      "An address that was asked for and cannot be given is an error, and nothing else is given in its place.",
    observed:
      "ADD with runtimeConfig.ips out of the range: an error, no lease; the same within the range works.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await trial.fail("ADD", { config: trial.configuration({ runtimeConfig: { ips: ["192.0.2.9"] } }) });
      const lease = /^\+ files \/ \/var\/lib\/cni\/networks\/[^/]+\/\d/;
      const leased = (await trial.changesSince(before)).filter((line) => lease.test(line));
      claimSame("leases after a refused ADD", leased, []);
      const of = await trial.addBox("two");
      const added = await trial.add({
        of,
        config: trial.configuration({ runtimeConfig: { ips: ["10.88.0.9"] } }),
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
