/** Networks of VLANs, as configurations of the bridge plugin. */
import type { Config } from "../kernel/network.ts";
import { uplink } from "./cable.ts";

/** Which part of a subnet a host leases: hosts do not know of each other's leases. */
export interface Part {
  readonly subnet: string;
  /** Last byte of the first and only address but for {@link count} - 1 more. */
  readonly first: number;
  readonly count?: number;
}

/** host-local for that part; `more` adds keys. */
export function leasing({ subnet, first, count = 8 }: Part, more: Config = {}): Config {
  const stem = subnet.replace(/\d+\/\d+$/, "");
  const range = { subnet, rangeStart: `${stem}${first}`, rangeEnd: `${stem}${first + count - 1}` };
  return { type: "host-local", ranges: [[range]], ...more };
}

/** The two ways of a VLAN to the outside: one bridge that filters, or one for each VLAN over a sub-interface. */
export type Layout = "trunk" | "subinterface";

export const layouts: readonly Layout[] = ["trunk", "subinterface"];

/** A network for one VLAN with the uplink of cable.ts, in either layout; `more` adds keys and replaces them. */
export function vlanNetwork(vlan: number, layout: Layout, more: Config = {}): Config {
  return {
    cniVersion: "1.1.0",
    name: `vlan${vlan}`,
    type: "bridge",
    bridge: layout === "trunk" ? "br0" : `br${vlan}`,
    vlan,
    uplink,
    uplinkMode: layout,
    ...more,
  };
}
