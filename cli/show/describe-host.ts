/** From what the sources say to what a host's network is. Pure: nothing is read here. */
import { compareAddresses, formatAddress } from "../../inet/address.ts";
import { formatPrefix } from "../../inet/prefix.ts";
import type { Digest } from "../../firewall/owner.ts";
import { routeConstants, type Route } from "../../netlink/route/route.ts";
import { describeBridge, isBridge } from "./describe-bridge.ts";
import { describeNetworks } from "./describe-networks.ts";
import { describeChildren, describeInterfaces } from "./describe-interfaces.ts";
import {
  descriptionVersion,
  type DefaultRoute,
  type Description,
  type Lease,
  type Masquerade,
} from "./description.ts";
import type { Findings, NetworkLease } from "./findings.ts";
import { indexFindings, type FindingsIndex } from "./index-findings.ts";
import { findOwners, type Owners } from "./owners.ts";
import { findUsers, type Users } from "./users.ts";

/** @param digest as for the labels that ADD gave: `hexDigest` */
export function describeHost(findings: Findings, digest: Digest): Description {
  const index = indexFindings(findings);
  const owners = findOwners(findings, digest);
  const bridges = findings.links.filter(isBridge).map((bridge) => describeBridge(index, owners, bridge));
  const interfaces = describeInterfaces(index, owners);
  const children = describeChildren(index, owners);
  const users = findUsers({ bridges, interfaces, children }, owners, findings.namespaces);
  const leases = describeLeases(findings.leases, users);
  return {
    version: descriptionVersion,
    host: findings.host,
    forwarding: findings.forwarding,
    networks: describeNetworks({ bridges, interfaces, children, leases }, users.inside),
    bridges,
    interfaces,
    children,
    defaultRoutes: findings.routes.flatMap((route) => describeRoute(index, route)),
    leases,
    masquerade: describeMasquerade(findings, { owners, users }),
    unreadable: findings.unreadable,
  };
}

function describeRoute(index: FindingsIndex, route: Route): DefaultRoute[] {
  const { destination, gateway, table } = route;
  if (destination.length > 0 || table !== routeConstants.tableMain) return [];
  return [
    {
      family: destination.address.family === 4 ? "ipv4" : "ipv6",
      interface: index.link(route.interfaceIndex)?.name ?? "",
      gateway: gateway && formatAddress(gateway),
    },
  ];
}

function describeLeases(leases: readonly NetworkLease[], users: Users): Lease[] {
  const sorted = leases.toSorted((a, b) =>
    a.network === b.network ? compareAddresses(a.address, b.address) : a.network < b.network ? -1 : 1,
  );
  return sorted.map(({ network, address, containerId, ifname }) => {
    const text = formatAddress(address);
    const isUsed = users.has({ network, containerId, ifname }) || users.hasAddress(text);
    return { network, address: text, containerId, ifname, isUsed };
  });
}

interface Known {
  readonly owners: Owners;
  readonly users: Users;
}

function describeMasquerade({ masquerade }: Findings, { owners, users }: Known): Masquerade[] {
  return masquerade
    .filter(({ masqueraded }) => masqueraded)
    .toSorted((a, b) => compareAddresses(a.address, b.address))
    .map(({ address, interfaceName, direct, ownerLabel }) => {
      const owner = owners.labelled(ownerLabel);
      const text = formatAddress(address);
      return {
        address: text,
        interface: interfaceName,
        direct: direct.map(formatPrefix),
        owner,
        isUsed: owner === undefined ? users.hasAddress(text) : users.has(owner),
      };
    });
}
