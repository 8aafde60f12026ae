/** Each VLAN of a host has a number, small and the same in every table and picture: its colour. */
import type { Bridge, Description, VlanRange } from "./description.ts";

/** VLANs that a range could give a colour to are many: those that nobody is in alone share the look of "others". */
const longestRange = 64;

export type VlanTones = ReadonlyMap<number, number>;

/**
 * Of VLANs that somebody on the host is in: what only passes through needs no colour. Nor does the default VLAN of a bridge: what is
 * in it is as good as in no VLAN.
 */
export function vlanTones({ bridges, interfaces, children }: Description): VlanTones {
  const lowers = [...bridges.flatMap(({ ports }) => ports), ...interfaces, ...children].flatMap(
    ({ lower }) => lower?.vlan ?? [],
  );
  const ids = new Set([...bridges.flatMap(inhabited), ...lowers]);
  return new Map([...ids].toSorted((a, b) => a - b).map((id, at) => [id, at]));
}

function inhabited({ vlanFiltering, defaultVlan, gateways, ports }: Bridge): number[] {
  const own = vlanFiltering
    ? ports.filter(({ role }) => role !== "uplink").flatMap(({ vlans }) => vlans)
    : [];
  return [...gateways.map(({ vlan }) => vlan), ...own.flatMap(idsOf).filter((id) => id !== defaultVlan)];
}

function idsOf({ first, last }: VlanRange): number[] {
  if (last - first >= longestRange) return [];
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
