/** The host's own interface in a VLAN: `br0.10`, an 802.1Q interface on the bridge, shared by all containers of the VLAN. */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import type { Request } from "../../../netlink/message.ts";
import { NetlinkError } from "../../../netlink/netlink-error.ts";
import { addBridgeVlans } from "../../../netlink/route/bridge-vlan.ts";
import { changeLink, linkFlags, setAlias } from "../../../netlink/route/link.ts";
import { createVlanLink } from "../../../netlink/route/vlan-link.ts";
import { includesVlan } from "../../../netlink/route/vlan-range.ts";
import { errno } from "../../../sys/errno.ts";
import { sleepMs } from "../../../sys/libc.ts";
import { findLink, type NamedLink } from "../../links.ts";
import { tryToSetSysctl } from "../../sysctl.ts";
import { isUndisturbed, portsOf } from "../bridge-link.ts";
import { formatMark, switchAlias } from "../switch-marks.ts";
import {
  isOwnGateway,
  mayGetItsMark,
  refuseOtherGateway,
  vlansOfMember,
  type VlanPlace,
} from "./gateway-found.ts";
import { gatewayName } from "./keys.ts";
import type { HostInterface, Work } from "../work.ts";

/**
 * Finds or makes the gateway's interface of a VLAN; what is made goes when the last port of the VLAN goes (`take-back.ts`).
 * @throws CniError 104 when the name belongs to something else, 105 where the kernel knows no 802.1Q
 */
export function provideGatewayInterface(work: Work, place: VlanPlace): HostInterface {
  const { route } = work;
  const name = gatewayName(place.bridge.name, place.vlan);
  const found = findLink(route, { name });
  if (found !== undefined) return useGateway(work, place, found);
  const wasMember = isMember(route, place);
  // Looked for again, because an ADD beside this one may have made the bridge a member just now.
  const again = findLink(route, { name });
  if (again !== undefined) return useGateway(work, place, again);
  const made = makeGateway(work, place, { name, wasMember });
  return useGateway(work, place, made.link, made.isNew);
}

/** @throws CniError 104 where the bridge takes part in the VLAN without tags */
function isMember(route: Conversation, { bridge, vlan }: VlanPlace): boolean {
  const own = vlansOfMember(route, bridge.index).find((range) => includesVlan(range, vlan));
  if (own === undefined) return false;
  if (!own.isPvid && !own.isUntagged) return true;
  throw new CniError(
    errorCodes.bridgeConflict,
    `bridge "${bridge.name}" itself has VLAN ${vlan} untagged, so its gateway can have no interface of its own`,
    {
      details: `"bridge vlan del dev ${bridge.name} vid ${vlan} self" leaves the VLAN to its gateway; or use another "vlan"`,
    },
  );
}

function makeGateway(
  { route, request }: Work,
  { bridge, vlan }: VlanPlace,
  { name, wasMember }: { name: string; wasMember: boolean },
): { link: NamedLink; isNew: boolean } {
  const mark = formatMark({ kind: "gateway", bridge: bridge.name, wasMember });
  // In one datagram, all of which is done even where this process is killed: what is made gets its mark. Lost against another ADD, the mark is the same.
  const [created] = route.exchange([
    createVlanLink({ name, lower: bridge.index, id: vlan, isUp: true }),
    setAlias(name, mark),
    ...marksOfBridge(route, bridge),
  ]);
  const lostRace = created instanceof NetlinkError && created.errno === errno.EEXIST;
  const link = created instanceof NetlinkError && !lostRace ? undefined : findLink(route, { name });
  if (link === undefined) throw explainRefusal(created, { bridge, vlan });
  request.log.debug("gateway interface ready", { name, index: link.index, isNew: !lostRace });
  if (!lostRace) tryToSetSysctl("0", "ipv6", "conf", name, "accept_ra");
  return { link, isNew: !lostRace };
}

function explainRefusal(refusal: unknown, { bridge, vlan }: VlanPlace): unknown {
  if (!(refusal instanceof NetlinkError))
    return new CniError(errorCodes.tryAgainLater, `the gateway of VLAN ${vlan} vanished`);
  const cause = { cause: refusal };
  if (refusal.errno === errno.EOPNOTSUPP) return noGatewayInterfaces(refusal);
  if (refusal.errno !== errno.EEXIST) return refusal;
  return new CniError(
    errorCodes.bridgeConflict,
    `cannot make "${gatewayName(bridge.name, vlan)}": bridge "${bridge.name}" has an interface of VLAN ${vlan} under another name`,
    { details: `"ip -d link show type vlan" lists it; rename or remove it, or use another "vlan"`, ...cause },
  );
}

export function noGatewayInterfaces(cause?: NetlinkError): CniError {
  return new CniError(errorCodes.kernelFeatureMissing, "the kernel knows no 802.1Q interfaces (8021q)", {
    details: 'load the module 8021q, use a kernel that has it, or remove "isGateway" or "vlan"',
    cause,
  });
}

const longestMarkWaitMs = 1000;
const waitStepMs = 2;

/** What one datagram asks for is done in order, but not at once: others see a link that has no mark yet. */
function onceMarked(route: Conversation, place: VlanPlace, seen: NamedLink): NamedLink {
  const giveUpAt = performance.now() + longestMarkWaitMs;
  let found = seen;
  while (mayGetItsMark(route, place, found) && performance.now() < giveUpAt) {
    sleepMs(waitStepMs);
    found = findLink(route, { name: seen.name }) ?? found;
  }
  return found;
}

/** Ours is mended where somebody changed it; another's is used as it is, or refused. */
function useGateway(work: Work, place: VlanPlace, seen: NamedLink, isNew = false): HostInterface {
  const { route } = work;
  const found = onceMarked(route, place, seen);
  if (isOwnGateway(place, found)) joinVlan(route, place);
  else refuseOtherGateway(route, place, found);
  if ((found.flags & linkFlags.up) === 0) bringUp(work, place, found);
  return { name: found.name, index: found.index, mac: found.address ?? new Uint8Array(6), isNew };
}

function bringUp(work: Work, { bridge }: VlanPlace, gateway: NamedLink): void {
  const { route, undo } = work;
  const portsBefore = portsOf(route, bridge);
  route.request(changeLink(gateway, { up: true }));
  undo("take the gateway's interface down again", () => {
    if (isUndisturbed(work, bridge, portsBefore)) route.request(changeLink(gateway, { up: false }));
  });
}

/** The bridge itself becomes a member, which changes nothing where it is one. */
function joinVlan(route: Conversation, { bridge, vlan }: VlanPlace): void {
  const tagged = { first: vlan, last: vlan, isPvid: false, isUntagged: false };
  const itself = { index: bridge.index, name: bridge.name, self: true };
  route.requestAll([addBridgeVlans(itself, [tagged]), ...marksOfBridge(route, bridge)]);
}

/** Its alias says that there is something to take back, unless it says something else to somebody else. */
function marksOfBridge(route: Conversation, bridge: VlanPlace["bridge"]): Request[] {
  const alias = findLink(route, { index: bridge.index })?.alias ?? "";
  return alias === "" ? [setAlias(bridge.name, switchAlias)] : [];
}
