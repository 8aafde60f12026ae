/** Which ways out of hosts are cabled together: what no host can know, so a person says it. */
import type { CableEnd, Diagram } from "./diagram.ts";

export type Cable = readonly [CableEnd, CableEnd];

/** A cable ends where nothing leads out of a host. */
export class NoSuchEnd extends Error {
  override readonly name = "NoSuchEnd";
}

/** "node-1/eth1=node-2/eth1"; undefined for any other text. Interfaces have no "/" in their names. */
export function readCable(text: string): Cable | undefined {
  const [, host, station, otherHost, otherStation] = /^(.+)\/([^/]+)=(.+)\/([^/]+)$/.exec(text) ?? [];
  if (host === undefined || station === undefined) return undefined;
  if (otherHost === undefined || otherStation === undefined) return undefined;
  return [
    { host, station },
    { host: otherHost, station: otherStation },
  ];
}

/** Ends that are connected, over however many cables, together. @throws NoSuchEnd */
export function cableGroups(cables: readonly Cable[], diagrams: readonly Diagram[]): CableEnd[][] {
  const ways = new Set(diagrams.flatMap(waysOut).map(nameOf));
  const groups: CableEnd[][] = [];
  for (const cable of cables) {
    for (const end of cable) refuseUnknown(end, ways);
    const touched = groups.filter((group) => group.some((end) => cable.some((own) => isSame(own, end))));
    const rest = groups.filter((group) => !touched.includes(group));
    groups.splice(0, groups.length, ...rest, without(touched.flat(), cable));
  }
  return groups;
}

function without(known: readonly CableEnd[], cable: Cable): CableEnd[] {
  const [one, other] = cable;
  const added = isSame(one, other) ? [one] : cable;
  return [...known, ...added.filter((end) => !known.some((each) => isSame(each, end)))];
}

function waysOut({ host, switches }: Diagram): CableEnd[] {
  const stations = switches.flatMap(({ outer }) => outer).filter(({ outside }) => outside !== undefined);
  return stations.map(({ id }) => ({ host, station: id }));
}

function isSame(one: CableEnd, other: CableEnd): boolean {
  return one.host === other.host && one.station === other.station;
}

function nameOf({ host, station }: CableEnd): string {
  return `${host}/${station}`;
}

function refuseUnknown(end: CableEnd, ways: ReadonlySet<string>): void {
  if (ways.has(nameOf(end))) return;
  const known = ways.size === 0 ? "there is none" : `there are ${[...ways].join(", ")}`;
  throw new NoSuchEnd(`no way out of a host is called "${nameOf(end)}"; ${known}`);
}
