/** A description narrowed to some bridges, and to what belongs to them. */
import { describeNetworks } from "./describe-networks.ts";
import type { Description, Owner } from "./description.ts";

/** There is no bridge of that name. */
export class NoSuchBridge extends Error {
  override readonly name = "NoSuchBridge";
}

/** @param names all bridges where there is none. @throws NoSuchBridge */
export function chooseBridges(description: Description, names: readonly string[]): Description {
  if (names.length === 0) return description;
  refuseUnknown(description, names);
  const bridges = description.bridges.filter(({ name }) => names.includes(name));
  const ports = bridges.flatMap((bridge) => bridge.ports);
  const members = new Set(
    bridges.flatMap(({ name, gateways }) => [name, ...gateways.map((link) => link.name)]),
  );
  const near = new Set([...members, ...ports.flatMap(({ name, lower }) => [name, lower?.name ?? name])]);
  const owners = new Set(ports.flatMap(({ owner }) => (owner === undefined ? [] : keyOf(owner))));
  const ends = ports.flatMap(({ role, endpoint }) => (role === "host" ? (endpoint?.interface ?? []) : []));
  const interfaces = description.interfaces.filter(({ name }) => near.has(name) || ends.includes(name));
  const children = description.children.filter(({ lower }) => near.has(lower.name));
  const leases = description.leases.filter((lease) =>
    owners.has(keyOf({ ...lease, ifname: lease.ifname ?? "" })),
  );
  return {
    ...description,
    networks: describeNetworks({ bridges, interfaces, children, leases }),
    bridges,
    interfaces,
    children,
    leases,
    masquerade: description.masquerade.filter((entry) => members.has(entry.interface)),
  };
}

function keyOf({ network, containerId, ifname }: Owner): string {
  return [network, containerId, ifname].join("\n");
}

function refuseUnknown({ bridges }: Description, names: readonly string[]): void {
  const known = bridges.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name)).map((name) => `"${name}"`);
  if (unknown.length === 0) return;
  const there =
    known.length === 0 ? "there is none" : `there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
  throw new NoSuchBridge(`no bridge ${unknown.join(", ")}; ${there}`);
}
