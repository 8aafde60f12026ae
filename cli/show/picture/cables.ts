/** Which ways out of hosts are cabled together: what no host can know, so a person says it. */
import type { CableEnd, Diagram } from "./diagram.ts";

export type Cable = readonly [CableEnd, CableEnd];

/** A cable ends where nothing leads out of a host. */
export class NoSuchEnd extends Error {
  override readonly name = "NoSuchEnd";
}

/** "node-1/eth1=node-2/eth1"; undefined for any other text. Interfaces have no "/" in their names. */
export function readCable(text: string): Cable | undefined {
  const [, host, device, otherHost, otherDevice] = /^(.+)\/([^/]+)=(.+)\/([^/]+)$/.exec(text) ?? [];
  if (host === undefined || device === undefined) return undefined;
  if (otherHost === undefined || otherDevice === undefined) return undefined;
  return [
    { host, device },
    { host: otherHost, device: otherDevice },
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
  const ways = switches.flatMap(({ outer }) => outer.flatMap(({ outside }) => outside ?? []));
  return ways.map(({ device }) => ({ host, device }));
}

function isSame(one: CableEnd, other: CableEnd): boolean {
  return one.host === other.host && one.device === other.device;
}

function nameOf({ host, device }: CableEnd): string {
  return `${host}/${device}`;
}

function refuseUnknown(end: CableEnd, ways: ReadonlySet<string>): void {
  if (ways.has(nameOf(end))) return;
  const known = ways.size === 0 ? "there is none" : `there are ${[...ways].join(", ")}`;
  throw new NoSuchEnd(`no way out of a host is called "${nameOf(end)}"; ${known}`);
}
