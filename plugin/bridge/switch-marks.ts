/**
 * Marks on links of the host that we made or changed for a bridge: its ifalias says so, and what has to be put back. They
 * are all that is remembered. A link without such a mark is somebody else's: used as it is found, and never removed.
 */
import { CniError, errorCodes } from "../../cni/error.ts";
import { interfaceNameFault } from "../../inet/interface-name.ts";

/** The alias of a bridge that has something with a mark. Told apart from an alias that somebody gave it, which stays. */
export const switchAlias = "trestle switch";

/** What a mark says. */
export type Mark = GatewayMark | UplinkMark | SubinterfaceMark;

/** A VLAN's interface of the host, `br0.10`. */
export interface GatewayMark {
  readonly kind: "gateway";
  readonly bridge: string;
  /** The bridge itself was a member of the VLAN before, and stays one. */
  readonly wasMember: boolean;
}

/** An interface of the host that became a port. */
export interface UplinkMark {
  readonly kind: "uplink";
  readonly bridge: string;
  readonly wasDown: boolean;
  /** Its addresses went to the bridge, which had these settings before; undefined where it kept them. */
  readonly moved: BridgeSettings | undefined;
  /** The alias that it had, "" for none. */
  readonly alias: string;
}

/** Settings below net.ipv6.conf of a bridge that takes over the addresses of its uplink. */
export const bridgeSettingNames = ["disable_ipv6", "accept_ra", "autoconf"] as const;

/** Their values in that order; "-" where the kernel has no such setting. */
export type BridgeSettings = readonly string[];

/** A VLAN interface on an uplink, made to become a port. */
export interface SubinterfaceMark {
  readonly kind: "subinterface";
  readonly bridge: string;
  /** The uplink below it was down. */
  readonly wasDown: boolean;
}

/** dev_set_alias() takes 255 bytes, of which one is the NUL that we send. */
const longestAliasBytes = 254;

/** What a mark says when the alias that the link had can be put behind it. @throws CniError 7 where it cannot */
export function formatMark(mark: Mark): string {
  const text = sentence(mark);
  if (mark.kind === "uplink") refuseLostAlias(mark.alias, text);
  return text;
}

function sentence(mark: Mark): string {
  const whose = `trestle ${mark.kind} of ${mark.bridge}`;
  if (mark.kind === "gateway") return mark.wasMember ? `${whose} was-member` : whose;
  const state = mark.wasDown ? `${whose} was-down` : whose;
  if (mark.kind === "subinterface") return state;
  const place = mark.moved === undefined ? state : `${state} moved=${mark.moved.join(",")}`;
  return mark.alias === "" ? place : `${place} alias ${mark.alias}`;
}

function refuseLostAlias(alias: string, text: string): void {
  const fault = alias.includes("\ufffd")
    ? "it is no UTF-8 text"
    : new TextEncoder().encode(text).length > longestAliasBytes
      ? "it is too long to be kept beside our own"
      : undefined;
  if (fault === undefined) return;
  throw new CniError(
    errorCodes.invalidConfiguration,
    `the uplink's alias ${JSON.stringify(alias)} would be lost: ${fault}`,
    { details: 'give the interface a shorter alias: "ip link set dev NAME alias TEXT"' },
  );
}

const pattern =
  /^trestle (gateway|uplink|subinterface) of ([^ ]+)( was-member)?( was-down)?(?: moved=((?:[0-2]|-)(?:,(?:[0-2]|-)){2}))?(?: alias ([^]+))?$/;

/** Reads a link's alias; undefined for every text that is not exactly a mark of ours. */
export function readMark(alias: string | undefined): Mark | undefined {
  const [, kind, bridge = "", wasMember, wasDown, moved, old = ""] = pattern.exec(alias ?? "") ?? [];
  if (kind === undefined || interfaceNameFault(bridge) !== undefined) return undefined;
  const mark = markOf(kind, {
    bridge,
    wasMember: wasMember !== undefined,
    wasDown: wasDown !== undefined,
    moved: moved?.split(","),
    old,
  });
  // What belongs to another kind of mark makes it none.
  return mark !== undefined && sentence(mark) === alias ? mark : undefined;
}

function markOf(
  kind: string,
  said: {
    bridge: string;
    wasMember: boolean;
    wasDown: boolean;
    moved: BridgeSettings | undefined;
    old: string;
  },
): Mark | undefined {
  const { bridge, wasMember, wasDown, moved, old } = said;
  if (kind === "gateway") return { kind, bridge, wasMember };
  if (kind === "uplink") return { kind, bridge, wasDown, moved, alias: old };
  return kind === "subinterface" ? { kind, bridge, wasDown } : undefined;
}

/** Whether a bridge of this alias may have something with a mark: one that has is never without an alias. */
export function mayHoldMarks(bridgeAlias: string | undefined): boolean {
  return (bridgeAlias ?? "") !== "";
}

/** What {@link bridgesWithMarks} needs of a link. */
interface MarkedLink {
  readonly index: number;
  readonly name?: string | undefined;
  readonly alias?: string | undefined;
  readonly link?: number | undefined;
  readonly master?: number | undefined;
}

/** Indexes of the bridges that something with a mark belongs to, or that say so themselves. */
export function bridgesWithMarks(links: readonly MarkedLink[]): Set<number> {
  const bridges = links.map(({ index, alias, link, master }) => {
    if (alias === switchAlias) return index;
    const mark = readMark(alias);
    return mark?.kind === "gateway" ? link : mark && master;
  });
  return new Set(bridges.filter((index) => index !== undefined));
}

/** Links that joined a bridge through us that is gone by now, whoever removed it. */
export function orphansOf<L extends MarkedLink>(links: readonly L[]): L[] {
  // One that was made anew has no alias.
  const names = new Set(links.filter((link) => mayHoldMarks(link.alias)).map(({ name }) => name));
  return links.filter(({ alias, master }) => {
    const mark = readMark(alias);
    return mark !== undefined && mark.kind !== "gateway" && !master && !names.has(mark.bridge);
  });
}
