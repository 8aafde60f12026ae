/** How people call things: short, on one line, and without anything that a terminal or a picture would act upon. */
import { printableLine } from "../../conformance/formats/escape.ts";
import { formatRange } from "../../netlink/route/vlan-range.ts";
import type { Bridge, Endpoint, LinkState, Owner, Port, VlanRange } from "./description.ts";

const longestName = 28;
const digestDigits = 12;

/** Ids of 32 and more hexadecimal digits by their first 12, as container runtimes show them. */
export function shortId(id: string): string {
  return /^[0-9a-f]{32,}$/.test(id) ? id.slice(0, digestDigits) : cutInside(id, longestName);
}

/** What a reader takes for one sign each. */
export function letters(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** At most `length` characters, the last of them "…" where there were more. */
export function cut(text: string, length: number): string {
  const harmless = printableLine(text);
  const signs = letters(harmless);
  return signs.length <= length ? harmless : `${signs.slice(0, length - 1).join("")}…`;
}

/** At most `length` characters, "…" inside in place of what is too much: names of pods and of their like differ at their ends. */
function cutInside(text: string, length: number): string {
  const signs = letters(printableLine(text));
  if (signs.length <= length) return signs.join("");
  const end = Math.floor((length - 1) / 2);
  return `${signs.slice(0, length - 1 - end).join("")}…${signs.slice(-end).join("")}`;
}

/** A container or guest, as far as it is known. */
export interface Somebody {
  readonly owner?: Owner | undefined;
  readonly endpoint?: Endpoint | undefined;
}

/** The pod, the container, or at least the namespace; "" where nothing is known. */
export function nameOf({ owner, endpoint }: Somebody): string {
  if (owner?.pod !== undefined) return cutInside(owner.pod, longestName);
  const namespace = cutInside(endpoint?.namespace ?? "", longestName);
  if (owner === undefined) return namespace;
  // What `trestle net` and cnitool call a container is a digest of the namespace's path.
  const isDigest = owner.containerId.startsWith("cnitool-") && namespace !== "";
  return isDigest ? namespace : shortId(owner.containerId);
}

/** The container's id, for beside its name; "" where the name is the id, or nothing is known. */
export function idBeside(somebody: Somebody): string {
  const { owner } = somebody;
  const id = owner === undefined ? "" : shortId(owner.containerId);
  return id === nameOf(somebody) ? "" : id;
}

export const stateWords: Readonly<Record<LinkState, string>> = {
  up: "up",
  "no-carrier": "no carrier",
  dormant: "dormant",
  down: "down",
};

/** "10", "tagged 20, 30-39": a line for each way in which a port is a member. */
export function vlanLines(vlans: readonly VlanRange[]): string[] {
  const ways = [
    { title: "", pvid: true, untagged: true },
    { title: "tagged ", pvid: false, untagged: false },
    { title: "untagged out ", pvid: false, untagged: true },
    { title: "untagged in ", pvid: true, untagged: false },
  ];
  return ways.flatMap(({ title, pvid, untagged }) => {
    const own = vlans.filter((vlan) => vlan.pvid === pvid && vlan.untagged === untagged);
    return own.length === 0 ? [] : [`${title}${own.map(formatRange).join(", ")}`];
  });
}

/** What is not as on most ports. */
export function portNotes(port: Port): string[] {
  return [
    ...(port.state === "up" ? [] : [stateWords[port.state]]),
    ...(port.portState === "forwarding" || port.state !== "up" ? [] : [port.portState]),
    ...(port.hairpin ? ["hairpin"] : []),
    ...(port.isolated ? ["isolated"] : []),
    ...(port.macGuard ? ["MAC guard"] : []),
    ...addressNotes(port),
  ];
}

/** A port's own address is of no use: what is sent to it goes to the bridge. */
function addressNotes({ addresses, role }: Port): string[] {
  return addresses.length === 0 || role === "other" ? [] : [`address on the port: ${addresses.join(", ")}`];
}

/** What a bridge is like, but for whether it is up. */
export function bridgeFacts({ mac, mtu, stp, vlanFiltering, defaultVlan = 0, ports }: Bridge): string[] {
  const vlan = defaultVlan === 0 ? "" : `, default VLAN ${defaultVlan}`;
  return [
    ...(mac === undefined ? [] : [mac]),
    `mtu ${mtu}`,
    `STP ${stp ? "on" : "off"}`,
    vlanFiltering ? `VLAN filtering on${vlan}` : "VLAN filtering off",
    ports.length === 1 ? "1 port" : `${ports.length} ports`,
  ];
}

export function isSameOwner(one: Owner, other: Owner | undefined): boolean {
  if (other === undefined) return false;
  return (["network", "containerId", "ifname"] as const).every((key) => one[key] === other[key]);
}
