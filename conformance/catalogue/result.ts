/** RES: what an ADD prints; specification section 5, "Success". */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { addressTexts, links } from "../node/state.ts";
import { claim, claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import { gateway } from "../suite/subject.ts";
import type { Trial } from "../suite/trial.ts";
import { FakeIpam } from "./fake-ipam.ts";
import { claimAddresses, claimAttached } from "./footprint.ts";
import { inOrder } from "./in-order.ts";
import { keepsLeases } from "./own-leases.ts";
import { addressesIn, listed } from "./result-parts.ts";
import { resultRouteClauses } from "./result-route.ts";
import { resultVersionClauses } from "./result-version.ts";
import { resultBetweenClauses } from "./result-between.ts";

const section = "5 Types: Success";

const contentClauses: readonly Clause[] = [
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
      const own = listed(added, "interfaces").find(
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
      const onHost = listed(added, "interfaces").filter(({ sandbox }) => !sandbox);
      for (const { ifname, address } of (await links(trial.node, null)).filter(
        (link) => !before.has(link.ifname),
      )) {
        const found = onHost.find(({ name }) => name === ifname);
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
      const interfaces = listed(added, "interfaces");
      for (const { address, interface: index } of listed(added, "ips")) {
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
        claimAddresses("the addresses", addressesIn(added), await inContainer(trial, trial.box.ifname));
    },
  },
  {
    id: "RES-04",
    strength: "SHOULD",
    profile: "spec",
    section,
    kinds: ["interface", "ipam"],
    statement: "An address comes with the gateway of its subnet, where there is one.",
    observed:
      "The result of an ADD whose IPAM plugin names a gateway; of an IPAM plugin itself the result of host-local, which always knows one.",
    run: async (trial) => {
      if (trial.subject.kind === "interface") {
        const { options } = await FakeIpam.install(trial);
        claimSame("the gateways", gatewaysIn(await trial.add(options)), [gateway]);
        return;
      }
      if (!keepsLeases(trial))
        trial.notApplicable("whether there is a gateway its configuration does not say");
      const added = await trial.add();
      claimSame("the number of gateways", gatewaysIn(added).length, addressesIn(added).length);
    },
  },
];

/** In the order of their numbers. */
export const resultClauses = inOrder(
  contentClauses,
  resultVersionClauses,
  resultRouteClauses,
  resultBetweenClauses,
);

/** Addresses of an interface of the container; for `lo` the kernel says "scope host". */
async function inContainer(trial: Trial, name: string): Promise<string[]> {
  return addressTexts(trial.node, trial.box.name, name);
}

/** Of a result in any shape. */
function gatewaysIn(result: JsonObject): readonly unknown[] {
  const families = [result["ip4"], result["ip6"]].filter(isJsonObject);
  return [...families, ...listed(result, "ips")].map((ip) => ip["gateway"]).filter(Boolean);
}
