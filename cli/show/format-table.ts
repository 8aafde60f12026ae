/** A description for people, in a terminal. */
import { printableLine } from "../../conformance/formats/escape.ts";
import { formatRange } from "../../netlink/route/vlan-range.ts";
import { bridgeColumns, bridgeRows } from "./bridge-rows.ts";
import { formatColumns, type Cell, type Column } from "./columns.ts";
import type {
  Bridge,
  Child,
  Description,
  Interface,
  Lease,
  Masquerade,
  Network,
  VlanIds,
} from "./description.ts";
import { coloured, plain, type Paint } from "./paint.ts";
import { vlanTones, type VlanTones } from "./vlan-tones.ts";
import { bridgeFacts, idBeside, nameOf, shortId, stateWords } from "./words.ts";

export function formatTable(
  description: Description,
  { isColoured }: { readonly isColoured: boolean },
): string {
  const paint = isColoured ? coloured : plain;
  const tones = vlanTones([description]);
  const { networks, bridges, interfaces, children, leases, masquerade, unreadable } = description;
  const sections = [
    hostSection(description, paint),
    section("networks", networks, networkColumns(tones), paint),
    ...bridges.map((bridge) => bridgeSection(bridge, { description, paint, tones })),
    section("interfaces on no bridge", interfaces, interfaceColumns(tones), paint),
    section("containers' interfaces on an interface of the host", children, childColumns(tones), paint),
    section("leases", leases, leaseColumns, paint),
    section("masquerade", masquerade, masqueradeColumns, paint),
    section("could not be read", unreadable, unreadableColumns, paint),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function section<T>(title: string, items: readonly T[], columns: readonly Column<T>[], paint: Paint): string {
  if (items.length === 0) return "";
  return `${paint("strong", title)}\n${formatColumns(items, columns, paint)}`;
}

function hostSection({ host, forwarding, defaultRoutes, bridges }: Description, paint: Paint): string {
  const facts = [
    forwardingText("IPv4", forwarding.ipv4),
    forwardingText("IPv6", forwarding.ipv6),
    ...defaultRoutes.map(
      ({ gateway, interface: name }) => `default route by ${gateway ?? "itself"} on ${name}`,
    ),
    ...(bridges.length === 0 ? ["no bridge"] : []),
  ];
  const said = facts.filter((text) => text !== "").map(printableLine);
  return `${paint("strong", `host ${printableLine(host)}`)}  ${said.join(", ")}\n`;
}

function forwardingText(family: string, isOn: boolean | undefined): string {
  return isOn === undefined ? "" : `${family} forwarding ${isOn ? "on" : "off"}`;
}

interface BridgeSurroundings {
  readonly description: Description;
  readonly paint: Paint;
  readonly tones: VlanTones;
}

function bridgeSection(bridge: Bridge, { description, paint, tones }: BridgeSurroundings): string {
  const title = paint("strong", `bridge ${printableLine(bridge.name)}`);
  const rows = bridgeRows(bridge, { description, tones });
  const state = paint(bridge.state === "up" ? "good" : "warning", stateWords[bridge.state]);
  const facts = [state, ...bridgeFacts(bridge)].join(", ");
  const table = rows.length === 0 ? "" : formatColumns(rows, bridgeColumns, paint);
  return `${title}  ${facts}\n${table}`;
}

const one = (text: string | undefined): Cell => [{ text: text ?? "" }];
const many = (lines: readonly string[]): Cell => lines.map((text) => ({ text }));

function vlanCell(vlan: number | undefined, tones: VlanTones): Cell {
  if (vlan === undefined) return [];
  const tone = tones.get(vlan);
  return [{ text: String(vlan), style: tone === undefined ? undefined : { tone } }];
}

function networkColumns(tones: VlanTones): readonly Column<Network>[] {
  const vlanLine = ({ first, last }: VlanIds) => {
    const tone = first === last ? tones.get(first) : undefined;
    return { text: formatRange({ first, last }), style: tone === undefined ? undefined : { tone } };
  };
  return [
    { title: "NETWORK", cell: ({ name }) => [{ text: name, style: "strong" }] },
    { title: "ON", cell: ({ bridges, masters }) => many([...bridges, ...masters]) },
    { title: "VLAN", cell: ({ vlans }) => vlans.map(vlanLine) },
    { title: "ATTACHMENTS", cell: ({ attachments }) => one(`${attachments}`) },
    { title: "LEASES", cell: ({ leases }) => one(`${leases}`) },
  ];
}

function interfaceColumns(tones: VlanTones): readonly Column<Interface>[] {
  return [
    { title: "INTERFACE", cell: ({ name }) => one(name) },
    { title: "KIND", cell: ({ kind }) => one(kind === "" ? "device" : kind) },
    { title: "STATE", cell: ({ state }) => one(stateWords[state]) },
    { title: "ADDRESSES", cell: ({ addresses }) => many(addresses) },
    { title: "MAC", cell: ({ mac }) => one(mac) },
    { title: "VLAN", cell: ({ lower }) => vlanCell(lower?.vlan, tones) },
    { title: "ON", cell: ({ lower, master }) => one(lower?.name ?? master) },
    { title: "TO", cell: (link) => [{ text: nameOf(link), style: "strong" }] },
    { title: "CONTAINER", cell: (link) => one(idBeside(link)) },
    { title: "THERE", cell: ({ endpoint }) => one(endpoint?.interface) },
    { title: "ITS ADDRESSES", cell: ({ endpoint }) => many(endpoint?.addresses ?? []) },
    { title: "NETWORK", cell: ({ owner }) => one(owner?.network) },
  ];
}

function childColumns(tones: VlanTones): readonly Column<Child>[] {
  return [
    { title: "WHO", cell: (child) => [{ text: nameOf(child), style: "strong" }] },
    { title: "CONTAINER", cell: (child) => one(idBeside(child)) },
    { title: "INTERFACE", cell: ({ endpoint }) => one(endpoint.interface) },
    { title: "KIND", cell: ({ kind, mode }) => one(mode === undefined ? kind : `${kind} ${mode}`) },
    { title: "ON", cell: ({ lower }) => one(lower.name) },
    { title: "VLAN", cell: ({ lower }) => vlanCell(lower.vlan, tones) },
    { title: "ADDRESSES", cell: ({ endpoint }) => many(endpoint.addresses) },
    { title: "MAC", cell: ({ endpoint }) => one(endpoint.mac) },
    { title: "STATE", cell: ({ endpoint }) => one(endpoint.state && stateWords[endpoint.state]) },
    { title: "NETWORK", cell: ({ owner }) => one(owner?.network) },
  ];
}

const leftover = { text: "nobody of that name was found", style: "warning" } as const;

const leaseColumns: readonly Column<Lease>[] = [
  { title: "NETWORK", cell: ({ network }) => one(network) },
  { title: "ADDRESS", cell: ({ address }) => one(address) },
  { title: "CONTAINER", cell: ({ containerId }) => one(shortId(containerId)) },
  { title: "INTERFACE", cell: ({ ifname }) => one(ifname) },
  { title: "NOTES", cell: ({ isUsed }) => (isUsed ? [] : [leftover]) },
];

const masqueradeColumns: readonly Column<Masquerade>[] = [
  { title: "ADDRESS", cell: ({ address }) => one(address) },
  { title: "FROM", cell: ({ interface: name }) => one(name) },
  { title: "NOT TO", cell: ({ direct }) => many(direct) },
  { title: "CONTAINER", cell: ({ owner }) => one(owner && shortId(owner.containerId)) },
  { title: "INTERFACE", cell: ({ owner }) => one(owner?.ifname) },
  { title: "NETWORK", cell: ({ owner }) => one(owner?.network) },
  { title: "NOTES", cell: ({ isUsed }) => (isUsed ? [] : [leftover]) },
];

const unreadableColumns: readonly Column<Description["unreadable"][number]>[] = [
  { title: "SOURCE", cell: ({ source }) => one(source) },
  { title: "WHY", cell: ({ reason }) => [{ text: reason, style: "warning" }] },
];
