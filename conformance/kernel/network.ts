/** Network configurations for the tests of this folder. */

/** Every version of the protocol. */
export const allVersions = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

/** Versions whose results list interfaces; the two before have room for one address of each family. */
export const listVersions = allVersions.slice(2);

/** Versions that know CHECK. */
export const checkVersions = allVersions.slice(4);

/** A configuration as the runtime writes it to standard input. */
export type Config = Readonly<Record<string, unknown>>;

/** Host-local with one range set for each subnet: an attachment gets one address of each. */
export function hostLocal(...subnets: readonly string[]): Config {
  return { type: "host-local", ranges: subnets.map((subnet) => [{ subnet }]) };
}

/** IPv4, 10.1.0.0/24: gateway .1, first container .2. */
export const four = "10.1.0.0/24";

/** IPv6, fd00:1::/64: gateway ::1, first container ::2. */
export const six = "fd00:1::/64";

/** A bridge "br0" that is the gateway of {@link four}; `more` adds keys and replaces them. */
export function bridgeNetwork(more: Config = {}): Config {
  return { ...plainBridge(), isGateway: true, ipam: hostLocal(four), ...more };
}

/** A bridge "br0" without addresses. */
export function plainBridge(more: Config = {}): Config {
  return { cniVersion: "1.1.0", name: "net", type: "bridge", bridge: "br0", ...more };
}

/** What most networks of this world look like: gateway, default route, masquerade, both families. */
export function fullNetwork(more: Config = {}): Config {
  return bridgeNetwork({ isDefaultGateway: true, ipMasq: true, ipam: hostLocal(four, six), ...more });
}
