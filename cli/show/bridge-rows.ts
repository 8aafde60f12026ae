/** The table of a bridge: the host's own interfaces on it, uplinks, then everybody else by VLAN. */
import type { Bridge, Description, Gateway, Learned, Port, PortRole } from "./description.ts";
import type { Cell, Column, Line } from "./columns.ts";
import type { VlanTones } from "./vlan-tones.ts";
import { cut, idBeside, isSameOwner, nameOf, portNotes, stateWords, vlanLines } from "./words.ts";

export interface Row {
  readonly name: string;
  readonly what: string;
  readonly vlans: Cell;
  readonly who: string;
  readonly container: string;
  readonly interface: string;
  readonly addresses: readonly string[];
  readonly mac: string;
  readonly learned: readonly string[];
  readonly network: string;
  readonly notes: Cell;
}

const texts = (lines: readonly string[]): Cell => lines.map((text) => ({ text }));

export const bridgeColumns: readonly Column<Row>[] = [
  { title: "PORT", cell: ({ name }) => [{ text: name }] },
  { title: "WHAT", cell: ({ what }) => [{ text: what }] },
  { title: "VLAN", cell: ({ vlans }) => vlans },
  { title: "WHO", cell: ({ who }) => [{ text: who, style: "strong" }] },
  { title: "CONTAINER", cell: ({ container }) => [{ text: container }] },
  { title: "INTERFACE", cell: ({ interface: name }) => [{ text: name }] },
  { title: "ADDRESSES", cell: ({ addresses }) => texts(addresses) },
  { title: "MAC", cell: ({ mac }) => [{ text: mac }] },
  { title: "LEARNED", cell: ({ learned }) => texts(learned) },
  { title: "NETWORK", cell: ({ network }) => [{ text: network }] },
  { title: "NOTES", cell: ({ notes }) => notes },
];

const order: readonly PortRole[] = ["host", "uplink", "subinterface", "other", "container", "guest"];

export interface BridgeContext {
  readonly description: Description;
  readonly tones: VlanTones;
}

export function bridgeRows(bridge: Bridge, context: BridgeContext): Row[] {
  const ports = bridge.ports.toSorted(
    (a, b) => order.indexOf(a.role) - order.indexOf(b.role) || firstVlan(bridge, a) - firstVlan(bridge, b),
  );
  const own = bridge.addresses.length > 0 || bridge.vlanFiltering ? [bridgeRow(bridge, context)] : [];
  return [
    ...own,
    ...bridge.gateways.map((gateway) => gatewayRow(gateway, context)),
    ...ports.map((port) => portRow(port, { ...context, bridge })),
  ];
}

function firstVlan({ vlanFiltering }: Bridge, { vlans }: Port): number {
  if (!vlanFiltering) return 0;
  return (vlans.find(({ pvid }) => pvid) ?? vlans[0])?.first ?? 0;
}

const nothing: Omit<Row, "name" | "what"> = {
  vlans: [],
  who: "",
  container: "",
  interface: "",
  addresses: [],
  mac: "",
  learned: [],
  network: "",
  notes: [],
};

function bridgeRow(bridge: Bridge, { tones }: BridgeContext): Row {
  const { name, mac = "", addresses } = bridge;
  const vlans = bridge.vlanFiltering ? vlanCell(vlanLines(bridge.vlans), tones) : [];
  return { ...nothing, name, what: "host", addresses, mac, vlans };
}

function gatewayRow({ name, mac = "", addresses, vlan, state }: Gateway, { tones }: BridgeContext): Row {
  const notes = state === "up" ? [] : [warning(stateWords[state])];
  return { ...nothing, name, what: "host", addresses, mac, vlans: vlanCell([String(vlan)], tones), notes };
}

function portRow(port: Port, context: BridgeContext & { readonly bridge: Bridge }): Row {
  const { name, role, endpoint, owner } = port;
  return {
    name,
    what: role,
    vlans: vlanCell(vlanTexts(port, context.bridge), context.tones),
    who: nameOf(port),
    container: idBeside(port),
    interface: endpoint?.interface ?? port.lower?.name ?? "",
    addresses: endpoint?.addresses ?? port.addresses,
    mac: endpoint?.mac ?? (role === "container" || role === "guest" ? "" : (port.mac ?? "")),
    learned: learnedLines(port),
    network: cut(owner?.network ?? "", 20),
    notes: notesOf(port, context.description),
  };
}

function vlanTexts({ lower, vlans }: Port, bridge: Bridge): string[] {
  if (bridge.vlanFiltering) return vlans.length === 0 ? ["none"] : vlanLines(vlans);
  return lower?.vlan === undefined ? [] : [`${lower.vlan}`];
}

/** A line that names one VLAN has its colour. */
function vlanCell(lines: readonly string[], tones: VlanTones): Cell {
  return lines.map((text): Line => {
    const tone = tones.get(Number(/^(?:\D* )?(\d+)$/.exec(text)?.[1]));
    return { text, style: tone === undefined ? undefined : { tone } };
  });
}

const mostLearned = 4;

/** One that is the container's own needs no repeating. */
function learnedLines({ learned, endpoint, vlans }: Port): string[] {
  const [first] = learned;
  if (learned.length === 1 && first?.mac === endpoint?.mac) return ["its own"];
  const own = vlans.find(({ pvid }) => pvid)?.first;
  const shown = learned.slice(0, mostLearned).map((each) => learnedText(each, own));
  return learned.length > mostLearned ? [...shown, `and ${learned.length - mostLearned} more`] : shown;
}

/** @param own the VLAN of what comes in without a tag */
function learnedText({ mac, vlan }: Learned, own: number | undefined): string {
  return vlan === undefined || vlan === own ? mac : `${mac} in ${vlan}`;
}

function warning(text: string): Line {
  return { text, style: "warning" };
}

const harmlessNotes = ["hairpin", "isolated", "MAC guard"];

function notesOf(port: Port, { masquerade }: Description): Cell {
  const notes = portNotes(port).map((text) => (harmlessNotes.includes(text) ? { text } : warning(text)));
  const { owner } = port;
  const own = masquerade.filter(({ owner: whose }) => owner !== undefined && isSameOwner(owner, whose));
  return [...notes, ...(own.length === 0 ? [] : [{ text: "masquerade" }])];
}
