/** CFG-09: JSON as the reference plugins read it. */
import { isJsonObject } from "../../cni/json-object.ts";
import { routes } from "../node/state.ts";
import { claim, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { bridgeName, firstText, four, hostEnd, layer2 } from "./bridge-network.ts";
import { claimAttached } from "./footprint.ts";
import { leasedNetwork } from "./leased-network.ts";
import { addressesIn } from "./result-parts.ts";

const bridgeTypes = ["bridge", "trestle"] as const;

export const configurationJsonClauses: readonly Clause[] = [
  {
    id: "CFG-09a",
    strength: "MUST",
    profile: "compat",
    section: "Go's JSON decoder",
    statement: "Keys are matched in whatever case they come.",
    observed: 'ADD with "CNIVERSION", "Name" and "Type" works in the version that was asked for.',
    run: async (trial) => {
      const { cniVersion, name, type, ...others } = trial.configuration();
      const ended = await trial.call("ADD", {
        config: { CNIVERSION: cniVersion, Name: name, Type: type, ...others },
      });
      claimSame("the exit code", ended.exitCode, 0);
      claim(isJsonObject(ended.json), "a successful ADD must print one JSON object");
      claimSame("the result's cniVersion", ended.json["cniVersion"], trial.version);
    },
  },
  {
    id: "CFG-09b",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON decoder",
    statement: "Of a key that comes twice the last one counts.",
    observed:
      "ADD with an unknown cniVersion before the right one works; the other way round it is refused with code 1.",
    run: async (trial) => {
      const { cniVersion, ...others } = trial.configuration(
        trial.isChained ? { prevResult: trial.previousOf() } : {},
      );
      const rest = JSON.stringify(others).slice(1);
      const [right, wrong] = [`"cniVersion":"${String(cniVersion)}"`, '"cniVersion":"9.9.9"'];
      await trial.fail("ADD", { stdin: `{${right},${wrong},${rest}` }, { code: 1 });
      const ended = await trial.call("ADD", { stdin: `{${wrong},${right},${rest}` });
      claimSame("the exit code", ended.exitCode, 0);
      claim(isJsonObject(ended.json), "a successful ADD must print one JSON object");
    },
  },
  {
    id: "CFG-09c",
    strength: "MUST",
    profile: "compat",
    section: "Go's JSON decoder",
    statement: "null means the same as a key that is not there.",
    observed:
      'ADD with null for "args", "runtimeConfig", "dns" and "capabilities" works; null for the name is refused with code 7.',
    run: async (trial) => {
      const config = trial.configuration({ args: null, runtimeConfig: null, dns: null, capabilities: null });
      await claimAttached(trial, await trial.add({ config }));
      await trial.fail("ADD", { config: trial.configuration({ name: null }) }, { code: 7 });
    },
  },
  {
    id: "CFG-09d",
    strength: "MUST",
    profile: "quality",
    section: "Go's JSON decoder",
    isVersionless: true,
    statement: "A value of the wrong JSON type is refused before anything happens.",
    observed:
      'ADD with a number for "name" and for "cniVersion", and a list for "name": an error, nothing changed.',
    run: async (trial) => {
      const before = await trial.snapshot();
      for (const change of [{ name: 5 }, { cniVersion: 1 }, { name: ["a"] }]) {
        await trial.fail("ADD", { config: trial.configuration(change) });
      }
      await trial.claimUnchanged("a refused ADD changed the host", before);
    },
  },
  {
    id: "CFG-09e",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON decoder",
    types: bridgeTypes,
    isVersionless: true,
    statement: "A whole number must be written as one: no text, no fraction, no exponent, in range.",
    observed: 'ADD with "mtu" as "1500", 1500.5, 1e30 and -1e30: refused; with 1400 it works.',
    run: async (trial) => {
      for (const mtu of ['"1500"', "1500.5", "1e30", "-1e30"]) {
        const stdin = JSON.stringify(leasedNetwork(trial, { mtu: "MTU" })).replace('"MTU"', mtu);
        await trial.fail("ADD", { stdin });
      }
      await claimAttached(trial, await trial.add({ config: leasedNetwork(trial, { mtu: 1400 }) }));
    },
  },
  {
    id: "CFG-09f",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON decoder",
    types: bridgeTypes,
    isVersionless: true,
    statement: "A whole number with a fraction of zero is refused.",
    observed: 'ADD with "mtu": 1400.0 is refused, with 1400 it works.',
    run: async (trial) => {
      const stdin = JSON.stringify(leasedNetwork(trial, { mtu: "MTU" }));
      await trial.fail("ADD", { stdin: stdin.replace('"MTU"', "1400.0") });
      await trial.add({ stdin: stdin.replace('"MTU"', "1400") });
    },
  },
  {
    id: "CFG-09g",
    strength: "MUST",
    profile: "compat",
    section: "Go's JSON decoder",
    types: bridgeTypes,
    isVersionless: true,
    statement: "The keys of bridge are matched in whatever case they come, as those of every network.",
    observed: 'ADD with "BRIDGE", "ISdefaultGateway" and "Ipam": the bridge and a default route are there.',
    run: async (trial) => {
      const { bridge, ipam, isGateway: _isGateway, ...others } = leasedNetwork(trial);
      await trial.add({ config: { ...others, BRIDGE: bridge, ISdefaultGateway: true, Ipam: ipam } });
      const { name, ifname } = trial.box;
      claimSame("the bridge of the host end", (await hostEnd(trial)).master, bridgeName);
      const found = (await routes(trial.node, name, 4)).find(({ dst }) => dst === "default");
      claimSame(
        "gateway and interface of the default route",
        [found?.gateway, found?.dev],
        [four.gateway, ifname],
      );
    },
  },
  {
    id: "CFG-09h",
    strength: "MUST",
    profile: "compat",
    section: "Go's JSON decoder",
    types: bridgeTypes,
    since: "0.3.0",
    statement: "null for a key of bridge means the same as a key that is not there.",
    observed:
      'ADD with null for "mtu", "vlan" and "ipMasq" works, and with null for "ipam" gives no address.',
    run: async (trial) => {
      const nothing = { mtu: null, vlan: null, ipMasq: null };
      const added = await trial.add({ config: leasedNetwork(trial, nothing) });
      claimSame("the addresses", addressesIn(added), [firstText(four)]);
      const of = await trial.addBox("two");
      const bare = await trial.add({ of, config: layer2(trial, { ...nothing, ipam: null }) });
      await claimAttached(trial, bare, of);
      claimSame("addresses without ipam", addressesIn(bare), []);
    },
  },
  {
    id: "CFG-09i",
    strength: "quirk",
    profile: "compat",
    section: "Go's JSON decoder",
    types: bridgeTypes,
    isVersionless: true,
    statement: "A flag must be true or false, not a text or a number.",
    observed:
      'ADD with "true", 1 and a list for "isGateway", and with "true" for "ipMasq": refused; with true it works.',
    run: async (trial) => {
      for (const change of [{ isGateway: "true" }, { isGateway: 1 }, { isGateway: [] }, { ipMasq: "true" }]) {
        await trial.fail("ADD", { config: leasedNetwork(trial, change) });
      }
      await claimAttached(trial, await trial.add({ config: leasedNetwork(trial, { isGateway: true }) }));
    },
  },
];
