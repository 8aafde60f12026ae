/** Names of what we keep in nf_tables: tables of our own, the same however many containers there are. */
import type { Family } from "../inet/address.ts";
import { protocolFamilies } from "../netlink/nftables/headers.ts";
import type { TableAddress } from "../netlink/nftables/table.ts";

/** One of our tables. Nothing outside of them is ever touched. */
export interface OwnTable extends TableAddress {
  /** As nft(8) names it. */
  readonly title: string;
  /** The sets whose elements belong to attachments. */
  readonly sets: readonly string[];
}

export interface FamilySets {
  /** Address and interface of every container whose traffic leaves under the host's address. */
  readonly masquerade: string;
  /** Address, interface, and destinations to which that container keeps its own address. */
  readonly direct: string;
}

export const setsOf: Readonly<Record<Family, FamilySets>> = {
  4: { masquerade: "masquerade4", direct: "direct4" },
  6: { masquerade: "masquerade6", direct: "direct6" },
};

export const families = [4, 6] as const;

/** IPv4 and IPv6 in one table. */
export const masqueradeTable: OwnTable = {
  family: protocolFamilies.inet,
  table: "trestle",
  title: "inet trestle",
  sets: families.flatMap((family) => Object.values(setsOf[family])),
};

export const guardSets = {
  /** Bridge ports by name, from which only some source MAC addresses pass. */
  guarded: "guarded",
  /** Those addresses, with the port before each. */
  allowed: "allowed",
} as const;

/** Bridges: nothing but this family sees what passes between two of their ports. */
export const guardTable: OwnTable = {
  family: protocolFamilies.bridge,
  table: "trestle",
  title: "bridge trestle",
  sets: Object.values(guardSets),
};
