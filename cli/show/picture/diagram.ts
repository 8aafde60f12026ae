/** What a picture shows, whatever it is drawn with: switches, the segments in them, and the stations that are connected. */
import type { VlanIds } from "../description.ts";

export interface Diagram {
  readonly host: string;
  readonly switches: readonly Switch[];
  /** Whether packets get from one routed station to another; undefined where that is not known. */
  readonly forwards: { readonly ipv4: boolean | undefined; readonly ipv6: boolean | undefined };
  /** What the picture lacks, in words. */
  readonly warnings: readonly string[];
}

/** A bridge, a device that containers share, or several cables and devices that have nothing to do with each other. */
export interface Switch {
  readonly kind: "bridge" | "device" | "apart";
  readonly name: string;
  readonly facts: readonly string[];
  readonly lanes: readonly Lane[];
  /** Containers and guests. */
  readonly inner: readonly Station[];
  /** The host itself, and the network outside. */
  readonly outer: readonly Station[];
}

/** A part of a switch whose stations reach each other: a VLAN, all of a bridge, or several VLANs that have the same stations. */
export interface Lane {
  /** Unique in the switch. */
  readonly id: string;
  /** "10", "30-99"; "" where the switch has this one only. */
  readonly label: string;
  /** Which they are; none where it is no VLAN. */
  readonly vlans: readonly VlanIds[];
  /** The number of its colour; undefined for one of none. */
  readonly tone: number | undefined;
}

export type StationKind = "container" | "guest" | "host" | "uplink" | "other";

export interface Station {
  /** Unique in the switch. */
  readonly id: string;
  readonly kind: StationKind;
  readonly title: string;
  /** Addresses, one each. */
  readonly addresses: readonly string[];
  /** Its network, its MAC address. */
  readonly facts: readonly string[];
  /** What is not as usual: "isolated", "no carrier". */
  readonly notes: readonly string[];
  /** The port that it is connected by, where that has a name of its own. */
  readonly port: string;
  readonly members: readonly Member[];
  readonly isUp: boolean;
  /** Isolated stations do not reach each other. */
  readonly isIsolated: boolean;
  /** The host takes packets from here to its other routed stations. */
  readonly isRouted: boolean;
  /** There where this leads out of the host. */
  readonly outside: WayOut | undefined;
  /** In switches of the kind "apart": the station that it has a cable to. */
  readonly cable?: string;
}

export interface WayOut {
  /** The device that frames leave the host by: the station itself, or what it is a VLAN of. */
  readonly device: string;
  /** All VLANs whose tags frames may carry there: "10, 20-29". */
  readonly tags: string;
  /** The tag that the station itself puts on what comes without one. */
  readonly ownTag: number | undefined;
}

/** A device of a host, where several hosts are in one picture. */
export interface CableEnd {
  readonly host: string;
  readonly device: string;
}

export interface Member {
  readonly lane: string;
  readonly isTagged: boolean;
}
