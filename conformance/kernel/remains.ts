/** What our plugins may leave behind, as patterns for the differences of two snapshots. */
import { bridgeAlone, forwarding, leaseFolders } from "../suite/remains.ts";

/** Our table with its sets empty: the listing of a set with elements has "elem". */
const emptyTable = /^\+ network \/ nftables \/ inet trestle: (?!.*"elem")/;

/** After the DEL of every attachment. */
export function remainsAfterDel(...bridges: readonly string[]): RegExp[] {
  return [...forwarding, ...leaseFolders, emptyTable, ...bridges.flatMap(bridgeAlone)];
}

/** After an ADD that failed: the bridge goes as well. */
export function remainsAfterFailure(): RegExp[] {
  return remainsAfterDel();
}
