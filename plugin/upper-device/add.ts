/** ADD: the interface on its lower device, an address for it, and both in the container. */
import type { Request } from "../../cni/request.ts";
import { isDnsEmpty, refuseUnsayable, type Result } from "../../cni/result.ts";
import { ownerLabel } from "../../firewall/owner.ts";
import { formatMac } from "../../inet/mac.ts";
import type { Conversation } from "../../netlink/conversation.ts";
import { linkFlags } from "../../netlink/route/link.ts";
import { withUndo } from "../../sdk/undo.ts";
import { planAttachment, type AddressPlan } from "../address-plan.ts";
import { attachmentOf, hexDigest } from "../attachment.ts";
import { announce, configureContainer, waitForDuplicateDetection } from "../container-interface.ts";
import { openContainerNamespace } from "../container-namespace.ts";
import { openRoute, openRouteIn } from "../kernel.ts";
import { leaseAddresses } from "../lease.ts";
import type { NamedLink } from "../links.ts";
import type { UpperConfiguration, UpperKind } from "./kind.ts";
import { makeUpper, removeMade, type Upper, type UpperRequest } from "./make.ts";
import { findMaster } from "./master.ts";

interface Work<C extends UpperConfiguration> extends UpperRequest<C> {
  readonly request: Request;
}

export async function addUpper<C extends UpperConfiguration>(
  request: Request,
  kind: UpperKind<C>,
): Promise<Result> {
  const configuration = kind.readConfiguration(request);
  if (configuration.ipam.type === "") refuseUnsayable([], request.configuration.version);
  const attachment = attachmentOf(request);
  using container = openContainerNamespace(request);
  using outside = openRoute();
  using inside = openRouteIn(container);
  const route: Conversation = configuration.linkInContainer ? inside : outside;
  const label = ownerLabel(attachment, hexDigest);
  // Awaited here: what `using` holds is closed as soon as this function returns.
  return await withUndo(request.log, (undo) =>
    attach({ request, kind, configuration, attachment, ownerLabel: label, container, route, inside, undo }),
  );
}

async function attach<C extends UpperConfiguration>(work: Work<C>): Promise<Result> {
  const { request, kind, configuration, inside, undo } = work;
  const lower = findMaster(work.route, configuration);
  kind.refuseUnsuited(lower, configuration);
  const link = makeUpper(work, lower);
  request.log.debug("interface ready", { name: link.name, kind: kind.kind, master: lower.name });
  const removeLink = () => removeMade(inside, link);
  const lease = await leaseAddresses(request, { type: configuration.ipam.type, undo, removeLink });
  const plan = planAttachment(lease, { isGateway: false, isDefaultGateway: false });
  configure(work, { link, lower, plan });
  announce(inside, link);
  return describe(work, { link, plan, lease });
}

function configure<C extends UpperConfiguration>(
  { container, inside, configuration }: Work<C>,
  { link, lower, plan }: { link: Upper; lower: NamedLink; plan: AddressPlan },
): void {
  const duplicateDetection = configuration.enabledad;
  configureContainer(inside, { container, link, plan }, { duplicateDetection });
  // Without a carrier the kernel waits with it until there is one.
  if (!duplicateDetection || (lower.flags & linkFlags.lowerUp) === 0) return;
  if (plan.ips.some((ip) => ip.address.address.family === 6)) waitForDuplicateDetection(inside, link);
}

function describe<C extends UpperConfiguration>(
  { request, configuration }: Work<C>,
  { link, plan, lease }: { link: Upper; plan: AddressPlan; lease: Result },
): Result {
  return {
    interfaces: [{ name: link.name, mac: formatMac(link.mac), mtu: link.mtu, sandbox: request.netns }],
    ips: plan.ips.map((ip) => ({ ...ip, interface: 0 })),
    routes: plan.routes,
    dns: isDnsEmpty(configuration.dns) ? lease.dns : configuration.dns,
  };
}
