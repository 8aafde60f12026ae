/** A diagram as nodes and edges, for languages whose programs do the layout. */
import type { CableEnd, Diagram, Lane, Station, StationKind, Switch } from "./diagram.ts";

export interface Node {
  readonly id: string;
  readonly lines: readonly string[];
  readonly kind: StationKind | "lane" | "routing" | "outside";
  readonly tone?: number | undefined;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly tone: number | undefined;
  readonly isDashed: boolean;
}

/** Nodes that belong together. */
export interface Cluster {
  readonly id: string;
  readonly title: string;
  readonly nodes: readonly Node[];
  readonly clusters: readonly Cluster[];
}

export interface Graph {
  /** The hosts. */
  readonly clusters: readonly Cluster[];
  /** Outside of all hosts. */
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** @param cables ends that are cabled together, and to no end of another group */
export function makeGraph(diagrams: readonly Diagram[], cables: readonly (readonly CableEnd[])[]): Graph {
  const hosts = diagrams.map((diagram, at) => hostPart(diagram, `h${at}`, cables));
  const cableNodes = cables.map((_, at): Node => ({ id: `c${at}`, lines: ["cable"], kind: "outside" }));
  return {
    clusters: hosts.map(({ cluster }) => cluster),
    nodes: [...hosts.flatMap(({ outside }) => outside), ...cableNodes],
    edges: hosts.flatMap(({ edges }) => edges),
  };
}

interface HostPart {
  readonly cluster: Cluster;
  readonly outside: readonly Node[];
  readonly edges: readonly Edge[];
}

function hostPart(diagram: Diagram, prefix: string, cables: readonly (readonly CableEnd[])[]): HostPart {
  const cableOf = ({ outside }: Station) => {
    const at = cables.findIndex((ends) =>
      ends.some((end) => end.host === diagram.host && end.device === outside?.device),
    );
    return at < 0 ? undefined : `c${at}`;
  };
  const parts = diagram.switches.map((each, at) => switchPart(each, `${prefix}s${at}`, cableOf));
  const routed = parts.flatMap((part) => part.routed);
  const routing = routingPart(diagram, { id: `${prefix}routing`, routed });
  return {
    cluster: {
      id: prefix,
      title: diagram.host,
      nodes: [
        ...parts.flatMap(({ inner }) => inner),
        ...parts.flatMap(({ cluster }) => (cluster.title === "" ? cluster.nodes : [])),
        ...routing.nodes,
      ],
      clusters: parts.flatMap(({ cluster }) => (cluster.title === "" ? [] : cluster)),
    },
    outside: parts.flatMap(({ outside }) => outside),
    edges: [...parts.flatMap(({ edges }) => edges), ...routing.edges],
  };
}

interface Part {
  readonly cluster: Cluster;
  /** Containers are in the host, but not in the switch. */
  readonly inner: readonly Node[];
  readonly outside: readonly Node[];
  readonly edges: readonly Edge[];
  /** Ids of nodes. */
  readonly routed: readonly string[];
}

type CableOf = (station: Station) => string | undefined;

function switchPart(each: Switch, prefix: string, cableOf: CableOf): Part {
  const laneIds = new Map(each.lanes.map((lane, at) => [lane.id, { id: `${prefix}l${at}`, lane }]));
  const stations = [...each.inner, ...each.outer].map((station, at) => ({ station, id: `${prefix}n${at}` }));
  const ids = new Map(stations.map(({ station, id }) => [station.id, id]));
  const nodes = stations.map(({ station, id }) => stationNode(station, id));
  const isContainer = (_: Node, at: number) => at < each.inner.length;
  const leading = stations.filter(({ station }) => station.outside !== undefined);
  return {
    cluster: {
      id: prefix,
      title: each.kind === "apart" ? "" : `${each.kind} ${each.name}`,
      nodes: [
        ...[...laneIds.values()].map(laneNode(each)),
        ...nodes.filter((node, at) => !isContainer(node, at)),
      ],
      clusters: [],
    },
    inner: nodes.filter(isContainer),
    outside: leading
      .filter(({ station }) => cableOf(station) === undefined)
      .map(({ id }) => ({ id: `${id}o`, lines: ["outside"], kind: "outside" })),
    edges: [
      ...stations.flatMap(({ station, id }) => {
        return memberEdges({ station, id, isInner: each.inner.includes(station) }, laneIds);
      }),
      ...stations.flatMap(({ station, id }) => cableEdge(station, id, ids)),
      ...leading.map(({ station, id }) => outsideEdge(station, id, cableOf(station))),
    ],
    routed: stations.filter(({ station }) => station.isRouted).map(({ id }) => id),
  };
}

type LaneIds = ReadonlyMap<string, { readonly id: string; readonly lane: Lane }>;

function laneNode({ name }: Switch) {
  return ({ id, lane: { label, tone } }: { readonly id: string; readonly lane: Lane }): Node => {
    const title = /^\d/.test(label) ? `VLAN ${label}` : label;
    return { id, lines: [title === "" ? name : title], kind: "lane", tone };
  };
}

function stationNode({ title, addresses, facts, notes, kind }: Station, id: string): Node {
  const noted = notes.length === 0 ? [] : [notes.join(" · ")];
  return { id, lines: [title, ...addresses, ...facts, ...noted], kind };
}

interface End {
  readonly station: Station;
  readonly id: string;
  readonly isInner: boolean;
}

/** Containers before the lanes, all else after them: programs draw edges in the direction that they are given. */
function memberEdges({ station, id, isInner }: End, lanes: LaneIds): Edge[] {
  return station.members.flatMap(({ lane: name, isTagged }) => {
    const found = lanes.get(name);
    if (found === undefined) return [];
    const [from, to] = isInner ? [id, found.id] : [found.id, id];
    const label = [station.port, isTagged ? "tagged" : ""].filter((text) => text !== "").join(" ");
    return [{ from, to, label, tone: found.lane.tone, isDashed: station.isIsolated || !station.isUp }];
  });
}

function cableEdge({ cable, port, isUp }: Station, from: string, ids: ReadonlyMap<string, string>): Edge[] {
  const to = cable === undefined ? undefined : ids.get(cable);
  return to === undefined ? [] : [{ from, to, label: port, tone: undefined, isDashed: !isUp }];
}

function outsideEdge({ outside, isUp }: Station, from: string, cable: string | undefined): Edge {
  const { tags = "" } = outside ?? {};
  const label = tags === "" ? "" : `tagged ${tags}`;
  return { from, to: cable ?? `${from}o`, label, tone: undefined, isDashed: !isUp };
}

interface Routed {
  readonly id: string;
  readonly routed: readonly string[];
}

function routingPart({ forwards }: Diagram, { id, routed }: Routed): Pick<Graph, "nodes" | "edges"> {
  if (routed.length < 2) return { nodes: [], edges: [] };
  const families = [...(forwards.ipv4 === true ? ["IPv4"] : []), ...(forwards.ipv6 === true ? ["IPv6"] : [])];
  const text = families.length === 0 ? "forwarding is off" : `routes ${families.join(" and ")}`;
  return {
    nodes: [{ id, lines: [text], kind: "routing" }],
    edges: routed.map((from) => ({ from, to: id, label: "", tone: undefined, isDashed: true })),
  };
}
