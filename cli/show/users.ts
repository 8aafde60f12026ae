/** Who is there at all: what belongs to nobody of them may be a leftover. */
import { formatAddress } from "../../inet/address.ts";
import type { Description, Endpoint, Owner } from "./description.ts";
import type { NamespaceFindings } from "./findings.ts";
import { ownerInside, type Owners } from "./owners.ts";

type Inhabited = Pick<Description, "bridges" | "interfaces" | "children">;

/** Very old leases name no interface. */
interface LeaseHolder extends Omit<Owner, "ifname" | "pod"> {
  readonly ifname: string | undefined;
}

export interface Users {
  /** Whose interfaces in containers are, whatever they are on. */
  readonly inside: readonly Owner[];
  /** True where a link that was found belongs to it. */
  has(holder: LeaseHolder): boolean;
  /** True where an interface that was found has the address. */
  hasAddress(address: string): boolean;
}

interface Found {
  readonly owner?: Owner | undefined;
  readonly endpoint?: Endpoint | undefined;
}

export function findUsers(
  { bridges, interfaces, children }: Inhabited,
  owners: Owners,
  namespaces: readonly NamespaceFindings[],
): Users {
  const found: Found[] = [...bridges.flatMap(({ ports }) => ports), ...interfaces, ...children];
  const inside = namespaces.flatMap((namespace) => ownersInside(namespace, owners));
  const known = [...found.flatMap(({ owner }) => owner ?? []), ...inside];
  const labels = new Set(known.map((owner) => owners.label(owner)));
  const containers = new Set(known.map(({ containerId }) => containerId));
  const addresses = new Set(addressesSeen(found, namespaces));
  return {
    inside,
    has: ({ ifname, ...rest }) =>
      ifname === undefined ? containers.has(rest.containerId) : labels.has(owners.label({ ...rest, ifname })),
    hasAddress: (address) => addresses.has(address),
  };
}

/** Whose interfaces in a namespace are: a tap inside a container, for one, is connected to nothing of the host. */
function ownersInside(namespace: NamespaceFindings, owners: Owners): Owner[] {
  return namespace.links.flatMap((link) => ownerInside(owners, { link, namespace }) ?? []);
}

function addressesSeen(found: readonly Found[], namespaces: readonly NamespaceFindings[]): string[] {
  // A guest's address is what was leased to it: that says nothing about whether it is there.
  const seen = found.filter(({ endpoint }) => endpoint?.state !== undefined);
  const texts = seen
    .flatMap(({ endpoint }) => endpoint?.addresses ?? [])
    .map((text) => text.replace(/\/.*/, ""));
  const inside = namespaces.flatMap((namespace) => namespace.addresses);
  return [...texts, ...inside.map(({ prefix }) => formatAddress(prefix.address))];
}
