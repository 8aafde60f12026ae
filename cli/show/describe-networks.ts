/** The networks whose attachments or leases are here. What merely is configured is none of them. */
import { mergeRanges } from "../../netlink/route/vlan-range.ts";
import type { Bridge, Child, Description, Interface, Network, Owner, Port, VlanIds } from "./description.ts";
import { groupBy } from "./index-findings.ts";

type Inhabited = Pick<Description, "bridges" | "interfaces" | "children" | "leases">;

/** An attachment, and what of the host it is on. */
interface Member extends Pick<Network, "bridges" | "masters" | "vlans"> {
  readonly owner: Owner;
}

const nowhere = { bridges: [], masters: [], vlans: [] } as const;

/** @param others whose attachments are on nothing of the host: a tap inside a container */
export function describeNetworks(host: Inhabited, others: readonly Owner[] = []): Network[] {
  const members = [...membersOf(host), ...others.map((owner): Member => ({ ...nowhere, owner }))];
  const byNetwork = groupBy(members, ({ owner }) => owner.network);
  const leases = groupBy(host.leases, ({ network }) => network);
  const names = [...new Set([...byNetwork.keys(), ...leases.keys()])].toSorted();
  return names.map((name) => ({
    name,
    ...summary(byNetwork.get(name) ?? []),
    leases: leases.get(name)?.length ?? 0,
  }));
}

function summary(members: readonly Member[]): Omit<Network, "name" | "leases"> {
  return {
    bridges: unique(members.flatMap(({ bridges }) => bridges)),
    masters: unique(members.flatMap(({ masters }) => masters)),
    vlans: mergeRanges(members.flatMap(({ vlans }) => vlans)),
    attachments: unique(members.map(({ owner: { containerId, ifname } }) => `${containerId} ${ifname}`))
      .length,
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** Leases count as well where somebody has their address: of what other plugins attached nothing else may tell. */
function membersOf({ bridges, interfaces, children, leases }: Inhabited): Member[] {
  return [
    ...bridges.flatMap((bridge) => bridge.ports.flatMap((port) => portMember(bridge, port))),
    ...children.flatMap(childMember),
    ...interfaces.flatMap(cableMember),
    ...leases.flatMap(({ isUsed, ifname, ...rest }) =>
      isUsed && ifname !== undefined ? { ...nowhere, owner: { ...rest, ifname } } : [],
    ),
  ];
}

function portMember(bridge: Bridge, { owner, vlans }: Port): Member[] {
  if (owner === undefined) return [];
  const own = bridge.vlanFiltering
    ? vlans.filter(({ pvid, untagged }) => pvid || !untagged)
    : outside(bridge);
  return [{ ...nowhere, owner, bridges: [bridge.name], vlans: own }];
}

/** The VLAN that a bridge that knows none is in by its sub-interface. */
function outside({ ports }: Bridge): VlanIds[] {
  return ports.flatMap(({ lower }) => idsOf(lower?.vlan));
}

function idsOf(vlan: number | undefined): VlanIds[] {
  return vlan === undefined ? [] : [{ first: vlan, last: vlan }];
}

function childMember({ owner, lower }: Child): Member[] {
  return owner === undefined ? [] : [{ ...nowhere, owner, masters: [lower.name], vlans: idsOf(lower.vlan) }];
}

function cableMember({ owner }: Interface): Member[] {
  return owner === undefined ? [] : [{ ...nowhere, owner }];
}
