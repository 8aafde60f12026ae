/** LOO-03 and 04: what the plugin loopback prints. */
import type { JsonObject } from "../../cni/json-object.ts";
import { addressTexts } from "../node/state.ts";
import { claim, claimSame, show } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { isLoopbackUp } from "./footprint.ts";
import { listed } from "./result-parts.ts";

const types = ["loopback"] as const;

/** What a main plugin before this one in a chain printed. */
function previousOfMain(trial: Trial): JsonObject {
  const ip = { interface: 0, address: "10.1.0.2/24", gateway: "10.1.0.1" };
  return {
    cniVersion: trial.version,
    interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", sandbox: trial.box.netns }],
    ips: [trial.isAtLeast("1.0.0") ? ip : { version: "4", ...ip }],
    routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }],
    dns: { nameservers: ["192.0.2.1"] },
  };
}

export const loopbackResultClauses: readonly Clause[] = [
  {
    id: "LOO-03a",
    types,
    strength: "MUST",
    profile: "spec",
    section: "5 ADD Success",
    until: "0.2.0",
    statement:
      "Up to 0.2.0 the result has the addresses of lo as ip4 and ip6, and nothing of later versions.",
    observed: "The result beside the addresses that ip(8) finds on lo.",
    run: async (trial) => {
      const result = await trial.add();
      const { ip4, ip6 } = result as {
        readonly ip4?: { readonly ip?: string };
        readonly ip6?: { readonly ip?: string };
      };
      const found = [ip4?.ip, ip6?.ip].filter((address) => address !== undefined);
      claimSame("the addresses", found, await addressTexts(trial.node, trial.box.name, "lo"));
      claimSame("later keys", [result["ips"], result["interfaces"]], [undefined, undefined]);
    },
  },
  {
    id: "LOO-03b",
    types,
    strength: "MUST",
    profile: "spec",
    section: "5 ADD Success",
    since: "0.3.0",
    statement:
      "Since 0.3.0 the result lists lo of the container and its addresses, until 0.4.0 each with its family.",
    observed: "The result beside the addresses that ip(8) finds on lo, CNI_NETNS as the sandbox.",
    run: async (trial) => {
      const result = await trial.add();
      const links = listed(result, "interfaces").map(({ name, sandbox }) => ({ name, sandbox }));
      claimSame("the interfaces", links, [{ name: "lo", sandbox: trial.box.netns }]);
      const addresses = await addressTexts(trial.node, trial.box.name, "lo");
      claim(addresses.includes("127.0.0.1/8"), `lo must have 127.0.0.1/8, found ${show(addresses)}`);
      const expected = addresses.map((address) => {
        const ip = { address, interface: 0 };
        return trial.isAtLeast("1.0.0") ? ip : { version: address.includes(":") ? "6" : "4", ...ip };
      });
      claimSame("the addresses", listed(result, "ips"), expected);
    },
  },
  {
    id: "LOO-03c",
    types,
    needs: ["ipv6"],
    strength: "MUST",
    profile: "compat",
    section: "reference loopback",
    since: "0.3.0",
    statement: "Where IPv6 is off in the container, the result has no IPv6 address.",
    observed: "IPv6 is switched off on lo; ADD: 127.0.0.1 alone.",
    run: async (trial) => {
      const off = "echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6";
      await trial.node.inNamespace(trial.box.name, "sh", ["-c", off]);
      const { ips } = (await trial.add()) as { readonly ips?: readonly JsonObject[] };
      claimSame(
        "the addresses",
        ips?.map(({ address }) => address),
        ["127.0.0.1/8"],
      );
    },
  },
  {
    id: "LOO-04",
    types,
    strength: "MUST",
    profile: "spec",
    section: "2 ADD",
    since: "0.3.0",
    statement: "In a chain loopback passes on the result of the plugin before it as it is.",
    observed:
      "ADD with a prevResult that has an interface, an address, a route and dns: lo is up, the result is the same.",
    run: async (trial) => {
      const previous = previousOfMain(trial);
      claimSame("the result", await trial.add({ previous }), previous);
      claim(await isLoopbackUp(trial, trial.box), '"lo" must be up in the container');
    },
  },
];
