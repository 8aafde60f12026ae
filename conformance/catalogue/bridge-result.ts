/** BRG-40 to BRG-44: what ADD prints, and networks that have nothing or too much to print. */
import { resultShape } from "../../cni/version.ts";
import { delegateFolder, installDelegate } from "../node/delegate.ts";
import { addressTexts, leases, link } from "../node/state.ts";
import { claim, claimMatch, claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import {
  bridgeName,
  claimReaches,
  firstText,
  four,
  gatewayText,
  hostEnd,
  hostLocal,
  isUp,
  layer2,
  linkNames,
  listed,
  network,
  shell,
  vethNames,
  type Subnet,
} from "./bridge-network.ts";

const section = "bridge: result";

const secondFour: Subnet = {
  subnet: "10.89.0.0/24",
  length: 24,
  gateway: "10.89.0.1",
  first: "10.89.0.2",
  second: "10.89.0.3",
};

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
  {
    id: "BRG-42a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    statement: "Without IPAM the container has an interface that is up and has no address.",
    observed: "ADD without ipam; links, bridge, addresses, and frames between two containers.",
    run: async (trial) => claimLayer2(trial, undefined),
  },
  {
    id: "BRG-42b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    statement: "An empty ipam is the same as none.",
    observed: "The same with an empty object.",
    run: async (trial) => claimLayer2(trial, {}),
  },
  {
    id: "BRG-42c",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    statement: "Keys about addresses mean nothing where there are none.",
    observed: "ADD without ipam, with isGateway, isDefaultGateway and ipMasq: the bridge has no address.",
    run: async (trial) => {
      const keys = { isGateway: true, isDefaultGateway: true, ipMasq: true };
      await trial.add({ config: layer2(trial, keys) });
      claim(isUp(await link(trial.node, "one", "eth0")), "eth0 must be up, and it is down");
      claimNone("addresses of the bridge", await addressTexts(trial.node, null, bridgeName));
    },
  },
  {
    id: "BRG-42d",
    strength: "MUST",
    profile: "quality",
    section: "bridge: ipam",
    since: "0.4.0",
    statement: "CHECK works for networks without IPAM.",
    observed: "ADD and CHECK without ipam succeed; with the link deleted CHECK fails.",
    run: async (trial) => {
      const previous = await trial.add({ config: layer2(trial) });
      await trial.succeed("CHECK", { config: layer2(trial), previous });
      await shell(trial, "ip -n one link del eth0");
      await trial.fail("CHECK", { config: layer2(trial), previous });
    },
  },
  {
    id: "BRG-42e",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    since: "0.3.0",
    statement: "DEL works for networks without IPAM.",
    observed: "ADD and DEL without ipam; then the links of container and host.",
    run: async (trial) => {
      const result = await trial.add({ config: layer2(trial) });
      await hostEnd(trial);
      await trial.succeed("DEL", { config: layer2(trial), ...trial.final(result) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
    },
  },
  {
    id: "BRG-43a",
    strength: "MUST",
    profile: "compat",
    section,
    until: "0.2.0",
    statement:
      "A version whose results have no place for less than one address refuses networks without IPAM.",
    observed: "ADD without ipam fails; with ipam it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: layer2(trial) });
      await claimRecovers(trial);
    },
  },
  {
    id: "BRG-43b",
    strength: "MUST",
    profile: "quality",
    section,
    until: "0.2.0",
    statement: "That refusal leaves no link.",
    observed: "Links after an ADD without ipam; then with ipam it succeeds in the same container.",
    run: async (trial) => {
      await trial.fail("ADD", { config: layer2(trial) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-43c",
    strength: "MUST",
    profile: "compat",
    section,
    until: "0.2.0",
    statement: "A version whose results have one place of a family refuses two addresses of it.",
    observed: "ADD with two subnets of IPv4 fails; with one it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: crowded(trial) });
      await claimRecovers(trial);
    },
  },
  {
    id: "BRG-43d",
    strength: "MUST",
    profile: "quality",
    section,
    until: "0.2.0",
    statement: "That refusal leaves no link and no lease.",
    observed: "Links and leases after an ADD with two subnets of IPv4; then with one it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: crowded(trial) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      claimNone("leases", await leases(trial.node, "conformance"));
      await trial.add({ config: network(trial) });
    },
  },
  {
    id: "BRG-43e",
    strength: "quirk",
    profile: "compat",
    section,
    until: "0.2.0",
    statement: "Such a version refuses DEL as well where the configuration has two subnets of a family.",
    observed: "ADD and DEL with one subnet of IPv4 succeed; DEL with two fails.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      await trial.succeed("DEL", { config: network(trial) });
      await trial.fail("DEL", { config: crowded(trial) });
    },
  },
  {
    id: "BRG-44a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: ipam",
    statement: "An answer of IPAM without an address is an error.",
    observed: "ADD with an IPAM plugin that gives none fails; with one that gives some it succeeds.",
    run: async (trial) => {
      const config = network(trial, { ipam: { type: "empty-ipam" } });
      const out = { cniVersion: trial.version, dns: {} };
      await installDelegate(trial.node, "empty-ipam", { ADD: { out } });
      await trial.fail("ADD", { config, path: `${delegateFolder}:${trial.subject.folder}` });
      await claimRecovers(trial);
    },
  },
  {
    id: "BRG-44b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: isGateway",
    statement: "Where IPAM names no gateway it is the first address of the subnet.",
    observed: "ADD with an IPAM plugin that gives an address alone; then the bridge's address and a ping.",
    run: async (trial) => {
      const config = network(trial, { ipam: { type: "bare-ipam" } });
      await installDelegate(trial.node, "bare-ipam", { ADD: { out: bareLease(trial) } });
      await trial.add({ config, path: `${delegateFolder}:${trial.subject.folder}` });
      const found = await addressTexts(trial.node, null, bridgeName);
      claimSame("addresses of the bridge", found, [gatewayText(four)]);
      await claimReaches(trial, "one", four.gateway);
    },
  },
];

function writeResolver(trial: Trial): string {
  const path = `${trial.node.folder}/resolv.conf`;
  trial.node.write(path, resolver);
  return path;
}

/** Two containers hear each other once they have addresses by hand. */
async function claimLayer2(trial: Trial, ipam: object | undefined): Promise<void> {
  const config = layer2(trial, { ipam });
  const result = await trial.add({ config });
  claimNone(
    "ips of the result",
    listed(result, "ips").map((ip) => JSON.stringify(ip)),
  );
  claimNone("addresses of eth0", await addressTexts(trial.node, "one", "eth0"));
  claim(isUp(await link(trial.node, "one", "eth0")), "eth0 must be up, and it is down");
  claimSame("the bridge of the host end", (await hostEnd(trial)).master, bridgeName);
  await trial.add({ config, of: await trial.addBox("two") });
  await shell(
    trial,
    `ip -n one addr add 192.0.2.1/24 dev eth0
    ip -n two addr add 192.0.2.2/24 dev eth0`,
  );
  await claimReaches(trial, "one", "192.0.2.2");
}

/** An attachment of another container succeeds, so that it was not everything that is refused. */
async function claimRecovers(trial: Trial): Promise<void> {
  const other = await trial.addBox("other");
  await trial.add({ config: network(trial), of: other });
  claimSame("the number of addresses", (await addressTexts(trial.node, "other", "eth0")).length, 1);
}

function crowded(trial: Trial): ReturnType<typeof network> {
  return network(trial, { isGateway: false, ipam: hostLocal([four, secondFour]) });
}

function bareLease(trial: Trial): object {
  const address = firstText(four);
  const cniVersion = trial.version;
  const shape = resultShape(cniVersion);
  if (shape === "ip4/ip6") return { cniVersion, ip4: { ip: address }, dns: {} };
  const ip = shape === "ips with version" ? { version: "4", address } : { address };
  return { cniVersion, ips: [ip], dns: {} };
}
