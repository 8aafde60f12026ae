/** Routes: RTM_*ROUTE, struct rtmsg, RTA_* of linux/rtnetlink.h. */
import { addressFromBytes, formatAddress, type Address } from "../../inet/address.ts";
import { addressBits, everything, formatPrefix, networkOf, type Prefix } from "../../inet/prefix.ts";
import { nested } from "../attributes.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { address, u32 } from "../payload.ts";
import { buildRequest, familyNumber, familyOf, routeMessageTypes, splitMessage } from "./headers.ts";

/** RTAX_* */
const metricAttributes = { mtu: [2, u32], advmss: [8, u32] } as const;

const attributes = {
  destination: [1, address],
  outputInterface: [4, u32],
  gateway: [5, address],
  priority: [6, u32],
  source: [7, address],
  metrics: [8, nested(metricAttributes)],
  table: [15, u32],
} as const;

export const rtmsgBytes = 12;

/** RT_TABLE_*, RT_SCOPE_*, RTPROT_*, RTN_* */
export const routeConstants = {
  tableMain: 254,
  scopeGlobal: 0,
  scopeLink: 253,
  protocolStatic: 4,
  typeUnicast: 1,
} as const;

export interface Route {
  readonly destination: Prefix;
  readonly gateway?: Address | undefined;
  readonly interfaceIndex: number;
  /** RTA_PREFSRC: the address that packets carry which have none yet. */
  readonly source?: Address | undefined;
  readonly priority?: number | undefined;
  readonly table?: number | undefined;
  readonly scope?: number | undefined;
  readonly mtu?: number | undefined;
  readonly advmss?: number | undefined;
}

function rtmsg(fields: { family: number; length?: number; table?: number; scope?: number }): Uint8Array {
  const bytes = new Uint8Array(rtmsgBytes);
  bytes[0] = fields.family;
  bytes[1] = fields.length ?? 0;
  // A table above 255 does not fit here; RTA_TABLE says it.
  bytes[4] = (fields.table ?? 0) > 255 ? 0 : (fields.table ?? 0);
  bytes[6] = fields.scope ?? 0;
  return bytes;
}

/** "10.0.0.0/8 via 10.1.0.1" */
function describe(route: Pick<Route, "destination" | "gateway">): string {
  const destination = route.destination.length === 0 ? "default" : formatPrefix(route.destination);
  return route.gateway === undefined ? destination : `${destination} via ${formatAddress(route.gateway)}`;
}

/** A route of a list, of whatever kind, for messages: "default via 192.0.2.1 table 100". @throws DecodeError */
export function describeRouteMessage(message: Message): string {
  const { header, attributes: found } = splitMessage(message, rtmsgBytes, attributes);
  const family = familyOf(header.getUint8(0));
  const to = found.destination ?? everything(family).address;
  const destination = { address: to, length: header.getUint8(1) };
  const table = found.table ?? header.getUint8(4);
  const text = describe({ destination, gateway: found.gateway });
  return table === routeConstants.tableMain ? text : `${text} table ${table}`;
}

/**
 * Adds a route. Without a gateway its scope is the link unless the route says otherwise. The very same route again
 * fails with EEXIST; one to the same destination by another gateway goes in beside it, as with the reference plugins,
 * unless it is to be the only one.
 */
export function addRoute(route: Route, { isOnlyOne = false } = {}): Request {
  const { family } = route.destination.address;
  const table = route.table ?? routeConstants.tableMain;
  const linkScope =
    route.gateway === undefined && family === 4 ? routeConstants.scopeLink : routeConstants.scopeGlobal;
  const header = rtmsg({
    family: familyNumber(family),
    length: route.destination.length,
    table,
    scope: route.scope ?? linkScope,
  });
  header[5] = routeConstants.protocolStatic;
  header[7] = routeConstants.typeUnicast;
  const metrics = { mtu: route.mtu, advmss: route.advmss };
  return buildRequest({
    purpose: `add route ${describe(route)}`,
    type: routeMessageTypes.newRoute,
    flags: messageFlags.create | (isOnlyOne ? messageFlags.exclusive : 0),
    header,
    table: attributes,
    attributes: {
      destination: route.destination.length === 0 ? undefined : networkOf(route.destination).address,
      outputInterface: route.interfaceIndex,
      gateway: route.gateway,
      source: route.source,
      priority: route.priority,
      metrics: metrics.mtu === undefined && metrics.advmss === undefined ? undefined : metrics,
      table,
    },
  });
}

/** All routes of one family in all tables; the kernel's filters differ too much between versions to be used. */
export function listRoutes(family: 4 | 6): Request {
  return buildRequest({
    purpose: "list routes",
    type: routeMessageTypes.getRoute,
    header: rtmsg({ family: familyNumber(family) }),
    table: attributes,
    attributes: {},
  });
}

/** @throws DecodeError. Undefined for routes that leave by no single interface (blackhole, multipath). */
export function decodeRoute(message: Message): Route | undefined {
  const { header, attributes: found } = splitMessage(message, rtmsgBytes, attributes);
  if (found.outputInterface === undefined) return undefined;
  const family = familyOf(header.getUint8(0));
  const length = header.getUint8(1);
  const destination = found.destination ?? addressFromBytes(new Uint8Array(addressBits(family) / 8));
  return {
    destination: length === 0 ? everything(family) : { address: destination, length },
    gateway: found.gateway,
    interfaceIndex: found.outputInterface,
    source: found.source,
    priority: found.priority,
    table: found.table ?? header.getUint8(4),
    scope: header.getUint8(6),
    mtu: found.metrics?.mtu,
    advmss: found.metrics?.advmss,
  };
}
