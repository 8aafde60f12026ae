/**
 * The bridge's way out of the host: an interface of the host, or its sub-interface of a VLAN, as a port. Looked at by every
 * ADD, and set up by the first one while no other ADD is under way; {@link takeBackUnused} gives it back.
 */
import { CniError, errorCodes } from "../../../cni/error.ts";
import type { Conversation } from "../../../netlink/conversation.ts";
import { NetlinkError } from "../../../netlink/netlink-error.ts";
import { changeBridgeVlans, type BridgeVlanChange } from "../../../netlink/route/bridge-vlan.ts";
import { changeLink, decodeLink, getLink, listLinks, setAlias } from "../../../netlink/route/link.ts";
import { errno } from "../../../sys/errno.ts";
import { sleepMs } from "../../../sys/libc.ts";
import { openRoute } from "../../kernel.ts";
import { findLink, isPortOf, type NamedLink } from "../../links.ts";
import type { Bridge } from "../bridge-link.ts";
import { bridgeSettingNames, formatMark, switchAlias, type BridgeSettings } from "../switch-marks.ts";
import { takeBackUnused } from "../take-back.ts";
import { belongingsOf, moveBelongings, refuseImmovable, type Belongings } from "./address.ts";
import { readUplinkFacts } from "./facts.ts";
import {
  bridgeAddressFault,
  isDone,
  markFor,
  missingUplink,
  planUplink,
  type UplinkFacts,
  type UplinkPlan,
} from "./plan.ts";
import { announceAt, applyBridgeSettings, readBridgeSettings } from "./settings.ts";
import { makeSubinterface } from "./subinterface.ts";
import { demandUplinkVlans, provideUplinkVlans } from "./membership.ts";
import { fixMac, lowerOnFailure } from "./undo.ts";
import type { UplinkWish } from "./wish.ts";
import type { Work } from "../work.ts";

export interface UplinkWork extends Work {
  readonly wish: UplinkWish;
  /** Finds the bridge or makes it, with these where nothing else is asked for. The MAC address of one that is there is {@link fixMac}'s. */
  readonly provideBridge: (defaults: BridgeDefaults) => Bridge;
}

export interface BridgeDefaults {
  readonly mac?: Uint8Array | undefined;
  readonly mtu: number | undefined;
}

/** The bridge with its uplink. */
export interface Uplinked {
  readonly bridge: Bridge;
  /** The uplink's MTU in bytes. */
  readonly mtu: number | undefined;
}

/** Other ADDs of the network wait for the one that sets up; those of other networks hold it up for their milliseconds. */
const longestWaitMs = 5000;
const waitStepMs = 5;
/** As for an ADD without an uplink. */
const longestShareMs = 1000;

/**
 * To be called with the namespace shared, which it is again afterwards: nobody takes back what was looked at then.
 * @throws CniError 7, 104 or 105 with the reason why the interface cannot be the uplink, 11 when others were in the way
 */
export function provideUplink(work: UplinkWork): Uplinked {
  const giveUpAt = performance.now() + longestWaitMs;
  for (;;) {
    const { facts, plan } = look(subjectOf(work));
    const mtu = facts.uplink?.mtu;
    if (isDone(plan)) {
      const bridge = work.provideBridge({ mtu });
      work.undo("take the uplink's VLANs back", () => takeBack(work, bridge));
      provideUplinkVlans(work, facts, bridge);
      return { bridge, mtu };
    }
    if (performance.now() >= giveUpAt) break;
    setUpAlone(work);
  }
  throw new CniError(
    errorCodes.tryAgainLater,
    `cannot set up uplink "${work.wish.name}": other processes hold the lock of the host's network namespace for ${longestWaitMs / 1000} s`,
    { details: "an ADD with a slow IPAM plugin may be under way; try again" },
  );
}

function setUpAlone(work: UplinkWork): void {
  const { host, request } = work;
  try {
    if (host.tryToOwnAlone()) setUp(work);
    else sleepMs(waitStepMs);
  } finally {
    // Not the exclusive lock made less: a moment passes between the two, so that others have to be looked for again.
    if (!host.share(longestShareMs))
      request.log.warn("another process owns the namespace's lock; going on without");
  }
}

interface Look {
  readonly facts: UplinkFacts;
  readonly plan: UplinkPlan;
}

/** What is asked for, and where. */
export interface UplinkSubject {
  readonly route: Conversation;
  readonly wish: UplinkWish;
  /** Name of the bridge. */
  readonly bridge: string;
}

function subjectOf({ route, wish, configuration }: UplinkWork): UplinkSubject {
  return { route, wish, bridge: configuration.bridge };
}

/** @throws CniError with the reason why the interface cannot be the uplink */
function look({ route, wish, bridge }: UplinkSubject): Look {
  const facts = readUplinkFacts(route, wish, bridge);
  if (facts.uplink === undefined) {
    const names = route.dump(listLinks()).map((message) => decodeLink(message).name ?? "");
    throw missingUplink(wish.name, names);
  }
  return { facts, plan: planUplink(wish, facts) };
}

interface Preparation extends Look {
  readonly belongings: Belongings | undefined;
}

/** All that an ADD would do before it changes anything. @throws CniError with the reason why it could not go on */
export function prepare(subject: UplinkSubject): Preparation {
  const { facts, plan } = look(subject);
  const belongings = plan.moves && facts.port !== undefined ? movables(subject, facts) : undefined;
  // How the bridge is now is only known when there is one.
  markText(
    subject.bridge,
    { facts, plan },
    bridgeSettingNames.map(() => "0"),
  );
  return { facts, plan, belongings };
}

