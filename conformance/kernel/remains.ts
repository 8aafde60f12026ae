/** What a plugin may leave behind, as patterns for the differences of two snapshots. */

/** Switched on by the first network that needs it, and then other containers depend on it. */
const forwarding = [
  /^~ network \/ settings \/ ipv4 \/ ip_forward: "0" -> "1"$/,
  /^~ network \/ settings \/ ipv[46]\/conf\/[^ ]+ \/ forwarding: "0" -> "1"$/,
  /^~ network \/ settings \/ ipv4\/conf\/all \/ accept_redirects: "1" -> "0"$/,
];

/** The folders of host-local with its lock and the note on the address given last, but no lease. */
const leaseFolders = [
  /^[+~] files \/ \/var\/lib\/cni\/networks(\/[^/]+)?: \{"kind":"folder"/,
  /^\+ files \/ \/var\/lib\/cni\/networks\/[^/]+\/lock: /,
  /^[+~] files \/ \/var\/lib\/cni\/networks\/[^/]+\/last_reserved_ip\.\d+(: | \/ content: )/,
];

/** Our table with its sets empty: the listing of a set with elements has "elem". */
const emptyTable = /^\+ network \/ nftables \/ inet trestle: (?!.*"elem")/;

/** The bridge with what the kernel makes for it. */
function bridge(name: string): RegExp[] {
  return [
    new RegExp(`^\\+ network / (links|addresses|queues) / ${name}[ :]`),
    new RegExp(`^\\+ network / routes / .* dev ${name} `),
    new RegExp(`^\\+ network / settings / ipv[46]/(conf|neigh)/${name}: `),
  ];
}

/** After the DEL of every attachment. */
export function remainsAfterDel(...bridges: readonly string[]): RegExp[] {
  return [...forwarding, ...leaseFolders, emptyTable, ...bridges.flatMap(bridge)];
}

/** After an ADD that failed: the bridge goes as well. */
export function remainsAfterFailure(): RegExp[] {
  return remainsAfterDel();
}
