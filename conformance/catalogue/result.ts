/** RES: what an ADD prints; specification section 5, "Success". */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { resultShape } from "../../cni/version.ts";
import { addressTexts, links } from "../node/state.ts";
import { claim, claimMatch, claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { subnet } from "../suite/subject.ts";
import type { Trial } from "../suite/trial.ts";
import { FakeIpam, leaseOf } from "./fake-ipam.ts";
import { addressesIn, claimAttached, mayRemain } from "./footprint.ts";

const section = "5 Types: Success";

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

const cidr = /^[0-9a-f.:]+\/\d{1,3}$/;

/** Keys of a result, and of its addresses, in the shape of a version. */
function claimShape(trial: Trial, result: JsonObject): void {
  const shape = resultShape(trial.version);
  if (shape === "ip4/ip6") {
    for (const key of ["ips", "interfaces", "routes"]) {
      claim(
        result[key] === undefined,
        `"${key}" does not exist in ${trial.version}, found ${show(result[key])}`,
      );
    }
    for (const family of [result["ip4"], result["ip6"]]) {
      if (family === undefined) continue;
      claim(isJsonObject(family), '"ip4" and "ip6" must be objects');
      claimMatch("the address", String(family["ip"]), cidr);
    }
    return;
  }
  claim(result["ip4"] === undefined && result["ip6"] === undefined, '"ip4" and "ip6" ended with 0.2.0');
  for (const ip of objectsIn(result["ips"])) {
    claimMatch("an address", String(ip["address"]), cidr);
    const family = String(ip["address"]).includes(":") ? "6" : "4";
    claimSame("ips[].version", ip["version"], shape === "ips" ? undefined : family);
  }
}

export const resultClauses: readonly Clause[] = [
  {
    id: "RES-01",
    strength: "MUST",
    profile: "spec",
    section,
    statement: "The result is in the version of the configuration, and says so.",
    observed: "cniVersion of the result of an ADD.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      claimSame("cniVersion", added["cniVersion"], trial.version);
    },
  },
  {
    id: "RES-02",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.3.0",
    kinds: ["interface"],
    statement: "The result lists the container's interface, with the namespace exactly as CNI_NETNS gave it.",
    observed:
      "ADD with a path by way of /run/../run: the interface of that name has it letter by letter as sandbox, and the kernel's MAC address.",
    run: async (trial) => {
      const netns = `/run/../run/netns/${trial.box.name}`;
      const added = await trial.add({ env: { CNI_NETNS: netns } });
      const own = objectsIn(added["interfaces"]).find(
        ({ name, sandbox }) => name === trial.box.ifname && sandbox,
      );
      claim(own !== undefined, `"${trial.box.ifname}" with a sandbox must be in interfaces`);
      claimSame("its sandbox", own["sandbox"], netns);
      const seen = (await links(trial.node, trial.box.name)).find(
        ({ ifname }) => ifname === trial.box.ifname,
      );
      claimSame("its MAC address", own["mac"], seen?.address);
    },
  },
  {
    id: "RES-02b",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.3.0",
    kinds: ["interface"],
    statement:
      "Every interface that the attachment made on the host is in the result too, without a sandbox.",
    observed: "Links of the host before and after an ADD: each new one is listed with its MAC address.",
    run: async (trial) => {
      const before = new Set((await links(trial.node, null)).map(({ ifname }) => ifname));
      const added = await trial.add();
      await claimAttached(trial, added);
      const listed = objectsIn(added["interfaces"]).filter(({ sandbox }) => !sandbox);
      for (const { ifname, address } of (await links(trial.node, null)).filter(
        (link) => !before.has(link.ifname),
      )) {
        const found = listed.find(({ name }) => name === ifname);
        claim(found !== undefined, `"${ifname}" was made on the host and is not in interfaces`);
        claimSame(`the MAC address of ${ifname}`, found["mac"], address);
      }
    },
  },
  {
    id: "RES-03",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.3.0",
    kinds: ["interface", "loopback"],
    statement: "Each address of the result has a prefix length and points to the interface that has it.",
    observed:
      "ips[].interface is an index of interfaces; the interface there is the container's, and the kernel shows the address on it.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      const interfaces = objectsIn(added["interfaces"]);
      for (const { address, interface: index } of objectsIn(added["ips"])) {
        claim(typeof index === "number", `ips[].interface must be a number, found ${show(index)}`);
        const link = interfaces[index];
        claim(
          link !== undefined,
          `ips[].interface is ${index}, and there are ${interfaces.length} interfaces`,
        );
        const name = trial.subject.kind === "loopback" ? "lo" : trial.box.ifname;
        claimSame("the interface of the address", link["name"], name);
        claim(
          Boolean(link["sandbox"]),
          "the interface of the address must be the container's, with a sandbox",
        );
        const seen = await inContainer(trial, name);
        claim(
          seen.includes(String(address)),
          `${show(address)} must be on "${name}", which has ${show(seen)}`,
        );
      }
      if (trial.subject.kind === "interface")
        claimSame("the addresses", addressesIn(added), await inContainer(trial, trial.box.ifname));
    },
  },
  {
    id: "RES-04",
    strength: "SHOULD",
    profile: "spec",
    section,
    kinds: ["interface", "ipam"],
    statement: "An address comes with the gateway of its subnet, where there is one.",
    observed: "The result of an ADD with an address of an IPAM plugin that names a gateway.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      const { ip4 } = added;
      const [first] = isJsonObject(ip4) ? [ip4] : objectsIn(added["ips"]);
      claim(first !== undefined, "the result must have an address");
      claimMatch("the gateway", String(first["gateway"]), /^[0-9a-f]+[.:]/);
    },
  },
  {
    id: "RES-05",
    strength: "MUST",
    profile: "spec",
    section: "5 Types, of 0.1.0 and 0.2.0",
    until: "0.2.0",
    kinds: ["interface", "ipam"],
    types: ["bridge", "trestle", "host-local"],
    statement: "0.1.0 and 0.2.0 have room for one address of each family: more is an error.",
    observed: "ADD with two IPv4 range sets: refused; with one IPv4 and one IPv6 set it works.",
    run: async (trial) => {
      const other = "10.89.0.0/24";
      const ranges = (...subnets: readonly string[]) =>
        trial.withIpam({ subnet: undefined, ranges: subnets.map((text) => [{ subnet: text }]) });
      await trial.fail("ADD", { config: ranges(subnet, other) });
      const added = await trial.add({
        of: await trial.addBox("two"),
        config: ranges(subnet, "fd00:88::/64"),
      });
      claimSame("the addresses", addressesIn(added).length, 2);
    },
  },
  {
    id: "RES-06",
    strength: "SHOULD",
    profile: "quality",
    section,
    since: "1.1.0",
    kinds: ["interface"],
    statement: "From 1.1.0 on an interface of the result tells its MTU.",
    observed: "The mtu of the container's interface in the result is the kernel's.",
    run: async (trial) => {
      const added = await trial.add();
      const own = objectsIn(added["interfaces"]).find(({ sandbox }) => sandbox);
      const seen = (await links(trial.node, trial.box.name)).find(
        ({ ifname }) => ifname === trial.box.ifname,
      );
      claim(seen !== undefined, "ADD must make the interface");
      claimSame("its mtu", own?.["mtu"], seen.mtu);
    },
  },
  {
    id: "RES-06b",
    strength: "MUST",
    profile: "spec",
    section,
    since: "0.3.0",
    until: "1.0.0",
    kinds: ["interface"],
    statement: "What came with 1.1.0 is not in results of earlier versions.",
    observed: "Interfaces of the result have neither mtu nor socketPath nor pciID.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      for (const link of objectsIn(added["interfaces"])) {
        for (const key of ["mtu", "socketPath", "pciID"]) {
          claim(link[key] === undefined, `"${key}" came with 1.1.0, and ${show(link["name"])} has it`);
        }
      }
    },
  },
  {
    id: "RES-07",
    strength: "SHOULD",
    profile: "spec",
    section,
    since: "1.1.0",
    kinds: ["interface"],
    statement:
      "Attributes of a route are passed on as the IPAM plugin gave them; an explicit table and scope are kept, 0 too.",
    observed:
      "An IPAM plugin gives a route with mtu, advmss, priority, table 0 and scope 0: all are in the result, and what is left out stays out.",
    run: async (trial) => {
      const full = {
        dst: "10.99.0.0/16",
        gw: "10.88.0.1",
        mtu: 1400,
        advmss: 1300,
        priority: 50,
        table: 254,
        scope: 0,
      };
      const routes = [full, { dst: "10.98.0.0/16" }];
      const ipam = await FakeIpam.install(trial, { ADD: { out: leaseOf(trial.version, routes) } });
      const added = objectsIn((await trial.add(ipam.options))["routes"]);
      claimSame(
        "the route",
        added.find(({ dst }) => dst === full.dst),
        full,
      );
      const plain = added.find(({ dst }) => dst === "10.98.0.0/16");
      for (const key of ["mtu", "advmss", "priority", "table", "scope"]) {
        claimSame(`${key} of the plain route`, plain?.[key], undefined);
      }
    },
  },
  {
    id: "RES-08",
    strength: "quirk",
    profile: "compat",
    section: "Go library",
    since: "0.3.0",
    until: "1.0.0",
    kinds: ["interface"],
    statement: "Attributes of routes that came with 1.1.0 stay in results of earlier versions.",
    observed: "An IPAM plugin gives a route with a priority: the result has it.",
    run: async (trial) => {
      const routes = [{ dst: "10.99.0.0/16", gw: "10.88.0.1", priority: 50 }];
      const ipam = await FakeIpam.install(trial, { ADD: { out: leaseOf(trial.version, routes) } });
      const added = objectsIn((await trial.add(ipam.options))["routes"]);
      claimSame(
        "the priority of the route",
        added.find(({ dst }) => dst === "10.99.0.0/16")?.["priority"],
        50,
      );
    },
  },
  {
    id: "RES-09",
    strength: "MUST",
    profile: "quality",
    section: "5 Types, of 0.1.0 and 0.2.0",
    until: "0.2.0",
    types: ["bridge", "trestle"],
    statement:
      "An attachment without addresses cannot be told in 0.1.0 and 0.2.0, and is refused before anything is made.",
    observed: "ADD without ipam: an error, nothing changed; with ipam it works.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await trial.fail("ADD", { config: trial.configuration({ ipam: undefined, isGateway: undefined }) });
      await trial.claimUnchanged("a refused ADD changed the host", before, mayRemain(trial));
      await claimAttached(trial, await trial.add());
    },
  },
  {
    id: "RES-10",
    strength: "MUST",
    profile: "spec",
    section,
    statement:
      "The result has the shape of its version: ip4 and ip6 up to 0.2.0, ips with a version up to 0.4.0, ips without it since.",
    observed: "Keys of the result and of its addresses; every address has a prefix length.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      claimShape(trial, added);
      claim(
        addressesIn(added).length > 0 || trial.subject.kind === "loopback" || added["ips"] === undefined,
        "no address",
      );
      if (trial.subject.kind === "loopback") {
        claim(
          addressesIn(added).includes("127.0.0.1/8"),
          `the result must have 127.0.0.1/8, found ${show(added)}`,
        );
      }
    },
  },
  {
    id: "RES-11",
    strength: "MUST",
    profile: "spec",
    section: "2 ADD",
    kinds: ["chained"],
    statement:
      "A chained plugin passes on the result of the plugin before it, changed only where it changed something.",
    observed: "ADD with a prevResult: the result has its addresses, interfaces, routes and dns.",
    run: async (trial) => {
      const previous = { ...trial.previousOf(), dns: { nameservers: ["10.88.0.53"] } };
      const added = await trial.add({ previous });
      for (const key of ["ips", "ip4", "dns"] as const) {
        claimSame(`"${key}" of the result`, added[key], (previous as JsonObject)[key]);
      }
      const names = objectsIn(added["interfaces"]).map(({ name, sandbox }) => ({ name, sandbox }));
      const given = objectsIn((previous as JsonObject)["interfaces"]);
      for (const link of given) {
        claim(
          names.some(({ name }) => name === link["name"]),
          `${show(link["name"])} must stay in interfaces`,
        );
      }
    },
  },
  {
    id: "RES-12",
    strength: "MUST",
    profile: "spec",
    section: "4 Plugin delegation, IPAM",
    kinds: ["ipam"],
    statement: "The result of an IPAM plugin has neither interfaces nor indexes into them.",
    observed: "The result of an ADD has an address, no interfaces, and no ips[].interface.",
    run: async (trial) => {
      const added = await trial.add();
      await claimAttached(trial, added);
      claimSame("interfaces", objectsIn(added["interfaces"]), []);
      for (const ip of objectsIn(added["ips"])) claimSame("ips[].interface", ip["interface"], undefined);
    },
  },
];

/** Addresses of an interface of the container; for `lo` the kernel says "scope host". */
async function inContainer(trial: Trial, name: string): Promise<string[]> {
  return addressTexts(trial.node, trial.box.name, name);
}
