/** ADD: the story of an attachment. Each step is a file beside this one; DEL is the same list backwards. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { isDnsEmpty, refuseUnsayable, type Result } from "../../cni/result.ts";
import { isAtLeast } from "../../cni/version.ts";
import { guardMac, unguardMac } from "../../firewall/mac-guard.ts";
import { addMasquerade, removeMasquerade } from "../../firewall/masquerade.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { formatMac, isUnicast } from "../../inet/mac.ts";
import { formatPrefix, type Prefix } from "../../inet/prefix.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { hexDigest, hostEndName, type Attachment } from "../attachment.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import { findIpam } from "../ipam.ts";
import { openNetfilter, openRoute, openRouteIn } from "../kernel.ts";
import { findLink } from "../links.ts";
import { enableForwarding } from "../sysctl.ts";
import { withUndo, type Undo } from "../../sdk/undo.ts";
import { planAttachment, type AddressPlan } from "./address-plan.ts";
import {
  applyAddresses,
  findBridge,
  globalAddresses,
  makeBridge,
  pinMac,
  planAddresses,
  planFlags,
  portsOf,
  randomMac,
  removeUnusedBridge,
  type Bridge,
} from "./bridge-link.ts";
import { changeLink } from "../../netlink/route/link.ts";
import { readConfiguration, type BridgeConfiguration } from "./configuration.ts";
import { announce, configureContainer, waitForDuplicateDetection } from "./container-interface.ts";
import { describeEgress } from "./egress.ts";
import {
  makeVeth,
  removeVeth,
  setPortFlags,
  waitUntilForwarding,
  type Connection,
  type Veth,
} from "./veth.ts";

/** What the steps of one ADD share. */
interface Work {
  readonly request: Request;
  readonly configuration: BridgeConfiguration;
  readonly attachment: Attachment;
  readonly ownerLabel: string;
  readonly route: Conversation;
  readonly host: NetworkNamespace;
  readonly container: NetworkNamespace;
  readonly undo: Undo;
}

/** An ADD that undoes needs the lock for milliseconds; whoever holds it for longer is none. */
const longestShareMs = 1000;

export async function add(request: Request): Promise<Result> {
  const configuration = readConfiguration(request);
  if (configuration.ipam.type === "") refuseUnsayable([], request.configuration.version);
  const attachment = {
    network: request.configuration.name,
    containerId: request.containerId,
    ifname: request.ifname,
  };
  using container = openContainerNamespace(request);
  const host = NetworkNamespace.own();
  using route = openRoute();
  if (!host.share(longestShareMs))
    request.log.warn("another process owns the namespace's lock; going on without");
  // Awaited here: what `using` holds is closed as soon as this function returns.
  return await withUndo(request.log, (undo) =>
    attach({
      request,
      configuration,
      attachment,
      ownerLabel: ownerLabel(attachment, hexDigest),
      route,
      host,
      container,
      undo,
    }),
  );
}

async function attach(work: Work): Promise<Result> {
  const { veth, bridge } = connect(work, provideBridge(work));
  await guard(work, veth);
  const lease = await leaseAddresses(work);
  const plan = planAttachment(lease, work.configuration);
  using inside = openRouteIn(work.container);
  configure(work, { inside, veth, plan });
  provideGateway(work, veth, bridge, plan);
  await masquerade(work, bridge, plan);
  if (!work.configuration.disableContainerInterface) {
    waitUntilForwarding(work.route, veth, bridge);
    announce(inside, veth);
  }
  return describe(work, { bridge, veth, plan, lease });
}

function provideBridge(work: Work): Bridge {
  const { route, configuration, request } = work;
  const found = findBridge(route, configuration.bridge);
  const bridge = found ?? provideNewBridge(work);
  request.log.debug("bridge ready", { name: bridge.name, index: bridge.index, isNew: bridge.isNew });
  provideFlags(work, bridge, { promiscuous: configuration.promiscMode });
  if (!bridge.isNew) keepMac(work, bridge);
  return bridge;
}

