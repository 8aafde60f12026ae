/** Whether an interface can be the uplink that is asked for, and what there is to do: pure decisions. */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { MovableAddress } from "../../../netlink/route/address-move.ts";
import { bridgeSettings, linkFlags, type Link } from "../../../netlink/route/link.ts";
import { vlanIdOf } from "../../../netlink/route/vlan-link.ts";
import { looksLikeHostEnd } from "../../attachment.ts";
import { isPortOf, type NamedLink } from "../../links.ts";
import { otherUplinkFault } from "./others.ts";
import { readMark, type SubinterfaceMark, type UplinkMark } from "../switch-marks.ts";
import type { UplinkWish } from "./wish.ts";

/** What there is of an uplink and its bridge. */
export interface UplinkFacts {
  /** The interface that the configuration names. */
  readonly uplink: NamedLink | undefined;
  /** What is to be the bridge's port: the same, or its sub-interface. */
  readonly port: NamedLink | undefined;
  readonly bridge: NamedLink | undefined;
  /** The port's mark, whichever bridge it tells of. */
  readonly mark: UplinkMark | SubinterfaceMark | undefined;
  /** What the port has; not read of one that is on the bridge already and whose addresses nobody wants. */
  readonly addresses: readonly MovableAddress[];
  /** It has routes that need none. Only looked for where it may join and its addresses shall move. */
  readonly hasRoutes: boolean;
  /** The port's master where that is not the bridge. */
  readonly otherMaster: NamedLink | undefined;
  /** What the bridge has; not read where the port is one of them, which is used as it is. */
  readonly ports: readonly Link[];
  readonly isWireless: boolean;
}

export interface UplinkPlan {
  readonly makesSubinterface: boolean;
  /** Links that are down and have to be up, the lowest first. */
  readonly raises: readonly NamedLink[];
  readonly enslaves: boolean;
  readonly moves: boolean;
}

const { invalidConfiguration, bridgeConflict, kernelFeatureMissing } = errorCodes;

function refusal(code: number, name: string, why: string, mend: string): CniError {
  return new CniError(code, `cannot use uplink "${name}": ${why}`, { details: mend });
}

const another = 'name another interface in "uplink"';

/** Why the interface can be no uplink whatever the bridge is, or undefined. */
function unfitness(wish: UplinkWish, uplink: NamedLink, isWireless: boolean): CniError | undefined {
  const refuse = (code: number, why: string, mend = another) => refusal(code, wish.name, why, mend);
  if ((uplink.flags & linkFlags.loopback) !== 0)
    return refuse(invalidConfiguration, "it is the loopback interface");
  if (uplink.linkInfo?.kind === "bridge")
    return refuse(invalidConfiguration, "it is a bridge itself, and a bridge is no port of another");
  if (looksLikeHostEnd(uplink.name) && uplink.linkInfo?.kind === "veth")
    return refuse(invalidConfiguration, "it is the host end of a container's interface");
  if (readMark(uplink.alias)?.kind === "gateway")
    return refuse(invalidConfiguration, "it is the gateway of a VLAN");
  if (isWireless)
    return refuse(
      kernelFeatureMissing,
      "it is wireless, and a station sends no frames of others' MAC addresses",
      `${another}, or use a network with "isGateway" and "ipMasq" instead`,
    );
  return undefined;
}

/** Why what is to be the port is something else, or is in use. */
function occupation(wish: UplinkWish, facts: UplinkFacts): CniError | undefined {
  const { uplink, port, otherMaster } = facts;
  if (port === undefined) return undefined;
  const refuse = (why: string, mend: string) => refusal(bridgeConflict, wish.port, why, mend);
  if (wish.subinterfaceVlan !== undefined) {
    const isRight = vlanIdOf(port) === wish.subinterfaceVlan && port.link === uplink?.index;
    if (!isRight)
      return refuse(
        `a link of that name is there, and is not VLAN ${wish.subinterfaceVlan} of "${wish.name}"`,
        'rename or remove it, or set "uplinkMode" to "trunk"',
      );
  }
  if (!port.master || isPortOf(port, facts.bridge)) return undefined;
  const master = otherMaster?.name ?? `link ${port.master}`;
  const details = `name "${master}" in "bridge" if it is the bridge to use; else free it (ip link set ${wish.port} nomaster), or ${another}`;
  return refuse(`it belongs to "${master}" already`, details);
}

function addressFault(wish: UplinkWish, facts: UplinkFacts): CniError | undefined {
  if (facts.addresses.length === 0) return undefined;
  const texts = facts.addresses.map(({ text }) => text).join(", ");
  if (isPortOf(facts.port, facts.bridge)) return strangersAddresses(wish, facts, texts);
  if (wish.movesAddresses) return undefined;
  return refusal(
    bridgeConflict,
    wish.port,
    `it has ${texts}, and the port of a bridge cannot use addresses`,
    `set "uplinkAddress": "move" to move them to the bridge with their routes, or remove them (ip address flush dev ${wish.port})`,
  );
}

