/** BRG-40 and BRG-41: what ADD prints. */
import { addressTexts, link } from "../node/state.ts";
import { claimMatch, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { bridgeName, firstText, four, hostEnd, hostLocal, network } from "./bridge-network.ts";
import { listed } from "./result-parts.ts";

const section = "bridge: result";
const resolver = `# comment
nameserver 192.0.2.53
domain example.org
search a.example.org b.example.org
options ndots:2
`;

const resolved = {
  nameservers: ["192.0.2.53"],
  domain: "example.org",
  search: ["a.example.org", "b.example.org"],
  options: ["ndots:2"],
};

export const bridgeResultClauses: readonly Clause[] = [
  {
    id: "BRG-40a",
    strength: "MUST",
    profile: "compat",
    section,
    since: "0.3.0",
    statement: "The result lists the bridge, the host end and the container's end, in this order.",
    observed: "ADD; names and sandboxes of the result beside what the kernel has.",
    run: async (trial) => {
      const interfaces = listed(await trial.add({ config: network(trial) }), "interfaces");
      const names = interfaces.map(({ name, sandbox }) => [name, sandbox ?? ""]);
      const host = await hostEnd(trial);
      claimSame("names and sandboxes of the result", names, [
        [bridgeName, ""],
        [host.ifname, ""],
        ["eth0", trial.box.netns],
      ]);
      claimSame("the bridge of the host end", host.master, bridgeName);
    },
  },
  {
    id: "BRG-40b",
    strength: "MUST",
    profile: "compat",
    section,
    since: "0.3.0",
    statement: "The MAC addresses of the result are the kernel's.",
    observed: "Two ADDs; the result's MAC addresses beside those of the links.",
    run: async (trial) => {
      for (const box of [trial.box, await trial.addBox("two")]) {
        const interfaces = listed(await trial.add({ config: network(trial), of: box }), "interfaces");
        const found = [
          await link(trial.node, null, bridgeName),
          await hostEnd(trial, box),
          await link(trial.node, box.name, "eth0"),
        ];
        claimSame(
          "MAC addresses of the result",
          interfaces.map(({ mac }) => mac),
          found.map(({ address }) => address),
        );
      }
    },
  },
  {
    id: "BRG-40c",
    strength: "MUST",
    profile: "compat",
    section,
    since: "0.3.0",
    statement: "Each address of the result belongs to the third interface and has its gateway.",
    observed: "ADD; the result's ips beside the address of the container's link.",
    run: async (trial) => {
      const ips = listed(await trial.add({ config: network(trial) }), "ips");
      const facts = ips.map(({ address, gateway, interface: index }) => ({ address, gateway, index }));
      claimSame("ips of the result", facts, [{ address: firstText(four), gateway: four.gateway, index: 2 }]);
      claimSame("addresses of eth0", await addressTexts(trial.node, "one", "eth0"), [firstText(four)]);
    },
  },
  {
    id: "BRG-40d",
    strength: "quirk",
    profile: "compat",
    section,
    statement: 'The name of the host end begins with "veth", which rules for such links match.',
    observed: "ADD; then the name of the link at the other end of eth0.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      claimMatch("the name of the host end", (await hostEnd(trial)).ifname, /^veth./);
    },
  },
  {
    id: "BRG-40e",
    strength: "SHOULD",
    profile: "quality",
    section,
    since: "1.1.0",
    statement: "The result tells the MTU of the container's interface.",
    observed: "ADD with mtu 1400; then the third interface of the result.",
    run: async (trial) => {
      const interfaces = listed(await trial.add({ config: network(trial, { mtu: 1400 }) }), "interfaces");
      claimSame("the MTU of the third interface", interfaces[2]?.["mtu"], 1400);
    },
  },
  {
    id: "BRG-41a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: dns",
    statement: "Without dns in the configuration the result has what IPAM says.",
    observed: "ADD with ipam.resolvConf; then dns of the result.",
    run: async (trial) => {
      const ipam = hostLocal([four], { resolvConf: writeResolver(trial) });
      const { dns } = await trial.add({ config: network(trial, { ipam }) });
      claimSame("dns of the result", dns, resolved);
    },
  },
  {
    id: "BRG-41b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: dns",
    statement: "dns in the configuration replaces that of IPAM as a whole.",
    observed: "ADD with ipam.resolvConf and with name servers in the configuration; then dns of the result.",
    run: async (trial) => {
      const ipam = hostLocal([four], { resolvConf: writeResolver(trial) });
      const dns = { nameservers: ["192.0.2.1", "2001:db8::1"] };
      const result = await trial.add({ config: network(trial, { ipam, dns }) });
      claimSame("dns of the result", result["dns"], dns);
    },
  },
];

function writeResolver(trial: Trial): string {
  const path = `${trial.node.folder}/resolv.conf`;
  trial.node.write(path, resolver);
  return path;
}