function provideNewBridge({ route, host, configuration, undo }: Work): Bridge {
  const wanted = { name: configuration.bridge, mtu: configuration.mtu, mac: randomMac() };
  // Before it is made: when the kernel's answer gets lost, the bridge may be there all the same.
  undo("remove the new bridge", () => {
    // Another ADD may be using it by now; then it stays.
    if (host.tryToOwnAlone()) removeUnusedBridge(route, wanted);
  });
  return makeBridge(route, wanted);
}

/** A bridge that somebody else made without a MAC address of its own takes our port's, and keeps none when it goes. */
function keepMac({ route, undo }: Work, bridge: Bridge): void {
  undo("restore the bridge's MAC address", () => {
    const now = findBridge(route, bridge.name);
    if (now !== undefined && !isUnicast(now.mac) && isUnicast(bridge.mac)) pinMac(route, bridge);
  });
}

function provideFlags({ route, host, undo }: Work, bridge: Bridge, wanted: { promiscuous: boolean }): void {
  const changes = planFlags(bridge, wanted);
  if (changes === undefined) return;
  const portsBefore = portsOf(route, bridge);
  route.request(changeLink(bridge, changes.there));
  undo("restore the bridge's flags", () => {
    // Whoever was attached since relies on them.
    const isUnchanged = portsOf(route, bridge).every((port) => portsBefore.includes(port));
    if (isUnchanged && host.tryToOwnAlone()) route.request(changeLink(bridge, changes.back));
  });
}

function connect(work: Work, bridge: Bridge): Connection {
  const { route, configuration, undo } = work;
  const connection = makeVeth(
    route,
    { ...work, bridge, mtu: configuration.mtu, mac: configuration.mac },
    undo,
  );
  const { veth } = connection;
  work.request.log.debug("veth ready", { host: veth.host.name, container: veth.container.name });
  setPortFlags(route, veth, { hairpin: configuration.hairpinMode, isolated: configuration.portIsolation });
  return connection;
}

/** Before the container's end comes up: no frame passes unchecked. */
async function guard({ configuration, route, ownerLabel: label, undo }: Work, veth: Veth): Promise<void> {
  if (!configuration.macspoofchk) return;
  using netfilter = openNetfilter();
  undo("remove the guard of the MAC address", () => {
    // As for the lease below, the link goes first.
    removeVeth(route, veth.host.name, label);
    using again = openNetfilter();
    unguardMac(again, label);
  });
  await guardMac(netfilter, { ownerLabel: label, hostEnd: veth.host.name, mac: veth.container.mac });
}

const nothingLeased: Result = { interfaces: [], ips: [], routes: [], dns: {} };

async function leaseAddresses(work: Work): Promise<Result> {
  const { request, configuration, attachment, route, ownerLabel: label, undo } = work;
  if (configuration.ipam.type === "") return nothingLeased;
  const ipam = await findIpam(configuration.ipam.type, request);
  const lease = await ipam.add(request);
  undo("give the addresses back", () => {
    // The link goes first, and if it cannot be removed the addresses stay leased: a container still has them.
    removeVeth(route, hostEndName(attachment), label);
    return ipam.del(request);
  });
  if (lease.ips.length === 0)
    throw new CniError(errorCodes.delegateFailed, "IPAM plugin returned missing IP config", {
      details: `the IPAM plugin "${configuration.ipam.type}" must return at least one address`,
    });
  refuseUnsayable(
    lease.ips.map((ip) => ip.address.address),
    request.configuration.version,
  );
  request.log.debug("addresses leased", { ips: lease.ips.map((ip) => formatPrefix(ip.address)) });
  return lease;
}

function configure(work: Work, target: { inside: Conversation; veth: Veth; plan: AddressPlan }): void {
  const { configuration, container } = work;
  if (configuration.disableContainerInterface) return;
  const options = { duplicateDetection: configuration.enabledad };
  configureContainer(target.inside, { container, veth: target.veth, plan: target.plan }, options);
  if (configuration.enabledad) waitForDuplicateDetection(target.inside, target.veth);
}

