/** Who is connected, as the picture's boxes. */
import { formatRange } from "../../../netlink/route/vlan-range.ts";
import type { Basics, Bridge, Child, Description, Interface, Owner, Port, PortRole } from "../description.ts";
import { cut, idBeside, isSameOwner, nameOf, portNotes, stateWords, type Somebody } from "../words.ts";
import type { Station, StationKind } from "./diagram.ts";

/** Everything but where it is connected. */
export type Box = Omit<Station, "members">;

const kinds: Readonly<Record<PortRole, StationKind>> = {
  container: "container",
  guest: "guest",
  host: "host",
  uplink: "uplink",
  subinterface: "uplink",
  other: "other",
};

const plainBox = {
  addresses: [],
  facts: [],
  notes: [],
  port: "",
  isUp: true,
  isIsolated: false,
  isRouted: false,
  outside: undefined,
} as const satisfies Partial<Box>;

/** A title has room for a name as the table has it, and for any interface's. */
const longest = { title: 46, fact: 34 } as const;

/** "web-1 · eth0" */
function titleOf(name: string, ifname: string | undefined): string {
  return cut([name, ifname ?? ""].filter((text) => text !== "").join(" · "), longest.title);
}

/** Together on one line. */
function factsOf(...texts: readonly (string | undefined)[]): string[] {
  const said = texts.flatMap((text) => (text === undefined || text === "" ? [] : cut(text, longest.fact)));
  return said.length === 0 ? [] : [said.join(" · ")];
}

/** The container's id where it is called something else, then its MAC address and network. */
function containerFacts(somebody: Somebody, mac = somebody.endpoint?.mac): string[] {
  const id = idBeside(somebody);
  return [...factsOf(id === "" ? "" : `id ${id}`), ...factsOf(mac, somebody.owner?.network)];
}

export function portBox(port: Port, description: Description): Box {
  const kind = kinds[port.role];
  if (kind === "uplink") return uplinkBox(port);
  if (kind === "host")
    return { ...endBox(port, description), kind, isRouted: hasAddresses(port), port: port.name };
  return { ...endBox(port, description), kind };
}

function hasAddresses({ endpoint }: Port): boolean {
  return (endpoint?.addresses ?? []).length > 0;
}

function masqueradeNote(owner: Owner | undefined, { masquerade }: Description): string[] {
  const isMasqueraded = masquerade.some((entry) => owner !== undefined && isSameOwner(owner, entry.owner));
  return isMasqueraded ? ["masquerade"] : [];
}

function endBox(port: Port, description: Description): Box {
  const { name, owner, endpoint } = port;
  const who = nameOf(port);
  const guest = port.role === "guest" ? "guest" : "";
  return {
    ...plainBox,
    id: name,
    kind: "container",
    title: titleOf(who === "" ? guest : who, endpoint?.interface) || cut(name, longest.title),
    addresses: endpoint?.addresses ?? [],
    facts: containerFacts(port, endpoint?.mac ?? learnedMac(port)),
    notes: [...portNotes(port), ...masqueradeNote(owner, description)],
    port: name,
    isUp: port.state === "up",
    isIsolated: port.isolated,
  };
}

/** What a guest's address is, nobody but the bridge knows. */
function learnedMac({ learned }: Port): string | undefined {
  return learned.length === 1 ? learned[0]?.mac : undefined;
}

function uplinkBox(port: Port): Box {
  const { name, lower, learned, role } = port;
  const count = learned.length === 1 ? "1 MAC address seen" : `${learned.length} MAC addresses seen`;
  const below = lower === undefined ? undefined : `VLAN ${lower.vlan ?? "?"} of ${lower.name}`;
  return {
    ...plainBox,
    id: name,
    kind: "uplink",
    title: cut(name, longest.title),
    facts: factsOf(role === "subinterface" ? below : "uplink", learned.length === 0 ? undefined : count),
    notes: portNotes(port),
    isUp: port.state === "up",
    isIsolated: port.isolated,
    outside: {
      tags: lower?.vlan === undefined ? taggedOn(port) : String(lower.vlan),
      ownTag: lower?.vlan,
      device: lower?.name ?? name,
    },
  };
}

function taggedOn({ vlans }: Port): string {
  const tagged = vlans.filter(({ untagged }) => !untagged);
  return tagged.map(formatRange).join(", ");
}

/** An interface of the host itself. */
export function hostBox(link: Basics, facts: readonly string[], notes: readonly string[] = []): Box {
  return {
    ...plainBox,
    id: link.name,
    kind: "host",
    title: cut(link.name, longest.title),
    addresses: link.addresses,
    facts: factsOf(...facts),
    notes: [...(link.state === "up" ? [] : [stateWords[link.state]]), ...notes],
    isUp: link.state === "up",
    isRouted: link.addresses.length > 0,
  };
}

export function bridgeBox(bridge: Bridge, description: Description): Box {
  return withDefaultRoutes(hostBox(bridge, ["the host, on the bridge"]), description);
}

/** Whatever the host reaches the world by says so: with `"uplinkAddress": "move"` that is the bridge. */
export function withDefaultRoutes(box: Box, { defaultRoutes, masquerade }: Description): Box {
  const routes = defaultRoutes.filter((route) => route.interface === box.id);
  if (routes.length === 0) return box;
  const said = routes.map(({ gateway }) => `default route by ${gateway ?? "itself"}`);
  const sources = masquerade.length;
  const counted = sources === 1 ? "masquerade of 1 address" : `masquerade of ${sources} addresses`;
  return {
    ...box,
    facts: [...box.facts, ...said.flatMap((text) => factsOf(text))],
    notes: sources === 0 ? box.notes : [...box.notes, counted],
  };
}

export function childBox({ kind, mode, endpoint, owner }: Child): Box {
  return {
    ...plainBox,
    id: [endpoint.namespace ?? "", endpoint.interface ?? "", endpoint.mac ?? ""].join(" "),
    kind: "container",
    title: titleOf(nameOf({ owner, endpoint }), endpoint.interface),
    addresses: endpoint.addresses,
    facts: containerFacts({ owner, endpoint }),
    notes: endpoint.state === undefined || endpoint.state === "up" ? [] : [stateWords[endpoint.state]],
    port: mode === undefined ? kind : `${kind} ${mode}`,
    isUp: endpoint.state === "up",
    isIsolated: mode === "private",
  };
}

/** A device that leads out of the host. */
export function deviceBox(link: Interface, description: Description): Box {
  return {
    ...withDefaultRoutes(hostBox(link, []), description),
    kind: "uplink",
    outside: { tags: "", ownTag: undefined, device: link.name },
  };
}

/** The container at the other end of a pair that is on no bridge. */
export function cableEndBox(link: Interface, description: Description): Box {
  const { owner, endpoint } = link;
  return {
    ...plainBox,
    id: `at ${link.name}`,
    kind: "container",
    title: titleOf(nameOf(link), endpoint?.interface),
    addresses: endpoint?.addresses ?? [],
    facts: containerFacts(link),
    notes: masqueradeNote(owner, description),
    port: link.name,
    isUp: link.state === "up",
  };
}
