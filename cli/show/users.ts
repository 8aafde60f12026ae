/** Who is there at all: what belongs to nobody of them may be a leftover. */
import type { Description, Endpoint, Owner } from "./description.ts";
import type { Owners } from "./owners.ts";

type Inhabited = Pick<Description, "bridges" | "interfaces" | "children">;

/** Very old leases name no interface. */
interface LeaseHolder extends Omit<Owner, "ifname" | "pod"> {
  readonly ifname: string | undefined;
}

export interface Users {
  /** True where a link that was found belongs to it. */
  has(holder: LeaseHolder): boolean;
  /** True where an interface that was found has the address. */
  hasAddress(address: string): boolean;
}

interface Found {
  readonly owner?: Owner | undefined;
  readonly endpoint?: Endpoint | undefined;
}

export function findUsers({ bridges, interfaces, children }: Inhabited, owners: Owners): Users {
  const found: Found[] = [...bridges.flatMap(({ ports }) => ports), ...interfaces, ...children];
  const known = found.flatMap(({ owner }) => owner ?? []);
  const labels = new Set(known.map((owner) => owners.label(owner)));
  const containers = new Set(known.map(({ containerId }) => containerId));
  // A guest's address is what was leased to it: that says nothing about whether it is there.
  const seen = found.filter(({ endpoint }) => endpoint?.state !== undefined);
  const addresses = new Set(
    seen.flatMap(({ endpoint }) => endpoint?.addresses ?? []).map((text) => text.replace(/\/.*/, "")),
  );
  return {
    has: ({ ifname, ...rest }) =>
      ifname === undefined ? containers.has(rest.containerId) : labels.has(owners.label({ ...rest, ifname })),
    hasAddress: (address) => addresses.has(address),
  };
}
