/** Traffic for the cases about bridge: who is heard, and where it seems to come from. */
import type { Background } from "../node/background.ts";
import type { OutsideHost } from "../node/outside-host.ts";
import type { Trial } from "../suite/trial.ts";
import { hostLocal, network, type Subnet } from "./bridge-network.ts";

export type MasqueradeBackend = "iptables" | "nftables" | undefined;

/** A network with a default route whose traffic is masqueraded. */
export function masquerading(
  trial: Trial,
  subnet: Subnet,
  ipMasqBackend: MasqueradeBackend,
): ReturnType<typeof network> {
  const ipam = hostLocal([subnet]);
  return network(trial, { isDefaultGateway: true, ipMasq: true, ipMasqBackend, ipam });
}

/** Pings until it is stopped, whether or not there is an answer; 30 s at most. */
export async function keepAsking(trial: Trial, namespace: string, address: string): Promise<Background> {
  return trial.node.background("ping", ["-n", "-q", "-i", "0.2", "-w", "30", address], { namespace });
}

/** The address that a container's traffic has when it comes to a host outside. @throws Error when it does not come */
export async function sourceSeen(
  trial: Trial,
  from: string,
  outside: OutsideHost,
  family: 4 | 6,
): Promise<string> {
  const request = family === 4 ? "icmp[0] == 8" : "icmp6 and ip6[40] == 128";
  const options = { namespace: outside.name, seconds: 10 };
  await using capture = await trial.node.capture(outside.interface, request, options);
  await using _asking = await keepAsking(trial, from, family === 4 ? outside.address : outside.address6);
  const line = await capture.waitFor(/echo request/);
  return /: (?<source>\S+) > \S+: ICMP/.exec(line)?.groups?.["source"] ?? line;
}
