/** Real packets between the containers, the node and the host outside. */
import type { FakeNode } from "../node/fake-node.ts";
import type { OutsideHost } from "../node/outside-host.ts";
import type { Report } from "./report.ts";
import type { Container } from "./runtime.ts";

/** TCP port of echo-source.ts. */
export const echoPort = 4007;

export async function pingEachOther(
  node: FakeNode,
  report: Report,
  containers: readonly Container[],
): Promise<void> {
  for (const from of containers) {
    for (const to of containers.filter((other) => other !== from)) {
      for (const { address } of to.addresses) await ping(node, report, { from, to: to.name, address });
    }
  }
}

export async function pingGateways(
  node: FakeNode,
  report: Report,
  containers: readonly Container[],
): Promise<void> {
  for (const from of containers) {
    for (const { gateway = "" } of from.addresses)
      await ping(node, report, { from, to: "gateway", address: gateway });
  }
}

async function ping(
  node: FakeNode,
  report: Report,
  { from, to, address }: { from: Container; to: string; address: string },
): Promise<void> {
  const target = withoutLength(address);
  const { received, output } = await node.ping(from.name, target);
  const time = /time=(\S+ ms)/.exec(output)?.[1] ?? output;
  report.expect(received === 1, `ping ${from.name} -> ${to}`, `${target}  ${time}`);
}

export interface Sighting {
  /** The container's address. */
  readonly own: string;
  /** What the outside host took it for, or why nothing came of it. */
  readonly seen: string;
  readonly isNode: boolean;
}

/** Connects from a container to the outside host by each of its families, and asks which address it sees. */
export async function seenFromOutside(
  node: FakeNode,
  outside: OutsideHost,
  container: Container,
): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  for (const own of container.addresses.map(({ address }) => withoutLength(address))) {
    const [target, expected] = own.includes(":")
      ? [outside.address6, outside.nodeAddress6]
      : [outside.address, outside.nodeAddress];
    const ask = `exec 3<> /dev/tcp/${target}/${echoPort} && cat <&3`;
    const { stdout, stderr } = await node.inNamespace(container.name, "timeout", ["5", "bash", "-c", ask], {
      allowFailure: true,
    });
    sightings.push({ own, seen: stdout || `nobody: ${stderr}`, isNode: stdout === expected });
  }
  return sightings;
}

function withoutLength(address: string): string {
  return address.replace(/\/.*/, "");
}
