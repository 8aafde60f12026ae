/** Who takes part, and what each one is given to do the same job. */
import type { Start } from "./schedule.ts";

/** A network of one contestant alone: nothing that one does changes the work of another. */
export interface Network {
  readonly name: string;
  readonly bridge: string;
  readonly isMasqueraded: boolean;
  readonly subnets: readonly Subnet[];
  /** Where its leases are. */
  readonly stateFolder: string;
}

export interface Subnet {
  readonly prefix: string;
  readonly gateway: string;
}

export interface Attachment {
  readonly containerId: string;
  /** A path that holds a network namespace. */
  readonly netns: string;
  /** Names the place where the result of the ADD is kept for the DEL. */
  readonly slot: string;
}

export interface Contestant {
  readonly name: string;
  /** What the header says about it. */
  readonly description: string;
  /** The table's word for a folder of leases: all files in it but the lock and the last reserved addresses. */
  leaseFolder(network: Network): string;
  /** A command that prepares the host for this network, if it needs one. */
  prepare(network: Network): readonly string[] | undefined;
  add(network: Network, attachment: Attachment): Start;
  del(network: Network, attachment: Attachment): Start;
}

/** A program whose start is measured without any attachment. */
export interface Starter {
  readonly name: string;
  readonly start: Start;
}

/** Networks do not overlap: each contestant has an IPv4 /24 and, where asked for, an IPv6 /64 of its own. */
export function networkOf(
  contestant: string,
  options: { index: number; isDualStack: boolean; isMasqueraded: boolean; stateFolder: string },
): Network {
  const { index, isDualStack, isMasqueraded, stateFolder } = options;
  const net = 100 + index;
  const ipv4 = { prefix: `10.${net}.0.0/24`, gateway: `10.${net}.0.1` };
  const ipv6 = { prefix: `fd00:${net}::/64`, gateway: `fd00:${net}::1` };
  return {
    name: `bench-${contestant}`,
    bridge: `bench${index}`,
    isMasqueraded,
    subnets: isDualStack ? [ipv4, ipv6] : [ipv4],
    stateFolder,
  };
}
