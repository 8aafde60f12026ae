/** What is on no bridge: devices, VLANs of them, veth pairs to containers, and containers' interfaces on a device. */
import { linkFlags, type Link } from "../../netlink/route/link.ts";
import { macvlanModes, macvlanSettings } from "../../netlink/route/macvlan-link.ts";
import { vlanIdOf } from "../../netlink/route/vlan-link.ts";
import type { Child, Interface } from "./description.ts";
import { isBridge, isVlanOf } from "./describe-bridge.ts";
import { endpointOf, peerOf } from "./describe-endpoint.ts";
import { lowerOf, ownerOf } from "./describe-port.ts";
import { indexLinks, type FindingsIndex } from "./index-findings.ts";
import { ownerInside, type InNamespace, type Owners } from "./owners.ts";

export function describeInterfaces(index: FindingsIndex, owners: Owners): Interface[] {
  const { links } = index.findings;
  const bridges = links.filter(isBridge);
  return links
    .filter((link) => (link.flags & linkFlags.loopback) === 0 && !isBridge(link))
    .filter((link) => !isBridge(index.link(link.master)))
    .filter((link) => !bridges.some((bridge) => isVlanOf(bridge, link)))
    .map((link) => describeInterface(index, owners, link));
}

function describeInterface(index: FindingsIndex, owners: Owners, link: Link): Interface {
  const peer = peerOf(index, link);
  const owner = ownerOf(link, { peer, owners });
  const master = index.link(link.master)?.name;
  return {
    ...index.basics(link),
    kind: link.linkInfo?.kind ?? "",
    owner,
    endpoint: peer?.endpoint,
    lower: lowerOf(index, link),
    master,
  };
}

const childKinds = ["vlan", "macvlan", "macvtap", "ipvlan"];

export function describeChildren(index: FindingsIndex, owners: Owners): Child[] {
  return index.findings.namespaces.flatMap((namespace) =>
    namespace.links
      .filter(({ linkInfo }) => childKinds.includes(linkInfo?.kind ?? ""))
      .flatMap((link) => describeChild(index, owners, { link, namespace }) ?? []),
  );
}

/** Undefined for what is on an interface of its own namespace. */
function describeChild(
  index: FindingsIndex,
  owners: Owners,
  { link, namespace }: InNamespace,
): Child | undefined {
  const isOnHost = link.linkNamespaceId !== undefined && link.linkNamespaceId === namespace.hostId;
  const lower = isOnHost ? index.link(link.link) : undefined;
  if (lower === undefined) return undefined;
  const vlan = vlanIdOf(link);
  const mode = modeOf(link);
  return {
    kind: link.linkInfo?.kind ?? "",
    lower: { name: lower.name ?? "", vlan },
    mode,
    endpoint: endpointOf(indexLinks(namespace), link, namespace),
    owner: ownerInside(owners, { link, namespace }),
  };
}

/** Undefined for what is no macvlan, and for modes that have no name here. */
function modeOf(link: Link): string | undefined {
  const { mode } = macvlanSettings(link);
  return Object.entries(macvlanModes).find(([, number]) => number === mode)?.[0];
}
