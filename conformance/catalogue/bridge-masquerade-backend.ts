/** BRG-62: which firewall does the masquerade. */
import { leases } from "../node/state.ts";
import { claim, claimMatch, claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { four, linkNames, network, vethNames } from "./bridge-network.ts";
import { masquerading, sourceSeen } from "./bridge-traffic.ts";

const backend = "bridge: ipMasqBackend";

export const bridgeMasqueradeBackendClauses: readonly Clause[] = [
  {
    id: "BRG-62a",
    strength: "MUST",
    profile: "compat",
    section: backend,
    needs: ["ipv6", "iptables", "ping", "tcpdump"],
    statement: "The backend iptables has its rules in the table nat, and DEL removes them.",
    observed:
      "ADD: a host outside sees the node's address and iptables-save names the container's. DEL: no more.",
    run: async (trial) => {
      const outside = await trial.node.addOutsideHost();
      const config = masquerading(trial, four, "iptables");
      const result = await trial.add({ config });
      claimSame("the source seen", await sourceSeen(trial, "one", outside, 4), outside.nodeAddress);
      claimMatch("iptables-save", (await iptables(trial)).join("\n"), /-s 10\.88\.0\.2\/32 /);
      await trial.succeed("DEL", { config, ...trial.final(result) });
      const left = (await iptables(trial)).filter(
        (line) => line.includes(four.first) || line.includes("CNI-"),
      );
      claimNone("DEL left rules", left);
    },
  },
  {
    id: "BRG-62b",
    strength: "MUST",
    profile: "compat",
    section: backend,
    needs: ["ipv6", "nf_tables", "iptables", "ping", "tcpdump"],
    statement: "The backend nftables does without iptables, and DEL removes the container's rules.",
    observed:
      "ADD: a host outside sees the node's address, nft(8) lists the container's and iptables-save has no rule. DEL: not listed any more.",
    run: async (trial) => {
      const outside = await trial.node.addOutsideHost();
      const config = masquerading(trial, four, "nftables");
      const result = await trial.add({ config });
      claimSame("the source seen", await sourceSeen(trial, "one", outside, 4), outside.nodeAddress);
      claimNone("rules of iptables", await iptables(trial));
      claim((await nftables(trial)).some(namesFirst), `nf_tables must name ${four.first}`);
      await trial.succeed("DEL", { config, ...trial.final(result) });
      claimNone("DEL left rules", (await nftables(trial)).filter(namesFirst));
    },
  },
  {
    id: "BRG-62c",
    strength: "MUST",
    profile: "compat",
    section: backend,
    needs: ["nf_tables"],
    statement: "A backend that does not exist is refused.",
    observed: 'ADD with "magic" fails; without the key it succeeds.',
    run: async (trial) => {
      const config = network(trial, { ipMasq: true, ipMasqBackend: "magic" });
      await trial.fail("ADD", { config }, { naming: ["magic"] });
      await trial.add({ config: network(trial, { ipMasq: true }), of: await trial.addBox("two") });
    },
  },
  {
    id: "BRG-62d",
    strength: "MUST",
    profile: "quality",
    section: backend,
    needs: ["nf_tables"],
    statement: "An ADD that is refused for its backend leaves no link and no lease.",
    observed:
      'Links and leases after ADD with "magic"; then without the key it succeeds in the same container.',
    run: async (trial) => {
      await trial.fail("ADD", { config: network(trial, { ipMasq: true, ipMasqBackend: "magic" }) });
      claimSame("links of the container", await linkNames(trial, "one"), ["lo"]);
      claimNone("pairs on the host", await vethNames(trial));
      claimNone("leases", await leases(trial.node, "conformance"));
      await trial.add({ config: network(trial, { ipMasq: true }) });
    },
  },
  {
    id: "BRG-62e",
    strength: "quirk",
    profile: "compat",
    section: backend,
    isVersionless: true,
    needs: ["nf_tables"],
    statement: "The backend nftables has one rule for each address, in the table cni_plugins_masquerade.",
    observed: "ADD; then what nft(8) lists of the chain masq_checks.",
    run: async (trial) => {
      await trial.add({ config: masquerading(trial, four, "nftables") });
      const chain = ["list", "chain", "inet", "cni_plugins_masquerade", "masq_checks"];
      const { stdout } = await trial.node.run("nft", chain, { allowFailure: true });
      claimMatch("the chain masq_checks", stdout, /ip saddr 10\.88\.0\.2 .*masquerade/);
    },
  },
  {
    id: "BRG-62f",
    strength: "quirk",
    profile: "compat",
    section: backend,
    isVersionless: true,
    needs: ["iptables"],
    statement: "The chain of iptables is named by a hash of network name and container id.",
    observed: "ADD of a known network and container; then the names of the chains.",
    run: async (trial) => {
      const of = { ...trial.box, containerId: "cid1" };
      await trial.add({ config: { ...masquerading(trial, four, "iptables"), name: "n1" }, of });
      claimMatch("iptables-save", (await iptables(trial)).join("\n"), /-j CNI-ca7a875c2b85fc44a855128b$/m);
    },
  },
];

/** Rules of the table nat, of both families. */
async function iptables(trial: Trial): Promise<readonly string[]> {
  const { stdout } = await trial.node.run("sh", ["-c", "iptables-save -t nat; ip6tables-save -t nat"]);
  return stdout.split("\n").filter((line) => line.startsWith("-A ") || line.startsWith(":CNI-"));
}

async function nftables(trial: Trial): Promise<readonly string[]> {
  const { stdout } = await trial.node.run("nft", ["list", "ruleset"]);
  return stdout.split("\n");
}

function namesFirst(line: string): boolean {
  return line.includes(four.first);
}
