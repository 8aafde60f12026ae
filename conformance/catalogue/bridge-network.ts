/** What the cases about bridge share: its networks, and short ways to change a host and to look at it. */
import type { JsonObject } from "../../cni/json-object.ts";
import { addressTexts, link, links, type Link } from "../node/state.ts";
import type { Box } from "../suite/box.ts";
import { claim } from "../suite/claim.ts";
import type { CallOptions, Trial } from "../suite/trial.ts";
import { claimAddresses } from "./footprint.ts";

export const bridgeName = "cnibr0";

/** A subnet of which host-local gives the second address to the first container, with the first as gateway. */
export interface Subnet {
  readonly subnet: string;
  readonly length: number;
  readonly gateway: string;
  readonly first: string;
  readonly second: string;
}

export const four: Subnet = {
  subnet: "10.88.0.0/24",
  length: 24,
  gateway: "10.88.0.1",
  first: "10.88.0.2",
  second: "10.88.0.3",
};

export const six: Subnet = {
  subnet: "fd00:88::/64",
  length: 64,
  gateway: "fd00:88::1",
  first: "fd00:88::2",
  second: "fd00:88::3",
};

/** A second one of IPv6, which does not overlap. */
export const otherSix: Subnet = {
  subnet: "2001:db8:88::/64",
  length: 64,
  gateway: "2001:db8:88::1",
  first: "2001:db8:88::2",
  second: "2001:db8:88::3",
};

/** "10.88.0.1/24". */
export function gatewayText({ gateway, length }: Subnet): string {
  return `${gateway}/${length}`;
}

export function firstText({ first, length }: Subnet): string {
  return `${first}/${length}`;
}

type Changes = Readonly<Record<string, unknown>>;

/** An `ipam` that leases one address of each subnet. */
export function hostLocal(subnets: readonly Subnet[], more: Changes = {}): JsonObject {
  return { type: "host-local", ranges: subnets.map(({ subnet }) => [{ subnet }]), ...more };
}

/** A network without addresses; `undefined` takes a key away. */
export function layer2(trial: Trial, changes: Changes = {}): JsonObject {
  const { type } = trial.subject;
  return { cniVersion: trial.version, name: "conformance", type, bridge: bridgeName, ...changes };
}

/** A network with addresses of IPv4, whose gateway is the bridge. */
export function network(trial: Trial, changes: Changes = {}): JsonObject {
  return layer2(trial, { isGateway: true, ipam: hostLocal([four]), ...changes });
}

/** What {@link fullNetwork} needs of a machine. */
export const fullNetworkNeeds = ["ipv6", "nf_tables"] as const;

/** Gateway, default route, another route, masquerade, both families. */
export function fullNetwork(trial: Trial): JsonObject {
  const ipam = hostLocal([four, six], { routes: [{ dst: "10.9.0.0/16", gw: four.gateway }] });
  return network(trial, { isDefaultGateway: true, ipMasq: true, ipam });
}

/** Runs shell commands on the host; the first that fails ends the case. */
export async function shell(trial: Trial, script: string): Promise<string> {
  const { stdout } = await trial.node.run("sh", ["-ec", script]);
  return stdout;
}

/** The other end of the container's interface, as the kernel links them. */
export async function hostEnd(trial: Trial, box: Box = trial.box): Promise<Link> {
  const inside = await link(trial.node, box.name, box.ifname);
  const found = (await links(trial.node, null)).find(({ ifindex }) => ifindex === inside.link_index);
  claim(found !== undefined, `the other end of "${box.ifname}" must be a link of the host, and it is not`);
  return found;
}

/** ADD, and then the name of the host end. */
export async function addAndFindHostEnd(trial: Trial, options: CallOptions = {}): Promise<string> {
  await trial.add(options);
  return (await hostEnd(trial, options.of)).ifname;
}

/** CNI_ARGS that ask host-local for an address; others may pass over it. */
export function asking(address: string): string {
  return `IgnoreUnknown=1;IP=${address}`;
}

export function isUp({ flags }: Pick<Link, "flags">): boolean {
  return flags.includes("UP");
}

export async function linkNames(trial: Trial, namespace: string | null): Promise<string[]> {
  return (await links(trial.node, namespace)).map(({ ifname }) => ifname).toSorted();
}

/** Ends of veth pairs on the host. */
export async function vethNames(trial: Trial): Promise<string[]> {
  const found = (await links(trial.node, null)).filter(({ linkinfo }) => linkinfo?.info_kind === "veth");
  return found.map(({ ifname }) => ifname).toSorted();
}

/** Pings until there is an answer, 5 s at most. @param from a namespace, the host for null */
export async function claimReaches(trial: Trial, from: string | null, address: string): Promise<void> {
  const args = ["-n", "-q", "-c1", "-i0.2", "-w5", address];
  const { exitCode, stdout, stderr } = await (from === null
    ? trial.node.run("ping", args, { allowFailure: true })
    : trial.node.inNamespace(from, "ping", args, { allowFailure: true }));
  claim(exitCode === 0, `${from ?? "the host"} must reach ${address}: ${stdout}${stderr}`);
}

/** Addresses of the bridge, in any order. */
export async function claimBridgeAddresses(trial: Trial, expected: readonly string[]): Promise<void> {
  claimAddresses("addresses of the bridge", await addressTexts(trial.node, null, bridgeName), expected);
}
