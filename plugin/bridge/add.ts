/** ADD: the story of an attachment. Each step is a file beside this one; DEL is the same list backwards. */
import type { Request } from "../../cni/request.ts";
import { isDnsEmpty, refuseUnsayable, type Result } from "../../cni/result.ts";
import { isAtLeast } from "../../cni/version.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { formatMac } from "../../inet/mac.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { withUndo } from "../../sdk/undo.ts";
import { NetworkNamespace } from "../../sys/namespace.ts";
import { planAttachment, type AddressPlan } from "../address-plan.ts";
import { attachmentOf, hexDigest, hostEndName } from "../attachment.ts";
import { announce, configureContainer, waitForDuplicateDetection } from "../container-interface.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import { openRoute, openRouteIn } from "../kernel.ts";
import { leaseAddresses } from "../lease.ts";
import { findLink } from "../links.ts";
import { masquerade } from "../masquerade.ts";
import { makeVeth, removeVeth, type Veth } from "../veth.ts";
import type { Bridge } from "./bridge-link.ts";
import { readConfiguration } from "./configuration.ts";
import { guard } from "./guard.ts";
import { setPortFlags, waitUntilForwarding, withMacOf } from "./port.ts";
import { provideSwitch } from "./provide-bridge.ts";
import { provideGateway } from "./provide-gateway.ts";
import { openSegmentIfAny } from "./vlan/segment-if-any.ts";
import { shareNamespace } from "./share-namespace.ts";
import type { HostInterface, Work } from "./work.ts";

interface ContainerWork extends Work {
  readonly container: NetworkNamespace;
}

export async function add(request: Request): Promise<Result> {
  const configuration = readConfiguration(request);
  if (configuration.ipam.type === "") refuseUnsayable([], request.configuration.version);
  const attachment = attachmentOf(request);
  using container = openContainerNamespace(request);
  const host = NetworkNamespace.own();
  using route = openRoute();
  shareNamespace(host, configuration, request.log);
  const label = ownerLabel(attachment, hexDigest);
  // Awaited here: what `using` holds is closed as soon as this function returns.
  return await withUndo(request.log, (undo) =>
    attach({
      request,
      configuration,
      attachment,
      ownerLabel: label,
      route,
      host,
      container,
      undo,
      removeLink: () => void removeVeth(route, hostEndName(attachment), label),
    }),
  );
}

async function attach(given: ContainerWork): Promise<Result> {
  const { work, bridge: provided } = await provideSwitch(given);
  const { request, configuration, undo, removeLink } = work;
  const segment = await openSegmentIfAny(work, provided);
  const { veth, bridge } = connect(work, provided);
  segment?.setPortVlans(veth.host);
  await guard(work, { port: veth.host.name, mac: veth.container.mac });
  const lease = await leaseAddresses(request, { type: configuration.ipam.type, undo, removeLink });
  const plan = planAttachment(lease, configuration);
  using inside = openRouteIn(work.container);
  configure(work, { inside, veth, plan });
  const vlanInterface = plan.gateways.length > 0 ? segment?.provideHostInterface(bridge) : undefined;
  await provideGateway(work, { port: veth.host, bridge, hostInterface: vlanInterface ?? bridge }, plan);
  const interfaceName = segment?.hostInterfaceName ?? bridge.name;
  const subject = { ...work, interfaceName, ips: plan.ips };
  await masquerade(subject, configuration, { undo, log: request.log });
  if (!configuration.disableContainerInterface) {
    waitUntilForwarding(work.route, veth, bridge);
    announce(inside, veth.container);
  }
  return describe(work, { bridge, veth, vlanInterface, plan, lease });
}

function connect(work: ContainerWork, bridge: Bridge): { veth: Veth; bridge: Bridge } {
  const { route, configuration, undo } = work;
  const { mtu, mac } = configuration;
  const { veth, master } = makeVeth(route, { ...work, master: bridge.index, mtu, mac }, undo);
  work.request.log.debug("veth ready", { host: veth.host.name, container: veth.container.name });
  const flags = { hairpin: configuration.hairpinMode, isolated: configuration.portIsolation };
  setPortFlags(route, veth.host, flags);
  return { veth, bridge: withMacOf(bridge, master) };
}

function configure(
  { configuration, container }: ContainerWork,
  target: { inside: Conversation; veth: Veth; plan: AddressPlan },
): void {
  if (configuration.disableContainerInterface) return;
  const link = target.veth.container;
  const options = { duplicateDetection: configuration.enabledad };
  configureContainer(target.inside, { container, link, plan: target.plan }, options);
  if (configuration.enabledad) waitForDuplicateDetection(target.inside, link);
}

function describe(
  { configuration, request, route }: Work,
  made: {
    bridge: Bridge;
    veth: Veth;
    vlanInterface: HostInterface | undefined;
    plan: AddressPlan;
    lease: Result;
  },
): Result {
  const { bridge, veth, vlanInterface, plan, lease } = made;
  const tellsMtu = isAtLeast(request.configuration.version, "1.1.0");
  // Read again: a bridge's MTU follows its ports.
  const onHost = ({ name, index, mac }: HostInterface) => ({
    name,
    mac: formatMac(mac),
    mtu: tellsMtu ? findLink(route, { index })?.mtu : undefined,
  });
  return {
    interfaces: [
      onHost(bridge),
      { name: veth.host.name, mac: formatMac(veth.host.mac), mtu: veth.mtu },
      {
        name: veth.container.name,
        mac: formatMac(veth.container.mac),
        mtu: veth.mtu,
        sandbox: request.netns,
      },
      ...(vlanInterface === undefined ? [] : [onHost(vlanInterface)]),
    ],
    ips: plan.ips.map((ip) => ({ ...ip, interface: 2 })),
    routes: plan.routes,
    dns: isDnsEmpty(configuration.dns) ? lease.dns : configuration.dns,
  };
}
