/** From what a host's network is to what a picture of it shows. */
import { includesVlan } from "../../../netlink/route/vlan-range.ts";
import type { Bridge, Description, Interface, Port, VlanRange } from "../description.ts";
import { bridgeFacts } from "../words.ts";
import { vlanTones, type VlanTones } from "../vlan-tones.ts";
import type { Diagram, Lane, Member, Station, Switch } from "./diagram.ts";
import { lanesOf, type Membership } from "./lanes.ts";
import {
  bridgeBox,
  cableEndBox,
  childBox,
  deviceBox,
  hostBox,
  portBox,
  withDefaultRoutes,
  type Box,
} from "./stations.ts";

/** @param tones of all hosts of a picture, so that a VLAN has the same colour in each */
export function makeDiagram(description: Description, tones = vlanTones([description])): Diagram {
  const { bridges, forwarding, host, unreadable } = description;
  const shared = description.interfaces.filter((link) => isShared(link, description));
  const apart = apartSwitch(description, shared);
  return {
    host,
    switches: [
      ...bridges.map((bridge) => bridgeSwitch(bridge, description, tones)),
      ...shared.map((link) => deviceSwitch(link, description, tones)),
      ...(apart.outer.length === 0 ? [] : [apart]),
    ],
    forwards: { ipv4: forwarding.ipv4, ipv6: forwarding.ipv6 },
    warnings: unreadable.map(({ source, reason }) => `could not read ${source}: ${reason}`),
  };
}

interface Connected {
  readonly box: Box;
  readonly isInner: boolean;
  readonly vlans: readonly VlanRange[];
}

function bridgeSwitch(bridge: Bridge, description: Description, tones: VlanTones): Switch {
  const connected = connectedTo(bridge, description);
  const { lanes, members } = bridge.vlanFiltering
    ? lanesOf(connected.map(membership), tones)
    : oneLane(connected, plainLane(bridge, tones));
  const stations = (side: "inner" | "outer") =>
    connected
      .filter(({ isInner: isOnInner }) => isOnInner === (side === "inner"))
      .map(({ box }) => ({ ...box, members: members.get(box.id) ?? [] }))
      .toSorted((a, b) => rank(a) - rank(b) || firstLane(lanes, a) - firstLane(lanes, b));
  return {
    kind: "bridge",
    name: bridge.name,
    facts: bridgeFacts(bridge),
    lanes,
    inner: stations("inner"),
    outer: stations("outer"),
  };
}

function membership({ box, vlans }: Connected): Membership {
  return { station: box.id, vlans };
}

function connectedTo(bridge: Bridge, description: Description): Connected[] {
  const isMember = (id: number) => bridge.vlans.some((range) => includesVlan(range, id));
  const own = !isUsedByHost(bridge, description)
    ? []
    : [{ box: bridgeBox(bridge, description), isInner: false, vlans: bridge.vlans }];
  const gateways = bridge.gateways.map((link) => {
    const { vlan } = link;
    const isLost = bridge.vlanFiltering && !isMember(vlan);
    const notes = isLost ? [`the bridge itself is not in VLAN ${vlan}`] : [];
    const box = withDefaultRoutes(hostBox(link, [`the host, in VLAN ${vlan}`], notes), description);
    // The host takes the tag off: what is behind it sees none.
    const vlans = isLost ? [] : [{ first: vlan, last: vlan, pvid: true, untagged: true }];
    return { box, isInner: false, vlans };
  });
  const ports = bridge.ports.map((port) => ({
    box: portBox(port, description),
    isInner: isInner(port),
    vlans: port.vlans,
  }));
  return [...own, ...gateways, ...ports];
}

function isUsedByHost({ name, addresses }: Bridge, { defaultRoutes }: Description): boolean {
  return addresses.length > 0 || defaultRoutes.some((route) => route.interface === name);
}

function isInner({ role }: Port): boolean {
  return role === "container" || role === "guest" || role === "other";
}

/** What leads out of the host comes last. */
function rank({ outside }: Station): number {
  return outside === undefined ? 0 : 1;
}

function firstLane(lanes: readonly Lane[], { members: [first] }: Station): number {
  return lanes.findIndex(({ id }) => id === first?.lane);
}

