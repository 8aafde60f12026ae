/**
 * What a host's network consists of, as values: what `trestle show --json` prints, and what tables and pictures are made of.
 * docs/show.md describes it for others; a change that a reader could notice needs another `version`.
 */

/** Changes when a program that reads the JSON would have to. */
export const descriptionVersion = 1;

export interface Description {
  readonly version: typeof descriptionVersion;
  /** The host's name. */
  readonly host: string;
  /** Whether the host forwards packets of a family; left out where that cannot be told. */
  readonly forwarding: { readonly ipv4?: boolean | undefined; readonly ipv6?: boolean | undefined };
  /** Those that somebody on the host is attached to, or has a lease of, by their names. */
  readonly networks: readonly Network[];
  readonly bridges: readonly Bridge[];
  /** Links of the host that are no bridges and on none, but for `lo`. */
  readonly interfaces: readonly Interface[];
  /** VLAN, macvlan and ipvlan interfaces in containers, on an interface of the host. */
  readonly children: readonly Child[];
  readonly defaultRoutes: readonly DefaultRoute[];
  readonly leases: readonly Lease[];
  readonly masquerade: readonly Masquerade[];
  /** What could not be read, and so is missing above. */
  readonly unreadable: readonly Unreadable[];
}

/** VLANs `first` to `last`. */
export interface VlanIds {
  readonly first: number;
  readonly last: number;
}

export interface Network {
  readonly name: string;
  /** What its attachments are on: bridges, and interfaces that have theirs upon them. Neither for cables to the host. */
  readonly bridges: readonly string[];
  readonly masters: readonly string[];
  /** VLANs that they can send in. */
  readonly vlans: readonly VlanIds[];
  readonly attachments: number;
  readonly leases: number;
}

/** "up": frames pass. "no-carrier": it was set up, but nothing is at the other end. "down": it was not set up. */
export type LinkState = "up" | "no-carrier" | "dormant" | "down";

/** Spanning tree state of a bridge port. */
export type PortState = "disabled" | "listening" | "learning" | "forwarding" | "blocking";

/** What every interface has. */
export interface Basics {
  readonly name: string;
  /** Left out where the link has none. */
  readonly mac?: string | undefined;
  readonly mtu: number;
  readonly state: LinkState;
  /** "10.1.0.1/24"; those of link scope are left out. */
  readonly addresses: readonly string[];
}

/** VLANs `first` to `last` of a port, which is their member. */
export interface VlanRange extends VlanIds {
  /** Frames that come in without a tag are of this VLAN. */
  readonly pvid: boolean;
  /** Frames leave without a tag. */
  readonly untagged: boolean;
}

export interface Bridge extends Basics {
  readonly stp: boolean;
  readonly vlanFiltering: boolean;
  /** What a new port gets; 0 for none, left out where the kernel has no VLAN filtering. */
  readonly defaultVlan?: number | undefined;
  /** VLANs that the host itself is a member of, through the bridge's own interface. */
  readonly vlans: readonly VlanRange[];
  /** The host's interfaces in VLANs of the bridge. */
  readonly gateways: readonly Gateway[];
  readonly ports: readonly Port[];
}

export interface Gateway extends Basics {
  readonly vlan: number;
  /** True where it was made by this program. */
  readonly isOurs: boolean;
}

/**
 * What is at a port: a container by a veth pair, a guest (virtual machine) by a tap, the host itself by a veth pair, the network
 * outside by an uplink, or by a VLAN of one (subinterface), or something else.
 */
export type PortRole = "container" | "guest" | "host" | "uplink" | "subinterface" | "other";

export interface Port extends Basics {
  /** Of the link: "veth", "tun", "vlan"; "" for a device. */
  readonly kind: string;
  readonly role: PortRole;
  /** True where it was made, or put on the bridge, by this program. */
  readonly isOurs: boolean;
  readonly portState: PortState;
  readonly hairpin: boolean;
  /** Isolated ports do not reach each other. */
  readonly isolated: boolean;
  /** Frames with another source MAC address than the container's are dropped. */
  readonly macGuard: boolean;
  readonly vlans: readonly VlanRange[];
  /** MAC addresses that the bridge has seen behind the port. */
  readonly learned: readonly Learned[];
  readonly owner?: Owner | undefined;
  /** What the other end is called. */
  readonly endpoint?: Endpoint | undefined;
  /** Of a subinterface. */
  readonly lower?: Lower | undefined;
}

export interface Learned {
  readonly mac: string;
  /** On bridges that filter by VLAN. */
  readonly vlan?: number | undefined;
}

/** The attachment that a link, a lease or a rule belongs to. */
export interface Owner {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
  /** "namespace/name" of a Kubernetes pod. */
  readonly pod?: string | undefined;
}

/** The other end of a veth pair, a container's interface, or what a guest's interface is known to have. */
export interface Endpoint {
  /** Name of a namespace in /run/netns, or its path; left out where it has neither, and for guests. */
  readonly namespace?: string | undefined;
  /** Left out for guests. */
  readonly interface?: string | undefined;
  readonly mac?: string | undefined;
  readonly state?: LinkState | undefined;
  /** Of a guest: those that were leased to it. */
  readonly addresses: readonly string[];
}

/** The link below: of a VLAN interface with its id. */
export interface Lower {
  readonly name: string;
  readonly vlan?: number | undefined;
}

export interface Interface extends Basics {
  readonly kind: string;
  readonly owner?: Owner | undefined;
  readonly endpoint?: Endpoint | undefined;
  readonly lower?: Lower | undefined;
  /** Name of the link that it is a part of: a bond, a VRF. */
  readonly master?: string | undefined;
}

export interface Child {
  readonly kind: string;
  readonly lower: Lower;
  /** "bridge", "private", "vepa", "passthru", of a macvlan. */
  readonly mode?: string | undefined;
  readonly endpoint: Endpoint;
  readonly owner?: Owner | undefined;
}

export interface DefaultRoute {
  readonly family: "ipv4" | "ipv6";
  readonly interface: string;
  readonly gateway?: string | undefined;
}

export interface Lease {
  readonly network: string;
  readonly address: string;
  readonly containerId: string;
  /** Left out in very old leases. */
  readonly ifname?: string | undefined;
  /** False where nothing that was found belongs to the same container and interface: the lease may be a leftover. */
  readonly isUsed: boolean;
}

/** Traffic of this source leaves under the host's address. */
export interface Masquerade {
  readonly address: string;
  /** Host interface by which its packets arrive. */
  readonly interface: string;
  /** Destinations that see the source's own address. */
  readonly direct: readonly string[];
  readonly owner?: Owner | undefined;
  /** False where no link of the owner was found: the rule may be a leftover. */
  readonly isUsed: boolean;
}

export interface Unreadable {
  /** "nf_tables", "/var/lib/cni/networks" */
  readonly source: string;
  readonly reason: string;
}
