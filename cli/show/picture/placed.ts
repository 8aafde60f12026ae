/** What a picture consists of once everything has its place, in pixels. */
import type { VlanIds } from "../description.ts";
import type { Diagram, Lane, Member, Station, Switch } from "./diagram.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedLane {
  readonly lane: Lane;
  readonly label: string;
  readonly x: number;
  /** Of the label, which is above `top`. */
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
}

/** From a station to a lane, or to the other end of a cable. */
export interface Wire {
  readonly member: Member | undefined;
  readonly tone: number | undefined;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  /** The tags that its frames carry outside of the host; {@link noTag} for none. */
  readonly tags: readonly VlanIds[];
}

/** Stands among tags for frames that have none: no VLAN has the id 0 (IEEE 802.1Q, table 9-2). */
export const noTag: VlanIds = { first: 0, last: 0 };

export interface PlacedStation {
  readonly station: Station;
  readonly box: Box;
  /** In the order of the lanes. */
  readonly wires: readonly Wire[];
  /** Of a station that is connected, but in no lane: as far as the switch's edge. */
  readonly loose?: Pick<Wire, "y" | "from" | "to">;
  /** Where the name of the port is written: its middle, above the wires. */
  readonly port: { readonly x: number; readonly y: number };
  readonly isInner: boolean;
}

export interface PlacedSwitch {
  readonly switch: Switch;
  readonly panel: Box;
  /** Undefined where there are no lanes. */
  readonly box: Box | undefined;
  readonly lanes: readonly PlacedLane[];
  readonly stations: readonly PlacedStation[];
}

export interface PlacedHost {
  readonly diagram: Diagram;
  readonly frame: Box;
  readonly switches: readonly PlacedSwitch[];
  /** The upright line that joins what the host routes between; undefined where that is nothing. */
  readonly routing: { readonly x: number; readonly top: number; readonly bottom: number } | undefined;
  /** Where wires that lead out of the host, and nobody knows where, end. */
  readonly outside: number;
}

/** Ways out of hosts that are cabled together. */
export interface PlacedTrunk {
  readonly box: Box;
  readonly lanes: readonly PlacedLane[];
  readonly wires: readonly TrunkWire[];
}

export interface TrunkWire {
  readonly station: Station;
  readonly tone: number | undefined;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly joints: readonly TrunkJoint[];
}

export interface TrunkJoint {
  readonly x: number;
  readonly tone: number | undefined;
  readonly isTagged: boolean;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly hosts: readonly PlacedHost[];
  readonly trunks: readonly PlacedTrunk[];
  /** The top of the legend. */
  readonly legend: number;
}
