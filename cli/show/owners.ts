/** Whose a link is: by the alias that this program gave it, or by what a runtime remembers of the attachment. */
import type { CachedAttachment } from "../../cni/runtime/result-cache.ts";
import { ownerLabel, readOwnerLabel, type Digest } from "../../firewall/owner.ts";
import { formatPrefix } from "../../inet/prefix.ts";
import { formatAddress } from "../../inet/address.ts";
import type { Endpoint, Owner } from "./description.ts";
import type { Link } from "../../netlink/route/link.ts";
import type { Findings, NamespaceFindings, NetworkLease } from "./findings.ts";

export interface Owners {
  /** The owner that a label names: in full where a runtime or a lease knows it. */
  labelled(label: string): Owner | undefined;
  /** The owner of an interface in the namespace of these paths. */
  inNamespace(paths: readonly string[], ifname: string): Owner | undefined;
  /** The owner of a link of the host that a runtime remembers. */
  ofHostLink(link: { readonly name: string; readonly mac?: string | undefined }): Owner | undefined;
  /** Addresses that the owner is known to have been given. */
  addressesOf(owner: Owner): string[];
  label(owner: Omit<Owner, "pod">): string;
}

export function findOwners({ attachments, leases }: Findings, digest: Digest): Owners {
  const label = (owner: Omit<Owner, "pod">) => ownerLabel(owner, digest);
  const byLabel = new Map(attachments.map((cached) => [label(cached), cached]));
  const leased = new Map(leases.flatMap((lease) => leaseOwner(lease).map((owner) => [label(owner), owner])));
  const inNamespace = new Map(attachments.map((cached) => [placeOf(cached.netns, cached.ifname), cached]));
  const byHostLink = new Map(attachments.flatMap((cached) => hostLinks(cached).map((key) => [key, cached])));
  return {
    label,
    labelled: (text) => asOwner(byLabel.get(text)) ?? leased.get(text) ?? readOwnerLabel(text),
    inNamespace: (paths, ifname) =>
      asOwner(
        paths.map((path) => inNamespace.get(placeOf(path, ifname))).find((found) => found !== undefined),
      ),
    ofHostLink: ({ name, mac = "" }) => asOwner(byHostLink.get(`${name} ${mac}`)),
    addressesOf: (owner) => {
      const cached = byLabel.get(label(owner));
      const known = cached?.result?.ips.map(({ address }) => formatPrefix(address)) ?? [];
      if (known.length > 0) return known;
      const own = leases.filter((lease) => label({ ...lease, ifname: lease.ifname ?? "" }) === label(owner));
      return own.map(({ address }) => formatAddress(address));
    },
  };
}

/** A link in another namespace than the host's. */
export interface InNamespace {
  readonly link: Link;
  readonly namespace: NamespaceFindings;
}

/** Kinds of links that this program makes in containers, with an alias that says whose they are. */
const labelledKinds = ["vlan", "macvlan", "tun"];

/** A runtime's word comes first: whoever may change links in the container may change the alias as well. */
export function ownerInside(owners: Owners, { link, namespace }: InNamespace): Owner | undefined {
  const { name = "", alias = "", linkInfo } = link;
  const isMade = labelledKinds.includes(linkInfo?.kind ?? "");
  return owners.inNamespace(namespace.paths, name) ?? (isMade ? owners.labelled(alias) : undefined);
}

/** /var/run is a link to /run, and runtimes write either. */
function placeOf(path: string, ifname: string): string {
  return `${path.replace(/^\/var\/run\//, "/run/")} ${ifname}`;
}

/** Links of the host in the result of an ADD; the bridge itself belongs to nobody. */
function hostLinks({ result, ifname }: CachedAttachment): string[] {
  const links = result?.interfaces ?? [];
  // The reference plugins list the bridge, the host end, the container's end.
  const last = links.findIndex((link) => link.name === ifname && link.sandbox) - 1;
  const host = links[last];
  return host === undefined || host.sandbox ? [] : [`${host.name} ${host.mac?.toLowerCase() ?? ""}`];
}

function leaseOwner({ network, containerId, ifname }: NetworkLease): Owner[] {
  return ifname === undefined ? [] : [{ network, containerId, ifname }];
}

function asOwner(cached: CachedAttachment | undefined): Owner | undefined {
  if (cached === undefined) return undefined;
  const { network, containerId, ifname } = cached;
  const pod = podOf(cached);
  return { network, containerId, ifname, pod };
}

/** What Kubernetes' runtimes pass in CNI_ARGS. */
function podOf({ args = [] }: CachedAttachment): string | undefined {
  const values = new Map(args);
  const [namespace, name] = ["K8S_POD_NAMESPACE", "K8S_POD_NAME"].map((key) => values.get(key));
  return name ? `${namespace ?? ""}/${name}` : undefined;
}

/** The other end as far as its owner tells, where it cannot be looked at. */
export function rememberedEndpoint(owners: Owners, owner: Owner | undefined): Endpoint | undefined {
  return owner && { interface: owner.ifname, addresses: owners.addressesOf(owner) };
}
