/** The other end of a veth pair, wherever it is. */
import type { Link } from "../../netlink/route/link.ts";
import type { Endpoint } from "./description.ts";
import type { NamespaceFindings } from "./findings.ts";
import type { FindingsIndex, LinkIndex } from "./index-findings.ts";

export interface Peer {
  readonly link: Link;
  /** Undefined for the host's own. */
  readonly namespace: NamespaceFindings | undefined;
  readonly endpoint: Endpoint;
}

/** Undefined for a link that is no end of a pair, and where the other end is in a namespace that could not be read. */
export function peerOf(index: FindingsIndex, link: Link): Peer | undefined {
  if (link.linkInfo?.kind !== "veth") return undefined;
  const { linkNamespaceId: id } = link;
  if (id === undefined) return asPeer(index, index.link(link.link), undefined);
  const namespace = index.namespace(id);
  return namespace && asPeer(namespace, namespace.link(link.link), namespace);
}

function asPeer(
  place: LinkIndex,
  link: Link | undefined,
  namespace: NamespaceFindings | undefined,
): Peer | undefined {
  return link && { link, namespace, endpoint: endpointOf(place, link, namespace) };
}

export function endpointOf(place: LinkIndex, link: Link, namespace: NamespaceFindings | undefined): Endpoint {
  const { name, mac, state, addresses } = place.basics(link);
  return {
    namespace: namespace && titleOf(namespace),
    interface: name,
    mac,
    state,
    addresses,
  };
}

/** As ip-netns(8) calls it, or else its path. */
function titleOf({ paths: [path] }: NamespaceFindings): string | undefined {
  return path?.replace(/^(?:\/var)?\/run\/netns\//, "");
}
