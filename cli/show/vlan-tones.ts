/** Each VLAN has a number, small and the same in a whole table or picture: its colour. */
import type { Bridge, Description, VlanRange } from "./description.ts";

export type VlanTones = ReadonlyMap<number, number>;

/**
 * Of VLANs that somebody on the host is in: what only passes through needs no colour. Nor does the default VLAN of a bridge: what is
 * in it is as good as in no VLAN.
 */
export function vlanTones(descriptions: readonly Description[]): VlanTones {
  const ids = new Set(descriptions.flatMap(ownVlans));
  return new Map([...ids].toSorted((a, b) => a - b).map((id, at) => [id, at]));
}

function ownVlans({ bridges, interfaces, children }: Description): number[] {
  const links = [...bridges.flatMap(({ ports }) => ports), ...interfaces, ...children];
  return [...bridges.flatMap(inhabited), ...links.flatMap(({ lower }) => lower?.vlan ?? [])];
}

function inhabited({ vlanFiltering, defaultVlan, gateways, ports }: Bridge): number[] {
  const own = ports.filter(({ role }) => role !== "uplink").flatMap(({ vlans }) => vlans);
  const ids = own.filter(isAlone).map(({ first }) => first);
  return [
    ...gateways.map(({ vlan }) => vlan),
    ...(vlanFiltering ? ids.filter((id) => id !== defaultVlan) : []),
  ];
}

/** Of a range, nobody can tell which of its VLANs are meant. */
function isAlone({ first, last }: VlanRange): boolean {
  return first === last;
}
