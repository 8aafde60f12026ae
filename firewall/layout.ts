/** Names of what we keep in nf_tables: one table of our own, the same however many containers there are. */
import type { Family } from "../inet/address.ts";
import { protocolFamilies } from "../netlink/nftables/headers.ts";

/** `inet trestle`: IPv4 and IPv6 in one table. Nothing outside of it is ever touched. */
export const ownTable = { family: protocolFamilies.inet, table: "trestle" } as const;

/** The table as nft(8) names it. */
export const ownTableName = `inet ${ownTable.table}`;

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

export const allSets: readonly string[] = families.flatMap((family) => Object.values(setsOf[family]));