/** Of a port of somebody else's nothing remembers that it had addresses: it keeps its alias. */
function strangersAddresses(wish: UplinkWish, { bridge, mark }: UplinkFacts, texts: string) {
  if (!wish.movesAddresses || mark !== undefined) return undefined;
  return refusal(
    bridgeConflict,
    wish.port,
    `it has ${texts}, and is a port of "${bridge?.name}" already, which it stays: its addresses could not be given back`,
    `free it (ip link set ${wish.port} nomaster), or move its addresses yourself and leave out "uplinkAddress"`,
  );
}

/** The new port would not forward for two forward delays, 30 s. */
function spanningTreeFault(wish: UplinkWish, facts: UplinkFacts): CniError | undefined {
  const { bridge } = facts;
  const isOff = bridge === undefined || (bridgeSettings(bridge).stpState ?? 0) === 0;
  if (isOff || !hasBelongings(wish, facts) || isPortOf(facts.port, bridge)) return undefined;
  return refusal(
    bridgeConflict,
    wish.port,
    `its addresses cannot be moved to "${bridge.name}", which runs the spanning tree protocol: the host would be cut off until it lets the port forward`,
    `switch it off (ip link set ${bridge.name} type bridge stp_state 0), or name another "bridge"`,
  );
}

/** Something there is to move. A sub-interface that was made here has nothing to give back. */
function hasBelongings(wish: UplinkWish, { addresses, hasRoutes, mark }: UplinkFacts): boolean {
  return wish.movesAddresses && (addresses.length > 0 || hasRoutes) && mark?.kind !== "subinterface";
}

/** What the bridge has of its own would be moved to the uplink one day. */
export function bridgeAddressFault(
  wish: UplinkWish,
  bridge: string,
  has: readonly string[],
): CniError | undefined {
  if (has.length === 0) return undefined;
  return refusal(
    bridgeConflict,
    wish.port,
    `its addresses cannot be moved to "${bridge}", which has ${has.join(", ")} already`,
    'name another "bridge", or remove what it has',
  );
}

/** @param names of the host's interfaces */
export function missingUplink(name: string, names: readonly string[]): CniError {
  const shown = names.filter((each) => each !== "lo" && !looksLikeHostEnd(each)).slice(0, 20);
  const have = shown.length === 0 ? "this host has no interface" : `this host has ${shown.join(", ")}`;
  return refusal(invalidConfiguration, name, "there is no such interface", `${have}; ${another}`);
}

/** Why no ADD could use the uplink, or undefined. Of one that is missing: {@link missingUplink}. */
export function uplinkRefusal(wish: UplinkWish, facts: UplinkFacts): CniError | undefined {
  const { uplink } = facts;
  if (uplink === undefined) return undefined;
  return (
    unfitness(wish, uplink, facts.isWireless) ??
    slaveFault(wish, facts) ??
    occupation(wish, facts) ??
    companyFault(wish, facts) ??
    addressFault(wish, facts) ??
    spanningTreeFault(wish, facts)
  );
}

/** What was there before is left as it is. */
function companyFault(wish: UplinkWish, facts: UplinkFacts): CniError | undefined {
  const fault = isPortOf(facts.port, facts.bridge) ? undefined : otherUplinkFault(wish, facts);
  return fault && refusal(bridgeConflict, wish.port, fault.message, fault.mend);
}

/** A bond or team takes all frames of its members, tagged or not; a bridge leaves tagged ones to the sub-interface. */
function slaveFault(wish: UplinkWish, { uplink }: UplinkFacts): CniError | undefined {
  const kind = uplink?.linkInfo?.slaveKind;
  if (wish.subinterfaceVlan === undefined || kind === undefined || kind === "bridge") return undefined;
  return refusal(bridgeConflict, wish.name, `it belongs to a ${kind}`, `name the ${kind} itself in "uplink"`);
}

function isDown(link: NamedLink | undefined): link is NamedLink {
  return link !== undefined && (link.flags & linkFlags.up) === 0;
}

/** @throws CniError with the reason why it cannot be done */
export function planUplink(wish: UplinkWish, facts: UplinkFacts): UplinkPlan {
  const refused = uplinkRefusal(wish, facts);
  if (refused !== undefined) throw refused;
  const { uplink, port, bridge } = facts;
  const raises = [uplink, ...(port === uplink ? [] : [port])].filter(isDown);
  return {
    makesSubinterface: port === undefined,
    raises,
    enslaves: !isPortOf(port, bridge),
    moves: hasBelongings(wish, facts),
  };
}

export function isDone(plan: UplinkPlan): boolean {
  return !plan.makesSubinterface && plan.raises.length === 0 && !plan.enslaves && !plan.moves;
}

/** The mark that the port has from now on; undefined for a port that was on the bridge before, and stays as it is. */
export function markFor(
  facts: UplinkFacts,
  plan: UplinkPlan,
  bridge: string,
): UplinkMark | SubinterfaceMark | undefined {
  const { mark, port, uplink } = facts;
  if (plan.makesSubinterface) return { kind: "subinterface", bridge, wasDown: isDown(uplink) };
  // An ADD that was killed may have left its mark: what that says of the time before still holds.
  if (mark?.kind === "uplink" && mark.bridge !== bridge) return { ...mark, bridge, moved: undefined };
  if (mark !== undefined) return { ...mark, bridge };
  if (!plan.enslaves) return undefined;
  return { kind: "uplink", bridge, wasDown: isDown(port), moved: undefined, alias: port?.alias ?? "" };
}
