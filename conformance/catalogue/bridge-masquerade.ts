/** BRG-60 and BRG-61: containers that are seen with the host's address. */
import { claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { destroy } from "./footprint.ts";
import { asking, four, hostLocal, network, shell, six, type Subnet } from "./bridge-network.ts";
import { masquerading, sourceSeen, type MasqueradeBackend } from "./bridge-traffic.ts";

const section = "bridge: ipMasq";
export const bridgeMasqueradeClauses: readonly Clause[] = [
  {
    id: "BRG-60a",
    strength: "MUST",
    profile: "compat",
    section,
    isVersionless: true,
    needs: ["ipv6", "nf_tables", "ping", "tcpdump"],
    statement: "With ipMasq a host outside sees the node's address, without it the container's.",
    observed: "Traffic of two containers, one of them with the key, to a host outside that notes the source.",
    run: async (trial) => claimMasqueraded(trial, four, 4),
  },
  {
    id: "BRG-60b",
    strength: "MUST",
    profile: "compat",
    section,
    isVersionless: true,
    needs: ["ipv6", "nf_tables", "ping", "tcpdump"],
    statement: "With ipMasq a host outside sees the node's IPv6 address, without it the container's.",
    observed:
      "Traffic of two containers with IPv6, one of them with the key, to a host outside that notes the source.",
    run: async (trial) => claimMasqueraded(trial, six, 6),
  },
  {
    id: "BRG-61a",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ipv6", "nf_tables", "ping", "tcpdump"],
    statement: "After DEL the address is not masqueraded any more.",
    observed:
      "ADD with the key and DEL; the same address is given to another container without the key, whose traffic a host outside sees with its own address.",
    run: async (trial) => {
      await claimForgotten(trial, { isNamespaceGone: false, ipMasqBackend: undefined });
    },
  },
  {
    id: "BRG-61b",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ipv6", "nf_tables", "ping", "tcpdump"],
    statement: "After DEL the address is not masqueraded any more, also where the namespace was gone before.",
    observed: "As BRG-61a, with the namespace deleted between ADD and DEL.",
    run: async (trial) => {
      await claimForgotten(trial, { isNamespaceGone: true, ipMasqBackend: undefined });
    },
  },
  {
    id: "BRG-61c",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ipv6", "iptables", "ping", "tcpdump"],
    statement: "The rules of iptables go with DEL, also where the namespace was gone before.",
    observed: "As BRG-61b, with the backend iptables.",
    run: async (trial) => {
      await claimForgotten(trial, { isNamespaceGone: true, ipMasqBackend: "iptables" });
    },
  },
  {
    id: "BRG-61d",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ipv6", "nf_tables", "ping", "tcpdump"],
    statement: "DEL of one container leaves the masquerade of the others.",
    observed:
      "Two ADDs with the key, DEL of the first: a host outside sees the node's address for the second.",
    run: async (trial) => {
      const outside = await trial.node.addOutsideHost();
      const config = masquerading(trial, four, undefined);
      const result = await trial.add({ config });
      await trial.add({ config, of: await trial.addBox("two") });
      await trial.succeed("DEL", { config, ...trial.final(result) });
      claimSame("the source seen", await sourceSeen(trial, "two", outside, 4), outside.nodeAddress);
    },
  },
  {
    id: "BRG-61e",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["ipv6", "nf_tables", "ping", "tcpdump"],
    statement: "DEL of one interface leaves the masquerade of another of the same container and network.",
    observed:
      "Two ADDs of one container with the key, DEL of the first interface: a host outside sees the node's address for the second.",
    run: async (trial) => {
      const outside = await trial.node.addOutsideHost();
      const config = network(trial, { ipMasq: true });
      const result = await trial.add({ config });
      await trial.add({ config, of: { ...trial.box, ifname: "eth1" } });
      await trial.succeed("DEL", { config, ...trial.final(result) });
      await shell(trial, `ip -n one route add default via ${four.gateway} dev eth1`);
      claimSame("the source seen", await sourceSeen(trial, "one", outside, 4), outside.nodeAddress);
    },
  },
];

async function claimMasqueraded(trial: Trial, subnet: Subnet, family: 4 | 6): Promise<void> {
  const outside = await trial.node.addOutsideHost();
  const plain = network(trial, { isDefaultGateway: true, ipam: hostLocal([subnet]) });
  await trial.add({ config: plain });
  await trial.add({ config: masquerading(trial, subnet, undefined), of: await trial.addBox("two") });
  claimSame("the source without ipMasq", await sourceSeen(trial, "one", outside, family), subnet.first);
  const node = family === 4 ? outside.nodeAddress : outside.nodeAddress6;
  claimSame("the source with ipMasq", await sourceSeen(trial, "two", outside, family), node);
}

async function claimForgotten(
  trial: Trial,
  {
    isNamespaceGone,
    ipMasqBackend,
  }: { readonly isNamespaceGone: boolean; readonly ipMasqBackend: MasqueradeBackend },
): Promise<void> {
  const outside = await trial.node.addOutsideHost();
  const config = masquerading(trial, four, ipMasqBackend);
  const result = await trial.add({ config });
  claimSame("the source before DEL", await sourceSeen(trial, "one", outside, 4), outside.nodeAddress);
  if (isNamespaceGone) await destroy(trial, trial.box);
  await trial.succeed("DEL", { config, ...trial.final(result) });
  const next = network(trial, { isDefaultGateway: true });
  await trial.add({ config: next, of: await trial.addBox("two"), args: asking(four.first) });
  claimSame("the source after DEL", await sourceSeen(trial, "two", outside, 4), four.first);
}