function setUp(work: UplinkWork): void {
  const { route, request, undo } = work;
  // Another ADD may have been faster.
  const { facts, plan, belongings } = prepare(subjectOf(work));
  if (isDone(plan) || facts.uplink === undefined) return;
  const mac = plan.moves ? facts.port?.address : undefined;
  const bridge = work.provideBridge({ mac, mtu: facts.uplink.mtu });
  lowerOnFailure(work, { raises: plan.raises, bridge, facts, mark: markFor(facts, plan, bridge.name) });
  if (plan.moves && facts.port !== undefined) fixMac(work, bridge, facts.port);
  undo("take the uplink back", () => takeBack(work, bridge));
  const vlans = demandUplinkVlans(work, facts, bridge);
  const mark = markText(bridge.name, { facts, plan }, plan.moves ? readBridgeSettings(bridge.name) : []);
  if (!facts.bridge?.alias) route.request(setAlias(bridge.name, switchAlias));
  const port = facts.port ?? makeSubinterface(work, facts.uplink);
  // Before anything else is changed: whoever takes it back after this process was killed, knows.
  if (mark !== undefined) route.request(setAlias(port.name, mark));
  for (const link of [...plan.raises, ...(plan.makesSubinterface ? [port] : [])])
    route.request(changeLink(link, { up: true }));
  const join = () => {
    if (plan.enslaves) enslave(route, { port, bridge, vlans });
  };
  if (belongings === undefined) join();
  else moveTo(work, { port, bridge, belongings, join });
  const moved = belongings?.addresses.map(({ text }) => text);
  request.log.debug("uplink ready", { uplink: port.name, bridge: bridge.name, moved });
}

function takeBack({ host, request }: UplinkWork, bridge: Bridge): void {
  // A list whose reading was broken off keeps its socket busy.
  using route = openRoute();
  takeBackUnused({ route, host, log: request.log }, bridge.index);
}

/** @throws CniError 104 for what cannot be moved, or not to this bridge */
function movables({ route, wish, bridge }: UplinkSubject, { port, mark, ...facts }: UplinkFacts): Belongings {
  const place = port ?? { index: 0, name: wish.port };
  const belongings = belongingsOf(route, { from: place, to: facts.bridge });
  refuseImmovable(belongings, place);
  if (facts.bridge === undefined || isPortOf(port, facts.bridge)) return belongings;
  const isResumed = mark?.kind === "uplink" && mark.moved !== undefined && mark.bridge === bridge;
  const fault = bridgeAddressFault(
    wish,
    bridge,
    strangersOn(route, facts.bridge, isResumed ? belongings : undefined),
  );
  if (fault !== undefined) throw fault;
  return belongings;
}

/** What the bridge has of its own, as texts. @param resumed what a move that was broken off may have added already */
function strangersOn(route: Conversation, bridge: NamedLink, resumed: Belongings | undefined): string[] {
  const { addresses, routes } = belongingsOf(route, { from: bridge, to: undefined });
  const known = new Set(resumed?.addresses.map(({ text }) => text));
  const strangers = addresses.map(({ text }) => text).filter((text) => !known.has(text));
  // Routes of addresses say nothing more.
  return addresses.length > 0 ? strangers : routes.map(({ text }) => text);
}

/** @throws CniError 7 where the alias that the port has would be lost */
function markText(bridge: string, { facts, plan }: Look, settings: BridgeSettings): string | undefined {
  const mark = markFor(facts, plan, bridge);
  if (mark === undefined) return undefined;
  // What an ADD that was killed noted is from before.
  return formatMark(mark.kind === "uplink" && plan.moves ? { ...mark, moved: mark.moved ?? settings } : mark);
}

/** @throws CniError 105 for an interface that its driver keeps from bridges */
function enslave(
  route: Conversation,
  { port, bridge, vlans }: { port: NamedLink; bridge: Bridge; vlans: BridgeVlanChange | undefined },
): void {
  // All at once: until its VLANs are set, the port is in the default one, with whoever else is. Reading a bridge that gets its
  // first port makes the kernel notice at once that it has a carrier (linkwatch_sync_dev, from Linux 6.8 on); until it
  // does, the bridge drops what the host sends.
  const [outcome, ...others] = route.exchange([
    changeLink(port, { master: bridge.index }),
    ...(vlans === undefined ? [] : changeBridgeVlans(port, vlans)),
    getLink({ index: bridge.index }),
  ]);
  if (outcome instanceof NetlinkError) throw explainEnslaving(outcome, port, bridge);
  const failure = others.find((other) => other instanceof NetlinkError);
  if (failure !== undefined) throw failure;
}

function explainEnslaving(refusal: NetlinkError, port: NamedLink, bridge: Bridge): Error {
  const { errno: code, kernelMessage, message } = refusal;
  if (code !== errno.EOPNOTSUPP && code !== errno.EINVAL && code !== errno.ELOOP) return refusal;
  return new CniError(
    errorCodes.kernelFeatureMissing,
    `cannot use uplink "${port.name}": the kernel does not let it be a port of "${bridge.name}": ${kernelMessage ?? message}`,
    {
      details:
        'wireless and other interfaces without Ethernet frames of their own cannot; name another interface in "uplink"',
      cause: refusal,
    },
  );
}

function moveTo(
  { route, request: { log } }: UplinkWork,
  {
    port,
    bridge,
    belongings,
    join,
  }: { port: NamedLink; bridge: Bridge; belongings: Belongings; join: () => void },
): void {
  applyBridgeSettings(bridge.name, readBridgeSettings(port.name));
  moveBelongings(route, belongings, { from: port, to: bridge }, join);
  const now = findLink(route, { index: bridge.index })?.address ?? bridge.mac;
  announceAt({ route, log }, { ...bridge, mac: now }, port.address ?? now);
}
