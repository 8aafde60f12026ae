/** ADD: a veth pair whose host end is the gateway of this one container; hosts route between containers. */
import type { Request } from "../../cni/request.ts";
import { isDnsEmpty, type Result } from "../../cni/result.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { formatMac } from "../../inet/mac.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { withUndo, type Undo } from "../../sdk/undo.ts";
import type { NetworkNamespace } from "../../sys/namespace.ts";
import { familiesOf, type AddressPlan } from "../address-plan.ts";
import { type Attachment, attachmentOf, hexDigest, hostEndName } from "../attachment.ts";
import { configureContainer } from "../container-interface.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import { openRoute, openRouteIn } from "../kernel.ts";
import { leaseAddresses } from "../lease.ts";
import { masquerade } from "../masquerade.ts";
import { enableForwarding } from "../sysctl.ts";
import { makeVeth, removeVeth, type Veth } from "../veth.ts";
import { readConfiguration, type PtpConfiguration } from "./configuration.ts";
import { configureHostEnd, prepareHostEnd } from "./host-end.ts";
import { planPointToPoint } from "./plan.ts";

interface Work {
  readonly request: Request;
  readonly configuration: PtpConfiguration;
  readonly attachment: Attachment;
  readonly ownerLabel: string;
  readonly route: Conversation;
  readonly container: NetworkNamespace;
  readonly undo: Undo;
}

export async function add(request: Request): Promise<Result> {
  const configuration = readConfiguration(request);
  const attachment = attachmentOf(request);
  using container = openContainerNamespace(request);
  using route = openRoute();
  const label = ownerLabel(attachment, hexDigest);
  // Awaited here: what `using` holds is closed as soon as this function returns.
  return await withUndo(request.log, (undo) =>
    attach({ request, configuration, attachment, ownerLabel: label, route, container, undo }),
  );
}

async function attach(work: Work): Promise<Result> {
  const { request, configuration, route, container, undo } = work;
  const { veth } = makeVeth(route, { ...work, mtu: configuration.mtu, mac: undefined }, undo);
  prepareHostEnd(veth.host);
  request.log.debug("veth ready", { host: veth.host.name, container: veth.container.name });
  const removeLink = () => void removeVeth(route, hostEndName(work.attachment), work.ownerLabel);
  const lease = await leaseAddresses(request, { type: configuration.ipam.type, undo, removeLink });
  const plan = planPointToPoint(lease);
  for (const family of familiesOf(plan)) enableForwarding(family);
  using inside = openRouteIn(container);
  configureContainer(inside, { container, link: veth.container, plan }, { duplicateDetection: false });
  configureHostEnd(route, veth.host, plan);
  const subject = { ...work, interfaceName: veth.host.name, ips: plan.ips };
  await masquerade(subject, configuration, { undo, log: request.log });
  return describe(work, { veth, plan, lease });
}

function describe(
  { request, configuration }: Work,
  { veth, plan, lease }: { veth: Veth; plan: AddressPlan; lease: Result },
): Result {
  const { host, container, mtu } = veth;
  return {
    interfaces: [
      { name: host.name, mac: formatMac(host.mac), mtu },
      { name: container.name, mac: formatMac(container.mac), mtu, sandbox: request.netns },
    ],
    ips: plan.ips.map((ip) => ({ ...ip, interface: 1 })),
    routes: plan.routes,
    dns: isDnsEmpty(configuration.dns) ? lease.dns : configuration.dns,
  };
}
