/** What a plugin may leave after the DEL of every attachment, as patterns for the differences of two snapshots. */

/** Switched on by the first network that needs it, and then other containers depend on it. */
export const forwarding: readonly RegExp[] = [
  /^~ network \/ settings \/ ipv4 \/ ip_forward: "0" -> "1"$/,
  /^~ network \/ settings \/ ipv[46]\/conf\/[^ ]+ \/ forwarding: "0" -> "1"$/,
  /^~ network \/ settings \/ ipv4\/conf\/all \/ accept_redirects: "1" -> "0"$/,
];

/** Folders where plugins keep records of attachments, and host-local's lock and note on the address given last, but no record. */
export const leaseFolders: readonly RegExp[] = [
  /^[+~] files \/ \/var\/lib\/cni\/[^/:]+(\/[^/:]+)?: \{"kind":"folder"/,
  /^\+ files \/ \/var\/lib\/cni\/networks\/[^/]+\/lock: /,
  /^[+~] files \/ \/var\/lib\/cni\/networks\/[^/]+\/last_reserved_ip\.\d+(: | \/ content: )/,
];

/** Folders for records are made when the first one is written; one that names a container is a record itself. */
const sharedFolders = /^\+ files \/ \/(run|var\/lib)\/(?!.*container-)[^:]+: \{"kind":"folder"/;

/** A bridge of this name with what the kernel makes for it. */
export function bridgeAlone(name: string): readonly RegExp[] {
  return [
    new RegExp(`^\\+ network / (links|addresses|queues|vlans) / ${name}[ :]`),
    new RegExp(`^\\+ network / routes / .* dev ${name} `),
    new RegExp(`^\\+ network / settings / ipv[46]/(conf|neigh)/${name}: `),
  ];
}

/**
 * Tables and chains that are made once for all containers: no set or map of theirs has an element, and none of their rules names a
 * container. What has another name for it is found by a second round, see `Trial.claimRepeatable`.
 */
const sharedFirewall = /^[+~] network \/ (nftables|iptables) \/ (?!.*("elem"|container-|10\.88\.0\.|veth))/;

/** host-local notes the address given last, so that the next one is another. */
export const lastAddress = /^~ files \/ \/var\/lib\/cni\/networks\/[^/]+\/last_reserved_ip\.\d+ \/ content: /;

/** Leases apart, what a network leaves that was used once. @param bridge what its configuration names, if anything */
export function remainsOf(bridge: unknown): readonly RegExp[] {
  const link = typeof bridge === "string" ? bridgeAlone(bridge) : [];
  return [...forwarding, ...leaseFolders, sharedFolders, sharedFirewall, ...link];
}
