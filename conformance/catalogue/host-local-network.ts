/** host-local alone, as a main plugin calls it: configurations, callers, and what a result grants. */
import type { JsonObject } from "../../cni/json-object.ts";
import type { Box } from "../suite/box.ts";
import { claimSame } from "../suite/claim.ts";
import type { CallOptions, Trial } from "../suite/trial.ts";

/** The clauses of these files are about this plugin's own keys and files. */
export const types = ["host-local"] as const;

/** The network of a case unless it says otherwise. */
export const networkName = "conformance";

/** A configuration with these keys in `ipam`, and `more` beside it. */
export function network(trial: Trial, ipam: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    cniVersion: trial.version,
    name: networkName,
    type: "bridge",
    ipam: { type: trial.subject.type, ...ipam },
    ...more,
  };
}

/** The same with one range set of one range. */
export function subnetOf(trial: Trial, subnet: string, more: JsonObject = {}): JsonObject {
  return network(trial, { ranges: [[{ subnet }]] }, more);
}

/** An attachment of another container. host-local does not enter the namespace, so one serves all. */
export function caller(trial: Trial, containerId: string, ifname = "eth0"): Box {
  return { ...trial.box, containerId, ifname };
}

/** An address that a result gives, "10.1.0.2/24", with its gateway. */
export interface Grant {
  readonly address: string | undefined;
  readonly gateway: string | undefined;
}

/** All addresses of a result in any shape: IPv4 before IPv6 where the shape has a place for each, else in its order. */
export function grantsIn(result: JsonObject): readonly Grant[] {
  const { ip4, ip6, ips } = result as {
    readonly ip4?: { readonly ip?: string; readonly gateway?: string };
    readonly ip6?: { readonly ip?: string; readonly gateway?: string };
    readonly ips?: readonly Grant[];
  };
  const placed = [ip4, ip6].flatMap((part) =>
    part === undefined ? [] : [{ address: part.ip, gateway: part.gateway }],
  );
  return [...placed, ...(ips ?? []).map(({ address, gateway }) => ({ address, gateway }))];
}

/** ADD that must succeed. @returns what it gives to the container */
export async function lease(
  trial: Trial,
  config: JsonObject,
  containerId: string,
  others: Omit<CallOptions, "of" | "config"> = {},
): Promise<readonly Grant[]> {
  return grantsIn(await trial.add({ of: caller(trial, containerId), config, ...others }));
}

/** ADD that must give exactly these addresses. */
export async function claimLeased(
  trial: Trial,
  config: JsonObject,
  containerId: string,
  addresses: readonly string[],
): Promise<void> {
  const grants = await lease(trial, config, containerId);
  claimSame(
    `addresses of ${containerId}`,
    grants.map(({ address }) => address),
    addresses,
  );
}

/** An ADD in a network apart that works: without it a refusal proves nothing. */
export async function claimServes(trial: Trial): Promise<void> {
  await claimLeased(trial, subnetOf(trial, "10.250.0.0/24", { name: "control" }), "control", [
    "10.250.0.2/24",
  ]);
  claimSame(
    "the lease's file",
    trial.node.read("/var/lib/cni/networks/control/10.250.0.2").slice(0, 7),
    "control",
  );
}
