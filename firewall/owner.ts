/** Whose an element is: kept with the element itself, so that nothing else has to remember it. */

/** One attachment: an interface that a network gave to a container. */
export interface Owner {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
}

/** Hexadecimal digest of a text, at least 16 digits: SHA-256 or the like. */
export type Digest = (text: string) => string;

const longest = { network: 40, containerId: 64 } as const;
const kept = { network: 20, containerId: 40 } as const;
const digestDigits = 16;

function shortened(text: string, part: keyof typeof longest, digest: Digest): string {
  if (text.length <= longest[part]) return text;
  return `${text.slice(0, kept[part])}~${digest(text).slice(0, digestDigits)}`;
}

/**
 * The owner as one text of at most 121 bytes, below the 128 that nft(8) shows: "network containerId ifname". Names of
 * networks and containers hold only [A-Za-z0-9_.-] (CNI specification, "Parameters") and interface names no white space,
 * so the space separates and the "~" of a shortened name is in no real one.
 */
export function ownerLabel(owner: Owner, digest: Digest): string {
  const containerId = shortened(owner.containerId, "containerId", digest);
  return `${networkLabel(owner.network, digest)} ${containerId} ${owner.ifname}`;
}

/** What the labels of all owners in a network begin with, up to the first space. */
export function networkLabel(network: string, digest: Digest): string {
  return shortened(network, "network", digest);
}

/**
 * Reads a label; undefined for any other text. What was shortened stays so: {@link ownerLabel} of a known owner tells whether
 * the label is that one's.
 */
export function readOwnerLabel(label: string): Owner | undefined {
  const [network, containerId, ifname, ...rest] = label.split(" ");
  if (network === undefined || containerId === undefined || ifname === undefined || rest.length > 0)
    return undefined;
  const isName = (text: string) => /^[A-Za-z0-9][A-Za-z0-9_.~-]*$/.test(text);
  return isName(network) && isName(containerId) && ifname !== ""
    ? { network, containerId, ifname }
    : undefined;
}