/** A bridge that does not filter is all one; with a VLAN of a device on it, it is that VLAN. */
function plainLane({ ports }: Bridge, tones: VlanTones): Lane {
  const [vlan, ...more] = new Set(ports.flatMap(({ lower }) => lower?.vlan ?? []));
  if (vlan === undefined || more.length > 0) return { id: "all", label: "", vlans: [], tone: undefined };
  return { id: "all", label: String(vlan), vlans: [{ first: vlan, last: vlan }], tone: tones.get(vlan) };
}

function oneLane(connected: readonly Connected[], lane: Lane) {
  const member: Member = { lane: lane.id, isTagged: false };
  return { lanes: [lane], members: new Map(connected.map(({ box }) => [box.id, [member]])) };
}

/** True for a device that containers, or the host's own VLAN interfaces, are on. */
function isShared({ name }: Interface, { children, interfaces }: Description): boolean {
  return [...children, ...interfaces].some(({ lower }) => lower?.name === name);
}

const untagged = "untagged";

function laneFor(vlan: number | undefined): Member {
  return { lane: vlan === undefined ? untagged : String(vlan), isTagged: false };
}

function deviceSwitch(link: Interface, description: Description, tones: VlanTones): Switch {
  const isHere = ({ lower }: Pick<Interface, "lower">) => lower?.name === link.name;
  const inner = description.children
    .filter(isHere)
    .map((child) => ({ ...childBox(child), members: [laneFor(child.lower.vlan)] }));
  const own = description.interfaces.filter(isHere).map((each) => ({
    ...withDefaultRoutes(hostBox(each, [childFact(each)]), description),
    members: [laneFor(each.lower?.vlan)],
  }));
  const ids = [...new Set([...inner, ...own].flatMap(({ members }) => members.map(({ lane }) => lane)))];
  const lanes = ids
    .toSorted((a, b) => Number(b === untagged) - Number(a === untagged) || Number(a) - Number(b))
    .map((id) => ({
      id,
      label: id,
      vlans: id === untagged ? [] : [{ first: Number(id), last: Number(id) }],
      tone: tones.get(Number(id)),
    }));
  const members = lanes.map(({ id }) => ({ lane: id, isTagged: id !== untagged }));
  const device = { ...deviceBox(link, description), members };
  const facts = [...(link.mac === undefined ? [] : [link.mac]), `mtu ${link.mtu}`];
  return { kind: "device", name: link.name, facts, lanes, inner, outer: [...own, device] };
}

function childFact({ kind, lower }: Interface): string {
  return lower?.vlan === undefined ? `the host, ${kind}` : `the host, in VLAN ${lower.vlan}`;
}

/** Devices and cables: on each is one station, or two. */
function apartSwitch(description: Description, shared: readonly Interface[]): Switch {
  const alone = description.interfaces.filter(
    (link) => !shared.includes(link) && link.lower === undefined && !isEndOfPort(link, description),
  );
  // Without an owner it may as well be a cable to another host.
  const cables = alone.filter(({ kind, owner }) => kind === "veth" && owner !== undefined);
  const devices = alone.filter((link) => !cables.includes(link) && isOfInterest(link, description));
  return {
    kind: "apart",
    name: "",
    facts: [],
    lanes: [],
    inner: cables.map((link) => ({ ...cableEndBox(link, description), members: [], cable: link.name })),
    outer: [
      ...cables.map((link) => ({ ...hostBox(link, ["the host"]), isRouted: true, members: [] })),
      ...devices.map((link) => ({ ...deviceBox(link, description), members: [] })),
    ],
  };
}

/** Devices that nobody uses are no part of the picture, nor are those that bridges have VLANs of: these lead out by themselves. */
function isOfInterest({ name, addresses, state }: Interface, { bridges }: Description): boolean {
  const isCarrier = bridges.some(({ ports }) => ports.some(({ lower }) => lower?.name === name));
  return addresses.length > 0 || (state === "up" && !isCarrier);
}

/** The host's end of a pair whose other end is a port: it is there already. */
function isEndOfPort({ name }: Interface, { bridges }: Description): boolean {
  return bridges.some(({ ports }) =>
    ports.some(({ role, endpoint }) => role === "host" && endpoint?.interface === name),
  );
}