function provideGateway(work: Work, veth: Veth, bridge: Bridge, plan: AddressPlan): void {
  const { configuration } = work;
  if (plan.gateways.length > 0) setGatewayAddresses(work, { veth, bridge, gateways: plan.gateways });
  if (!configuration.isGateway && !configuration.ipMasq) return;
  for (const family of familiesOf(plan)) enableForwarding(family);
  work.request.log.debug("gateway ready", { gateways: plan.gateways.map(formatPrefix) });
}

function setGatewayAddresses(
  { route, configuration, host, undo }: Work,
  target: { veth: Veth; bridge: Bridge; gateways: readonly Prefix[] },
): void {
  const { bridge, veth } = target;
  const existing = bridge.isNew ? [] : globalAddresses(route, bridge.index);
  const changes = planAddresses(existing, target.gateways, {
    bridge: bridge.name,
    forceAddress: configuration.forceAddress,
  });
  if (changes.added.length + changes.removed.length === 0) return;
  const portsBefore = portsOf(route, bridge);
  undo("restore the bridge's addresses", () => {
    // Whoever was attached since relies on the gateway as it is now.
    const newcomers = portsOf(route, bridge).filter((port) => !portsBefore.includes(port));
    const isOurs = newcomers.every((port) => port === veth.host.index);
    if (!isOurs || !host.tryToOwnAlone()) return;
    applyAddresses(route, bridge, { added: changes.removed, removed: changes.added });
  });
  applyAddresses(route, bridge, changes);
  pinMac(route, bridge);
}

function familiesOf(plan: AddressPlan): Set<4 | 6> {
  return new Set(plan.ips.map((ip) => ip.address.address.family));
}

async function masquerade(work: Work, bridge: Bridge, plan: AddressPlan): Promise<void> {
  const { configuration, attachment, ownerLabel: label, undo } = work;
  if (!configuration.ipMasq || plan.ips.length === 0) return;
  const subject = { attachment, ownerLabel: label, interfaceName: bridge.name, ips: plan.ips };
  const egress = describeEgress(subject, configuration.nonMasqueradeCIDRs);
  if (configuration.ipMasqBackend === "iptables") {
    const { addWithIptables, removeWithIptables } = await import("./iptables-egress.ts");
    undo("remove the iptables masquerade", () => removeWithIptables(attachment));
    return addWithIptables(attachment, subject.ips, configuration.nonMasqueradeCIDRs);
  }
  using netfilter = openNetfilter();
  undo("remove the masquerade", () => {
    using again = openNetfilter();
    removeMasquerade(again, label);
  });
  await addMasquerade(netfilter, egress);
  work.request.log.debug("masquerade ready", { owner: label, interfaceName: bridge.name });
}

function describe(
  { configuration, request, route }: Work,
  made: { bridge: Bridge; veth: Veth; plan: AddressPlan; lease: Result },
): Result {
  const { bridge, veth, plan, lease } = made;
  const tellsMtu = isAtLeast(request.configuration.version, "1.1.0");
  // Read again: a bridge's MTU follows its ports.
  const bridgeMtu = tellsMtu ? findLink(route, { index: bridge.index })?.mtu : undefined;
  return {
    interfaces: [
      { name: bridge.name, mac: formatMac(bridge.mac), mtu: bridgeMtu },
      { name: veth.host.name, mac: formatMac(veth.host.mac), mtu: veth.mtu },
      {
        name: veth.container.name,
        mac: formatMac(veth.container.mac),
        mtu: veth.mtu,
        sandbox: request.netns,
      },
    ],
    ips: plan.ips.map((ip) => ({ ...ip, interface: 2 })),
    routes: plan.routes,
    dns: isDnsEmpty(configuration.dns) ? lease.dns : configuration.dns,
  };
}
