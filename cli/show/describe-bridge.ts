/** A bridge with everything that is on it. */
import { bridgeSettings, type Link } from "../../netlink/route/link.ts";
import { vlanIdOf } from "../../netlink/route/vlan-link.ts";
import { readMark } from "../../plugin/bridge/switch-marks.ts";
import type { Bridge, Gateway } from "./description.ts";
import { describePort, vlansOf } from "./describe-port.ts";
import type { FindingsIndex } from "./index-findings.ts";
import type { Owners } from "./owners.ts";
import { withPrefixLengths } from "./prefix-lengths.ts";

export function isBridge(link: Link | undefined): boolean {
  return link?.linkInfo?.kind === "bridge";
}

export function describeBridge(index: FindingsIndex, owners: Owners, bridge: Link): Bridge {
  const { links } = index.findings;
  const { stpState = 0, vlanFiltering = 0, vlanDefaultPvid } = bridgeSettings(bridge);
  return withPrefixLengths({
    ...index.basics(bridge),
    stp: stpState !== 0,
    vlanFiltering: vlanFiltering === 1,
    defaultVlan: vlanDefaultPvid,
    vlans: vlansOf(index, bridge),
    gateways: links.filter((link) => isVlanOf(bridge, link)).map((link) => describeGateway(index, link)),
    ports: links
      .filter(({ master }) => master === bridge.index)
      .map((link) => describePort(index, owners, link)),
  });
}

/** True for the host's own interface in a VLAN of the bridge. */
export function isVlanOf(bridge: Link, link: Link): boolean {
  return vlanIdOf(link) !== undefined && link.link === bridge.index && link.linkNamespaceId === undefined;
}

function describeGateway(index: FindingsIndex, link: Link): Gateway {
  return {
    ...index.basics(link),
    vlan: vlanIdOf(link) ?? 0,
    isOurs: readMark(link.alias)?.kind === "gateway",
  };
}
