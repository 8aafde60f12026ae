/** One port of a bridge: what is behind it, and how the bridge treats it. */
import { formatMac } from "../../inet/mac.ts";
import { bridgePortSettings, type Link } from "../../netlink/route/link.ts";
import { vlanIdOf } from "../../netlink/route/vlan-link.ts";
import { looksLikeHostEnd } from "../../plugin/attachment.ts";
import { readMark } from "../../plugin/bridge/switch-marks.ts";
import type { Endpoint, Learned, Lower, Owner, Port, PortRole, PortState, VlanRange } from "./description.ts";
import { peerOf, type Peer } from "./describe-endpoint.ts";
import type { FindingsIndex } from "./index-findings.ts";
import { rememberedEndpoint, type Owners } from "./owners.ts";

/** BR_STATE_*, linux/if_bridge.h */
const portStates: readonly PortState[] = ["disabled", "listening", "learning", "forwarding", "blocking"];

/** Kinds of links whose other end is a network outside: devices, what is made of several, tunnels. */
const outsideKinds = ["", "bond", "team", "vxlan", "gretap", "ip6gretap", "geneve", "erspan"];

export function describePort(index: FindingsIndex, owners: Owners, link: Link): Port {
  const { state, hairpin, isolated } = bridgePortSettings(link);
  const basics = index.basics(link);
  const peer = peerOf(index, link);
  const role = roleOf(link, peer);
  const owner = role === "container" || role === "guest" ? ownerOf(link, { peer, owners }) : undefined;
  const endpoint = role === "uplink" ? undefined : (peer?.endpoint ?? endpointOf(owners, { role, owner }));
  return {
    ...basics,
    kind: link.linkInfo?.kind ?? "",
    role,
    isOurs: isOurs(link, owners),
    portState: portStates[state ?? 0] ?? "disabled",
    hairpin: hairpin === 1,
    isolated: isolated === 1,
    macGuard: index.findings.guards.some(({ hostEnd }) => hostEnd === link.name),
    vlans: vlansOf(index, link),
    learned: learnedOn(index, link),
    owner,
    endpoint,
    lower: lowerOf(index, link),
  };
}

/** VLANs of a port, or of a bridge itself. */
export function vlansOf({ findings }: FindingsIndex, { index }: Link): VlanRange[] {
  const vlans = findings.vlans.get(index) ?? [];
  return vlans.map(({ first, last, isPvid: pvid, isUntagged: untagged }) => ({
    first,
    last,
    pvid,
    untagged,
  }));
}

/** The link below, of a VLAN and the like; the `link` of a veth is its other end. */
export function lowerOf(index: FindingsIndex, link: Link): Lower | undefined {
  const below = link.linkNamespaceId === undefined ? index.link(link.link) : undefined;
  if (below === undefined || below === link || link.linkInfo?.kind === "veth") return undefined;
  return { name: below.name ?? "", vlan: vlanIdOf(link) };
}

function roleOf(link: Link, peer: Peer | undefined): PortRole {
  const { kind = "" } = link.linkInfo ?? {};
  const mark = readMark(link.alias)?.kind;
  if (mark === "uplink") return "uplink";
  if (mark === "subinterface" || kind === "vlan") return "subinterface";
  if (kind === "tun") return "guest";
  if (kind === "veth") return roleOfPair(link, peer);
  return outsideKinds.includes(kind) ? "uplink" : "other";
}

function roleOfPair({ linkNamespaceId }: Link, peer: Peer | undefined): PortRole {
  if (linkNamespaceId !== undefined) return "container";
  // A pair between two bridges has a port at either end.
  return peer === undefined || peer.link.master !== undefined ? "other" : "host";
}

/** Aliases count on links that this program makes: elsewhere they are somebody's free text. */
function labelOf({ name = "", alias = "", linkInfo }: Link): string {
  const isMade = linkInfo?.kind === "tun" || (linkInfo?.kind === "veth" && looksLikeHostEnd(name));
  return isMade ? alias : "";
}

function isOurs(link: Link, owners: Owners): boolean {
  return readMark(link.alias) !== undefined || owners.labelled(labelOf(link)) !== undefined;
}

/** The attachment that a link of the host was made for. */
export function ownerOf(
  link: Link,
  { peer, owners }: { readonly peer: Peer | undefined; readonly owners: Owners },
): Owner | undefined {
  const mac = link.address && formatMac(link.address);
  return (
    owners.labelled(labelOf(link)) ??
    (peer?.namespace && owners.inNamespace(peer.namespace.paths, peer.link.name ?? "")) ??
    owners.ofHostLink({ name: link.name ?? "", mac })
  );
}

function endpointOf(
  owners: Owners,
  { role, owner }: { readonly role: PortRole; readonly owner: Owner | undefined },
): Endpoint | undefined {
  if (owner === undefined) return undefined;
  // What a guest calls its interface, only the guest knows.
  return role === "guest" ? { addresses: owners.addressesOf(owner) } : rememberedEndpoint(owners, owner);
}

function learnedOn({ findings }: FindingsIndex, link: Link): Learned[] {
  return findings.learned
    .filter((entry) => entry.isLearned && entry.port === link.index)
    .map(({ mac, vlan }) => ({ mac: formatMac(mac), vlan }));
}
